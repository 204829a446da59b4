package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// Python's `str` and `repr`.
final class Repr {

    private Repr() {}

    /// What `{{ value }}` prints.
    static String str(Value value, Budget budget) {
        return switch (value) {
            case Text text -> text.value();
            case Value.Undefined _ -> "";
            default -> repr(value, budget);
        };
    }

    static String repr(Value value, Budget budget) {
        StringBuilder out = new StringBuilder();
        write(value, out, budget);
        return out.toString();
    }

    /// How Python's jinja2 calls a value in its messages: `dict object`, `None`.
    static String typeShown(Value value) {
        return value == Value.None.NONE ? "None" : value.type() + " object";
    }

    private static void write(Value value, StringBuilder out, Budget budget) {
        budget.enter();
        int start = out.length();
        switch (value) {
            case Value.None _ -> out.append("None");
            case Value.Undefined _ -> out.append("Undefined");
            case Value.Bool b -> out.append(b.value() ? "True" : "False");
            case Value.Int n -> out.append(n.value());
            case Value.Real r -> out.append(real(r.value()));
            case Text t -> quote(t.value(), out);
            case Array a -> write("[", a.items(), "]", out, budget);
            case Tuple t -> write("(", t.items(), t.items().size() == 1 ? ",)" : ")", out, budget);
            case Dict d -> write(d.entries(), out, budget);
            case Value.View v
            when v.type().equals("range") ->
                out.append("range(").append(v.items().size()).append(')');
            case Value.View v -> write(v.type() + "([", v.items(), "])", out, budget);
            case Value.Namespace n -> {
                out.append("<Namespace {");
                String separator = "";
                for (Map.Entry<String, Value> field : n.fields().entrySet()) {
                    out.append(separator);
                    quote(field.getKey(), out);
                    out.append(": ");
                    write(field.getValue(), out, budget);
                    separator = ", ";
                }
                out.append("}>");
            }
            case Value.Loop l ->
                out.append("<LoopContext ")
                        .append(l.index() + 1)
                        .append('/')
                        .append(l.items().size())
                        .append('>');
            case Value.Stream _ -> out.append("<generator object>");
            case Value.Function f -> out.append("<").append(f.name()).append(">");
        }
        budget.grow(
                value instanceof Array || value instanceof Tuple || value instanceof Dict ? 1 : out.length() - start);
        budget.exit();
    }

    private static void write(String open, List<Value> items, String close, StringBuilder out, Budget budget) {
        out.append(open);
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            write(items.get(i), out, budget);
        }
        out.append(close);
    }

    private static void write(Map<Value, Value> entries, StringBuilder out, Budget budget) {
        out.append('{');
        String separator = "";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            write(entry.getKey(), out, budget);
            out.append(": ");
            write(entry.getValue(), out, budget);
            separator = ", ";
        }
        out.append('}');
    }

    /// Single quotes, unless the text has some and no double ones.
    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(quote);
                    } else if (isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(String.format(c < 0x100 ? "\\x%02x" : c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
                    }
                }
            }
        });
        out.append(quote);
    }

    private static boolean isPrintable(int c) {
        return c == ' '
                || switch (Character.getType(c)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SPACE_SEPARATOR -> false;
                    default -> true;
                };
    }

    /// The shortest digits that read back the same, as `repr(float)`: an exponent below 1e-4 and from 1e16 on.
    static String real(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = digits.precision() - digits.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = digits.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String unscaled = digits.unscaledValue().abs().toString();
        String mantissa = unscaled.charAt(0) + (unscaled.length() > 1 ? "." + unscaled.substring(1) : "");
        return (value < 0 ? "-" : "")
                + mantissa
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }
}
