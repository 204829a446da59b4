package cutaway.model.chat;

import cutaway.model.chat.Value.Tuple;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's `'%s of %05.2f' % (a, b)`, with the conversions `s r d i f x %`.
final class Percent {

    private static final Pattern CONVERSION =
            Pattern.compile("%([-0+ ]*)(\\d{0,4})(?:\\.(\\d{1,4}))?(.)", Pattern.DOTALL);

    private Percent() {}

    static String format(String format, Value given, Budget budget) {
        List<Value> values = given instanceof Tuple t ? t.items() : List.of(given);
        StringBuilder out = new StringBuilder();
        Matcher conversion = CONVERSION.matcher(format);
        int next = 0;
        while (conversion.find()) {
            String text;
            if (conversion.group(4).equals("%")) {
                text = "%";
            } else if (next == values.size()) {
                throw new Fault("not enough arguments for format string");
            } else {
                text = convert(conversion, values.get(next++), budget);
            }
            budget.grow(text.length());
            conversion.appendReplacement(out, Matcher.quoteReplacement(text));
        }
        conversion.appendTail(out);
        if (next < values.size() && !(given instanceof Value.Dict)) {
            throw new Fault("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private static String convert(Matcher conversion, Value value, Budget budget) {
        String kind = conversion.group(4);
        String text = switch (kind) {
            case "s" -> Repr.str(value, budget);
            case "r" -> Repr.repr(value, budget);
            case "d", "i" -> Long.toString(value instanceof Value.Real r ? (long) r.value() : number(kind, value));
            case "x" -> Long.toHexString(number(kind, value));
            case "f" -> {
                if (!Arithmetic.isNumber(value) || !Double.isFinite(Arithmetic.real(value))) {
                    throw new Fault("must be real number, not " + value.type());
                }
                int digits = conversion.group(3) == null ? 6 : Integer.parseInt(conversion.group(3));
                yield new BigDecimal(Arithmetic.real(value))
                        .setScale(digits, RoundingMode.HALF_EVEN)
                        .toPlainString();
            }
            default -> throw new Fault("unsupported format character '" + kind + "'");
        };
        if ((kind.equals("s") || kind.equals("r")) && conversion.group(3) != null) {
            text = text.substring(0, Math.min(text.length(), Integer.parseInt(conversion.group(3))));
        }
        String flags = conversion.group(1);
        if (flags.contains("+") && "dif".contains(kind) && !text.startsWith("-")) {
            text = "+" + text;
        }
        int width = conversion.group(2).isEmpty() ? 0 : Integer.parseInt(conversion.group(2));
        int missing = Math.max(0, width - text.length());
        if (flags.contains("-")) {
            return text + " ".repeat(missing);
        }
        boolean zeros = flags.contains("0") && "difx".contains(kind);
        int sign = zeros && !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
        return text.substring(0, sign) + (zeros ? "0" : " ").repeat(missing) + text.substring(sign);
    }

    private static long number(String kind, Value value) {
        if (!Arithmetic.isInteger(value)) {
            throw new Fault("%" + kind + " format: a real number is required, not " + value.type());
        }
        return Arithmetic.integer(value);
    }
}
