package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Real;
import cutaway.model.chat.Value.Stream;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Undefined;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The filters of `x | name`: `tojson` as transformers defines it, the rest as jinja2/filters.py has them.
///
/// `safe` gives its input back: nothing is escaped here, so there is nothing to mark as safe.
final class Filters {

    private static final Set<String> ON_TEXT = Set.of(
            "trim",
            "upper",
            "lower",
            "capitalize",
            "title",
            "replace",
            "indent",
            "escape",
            "e",
            "format",
            "string",
            "safe",
            "tojson");
    private static final Set<String> ON_NUMBERS = Set.of("int", "float", "abs", "round");
    private static final Set<String> ON_SEQUENCES = Set.of(
            "length",
            "count",
            "list",
            "first",
            "last",
            "join",
            "reverse",
            "items",
            "default",
            "d",
            "attr",
            "map",
            "select",
            "reject",
            "selectattr",
            "rejectattr");

    private Filters() {}

    static boolean exists(String name) {
        return ON_TEXT.contains(name)
                || ON_NUMBERS.contains(name)
                || ON_SEQUENCES.contains(name)
                || Sorting.exists(name);
    }

    static Value apply(String name, Value input, Arguments given, Budget budget) {
        budget.step();
        if (ON_TEXT.contains(name)) {
            String text = onText(name, input, given, budget);
            budget.grow(text.length());
            return new Text(text);
        }
        if (ON_NUMBERS.contains(name)) {
            return onNumbers(name, input, given);
        }
        if (ON_SEQUENCES.contains(name)) {
            return onSequences(name, input, given, budget);
        }
        if (Sorting.exists(name)) {
            return Sorting.apply(name, input, given, budget);
        }
        throw new Fault("No filter named '" + name + "'.");
    }

    private static String onText(String name, Value input, Arguments given, Budget budget) {
        if (name.equals("tojson")) {
            return Json.of(input, given, budget);
        }
        String text = Repr.str(input, budget);
        return switch (name) {
            case "string", "safe" -> text;
            case "trim" -> TextMethods.strip(text, given.only(name, "chars"), true, true, budget);
            case "upper" -> text.toUpperCase(Locale.ROOT);
            case "lower" -> text.toLowerCase(Locale.ROOT);
            case "capitalize" -> TextMethods.capitalize(text);
            case "title" -> title(text);
            case "replace" -> {
                given.only(name, "old", "new", "count");
                yield TextMethods.replace(
                        text,
                        Repr.str(given.value(0, "old"), budget),
                        Repr.str(given.value(1, "new"), budget),
                        given.count(2, "count", -1),
                        budget);
            }
            case "indent" -> indent(text, given.only(name, "width", "first", "blank"), budget);
            case "escape", "e" ->
                text.replace("&", "&amp;")
                        .replace(">", "&gt;")
                        .replace("<", "&lt;")
                        .replace("'", "&#39;")
                        .replace("\"", "&#34;");
            case "format" -> Percent.format(text, new Value.Tuple(given.positional()), budget);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// A capital after blanks, hyphens and opening brackets; the rest small.
    private static String title(String text) {
        StringBuilder out = new StringBuilder();
        boolean[] inside = {false};
        text.codePoints().forEach(c -> {
            out.appendCodePoint(inside[0] ? Character.toLowerCase(c) : Character.toUpperCase(c));
            inside[0] = !(Whitespace.is(c) || "-({[<".indexOf(c) >= 0);
        });
        return out.toString();
    }

    private static String indent(String text, Arguments given, Budget budget) {
        Value width = given.value(0, "width", new Int(4));
        String by = width instanceof Text t ? t.value() : " ".repeat(Math.clamp(given.count(0, "width", 4), 0, 1000));
        boolean blank = given.flag(2, "blank", false);
        List<String> lines = TextMethods.lines(text + "\n", false);
        budget.grow((long) by.length() * lines.size());
        StringBuilder out = new StringBuilder(given.flag(1, "first", false) ? by : "");
        for (int i = 0; i < lines.size(); i++) {
            boolean indented = i > 0 && (blank || !lines.get(i).isEmpty());
            out.append(i == 0 ? "" : "\n").append(indented ? by : "").append(lines.get(i));
        }
        return out.toString();
    }

    private static Value onNumbers(String name, Value input, Arguments given) {
        switch (name) {
            case "int" -> {
                given.only(name, "default", "base");
                Value otherwise = given.value(0, "default", new Int(0));
                try {
                    return switch (input) {
                        case Text t -> integer(t.value(), given.count(1, "base", 10));
                        case Real r when Double.isFinite(r.value()) -> new Int((long) r.value());
                        case Int n -> n;
                        case Bool b -> new Int(Arithmetic.integer(b));
                        default -> otherwise;
                    };
                } catch (NumberFormatException e) {
                    return otherwise;
                }
            }
            case "float" -> {
                try {
                    return Arithmetic.isNumber(input)
                            ? new Real(Arithmetic.real(input))
                            : input instanceof Text t
                                    ? new Real(decimal(t.value()))
                                    : given.value(0, "default", new Real(0));
                } catch (NumberFormatException e) {
                    return given.value(0, "default", new Real(0));
                }
            }
            case "abs" -> {
                boolean negative = Arithmetic.isNumber(input) && Arithmetic.real(input) < 0;
                return Arithmetic.sign(negative ? "-" : "+", input);
            }
            default -> {
                double scale =
                        Math.pow(10, given.only(name, "precision", "method").count(0, "precision", 0));
                if (!Arithmetic.isNumber(input)) {
                    throw new Fault("type " + input.type() + " doesn't define __round__ method");
                }
                double scaled = Arithmetic.real(input) * scale;
                double rounded = switch (given.text(1, "method", "common")) {
                    case "ceil" -> Math.ceil(scaled);
                    case "floor" -> Math.floor(scaled);
                    default -> Math.rint(scaled);
                };
                return input instanceof Int && scale == 1 ? input : new Real(rounded / scale);
            }
        }
    }

    private static Value integer(String text, int base) {
        String digits = Whitespace.strip(text).replace("_", "");
        try {
            return new Int(Long.parseLong(digits, base));
        } catch (NumberFormatException e) {
            return new Int((long) decimal(digits));
        }
    }

    /// As Python's `float(text)`: Java would also take `1d` and `0x1p3`.
    private static double decimal(String text) {
        String digits = Whitespace.strip(text);
        if (!digits.matches("[-+]?(\\d{1,400}\\.?\\d{0,400}|\\.\\d{1,400})([eE][-+]?\\d{1,5})?")) {
            throw new NumberFormatException(digits);
        }
        return Double.parseDouble(digits);
    }

    private static Value onSequences(String name, Value input, Arguments given, Budget budget) {
        return switch (name) {
            case "length", "count" -> new Int(Sequences.length(input));
            case "list" -> new Array(Sequences.items(input, budget));
            case "first" -> end(Sequences.items(input, budget), true);
            case "last" -> end(Sequences.items(input, budget), false);
            case "join" -> join(input, given.only(name, "d", "attribute"), budget);
            case "reverse" ->
                input instanceof Text t
                        ? new Text(new StringBuilder(t.value()).reverse().toString())
                        : new Stream(Sequences.items(input, budget).reversed());
            case "items" ->
                switch (input) {
                    case Undefined _ -> new Stream(List.of());
                    case Dict dict -> new Stream(Attributes.pairs(dict, budget));
                    default -> throw new Fault("Can only get item pairs from a mapping.");
                };
            case "default", "d" -> {
                given.only(name, "default_value", "boolean");
                boolean absent =
                        input instanceof Undefined || (given.flag(1, "boolean", false) && !Sequences.truth(input));
                yield absent ? given.value(0, "default_value", new Text("")) : input;
            }
            case "attr" ->
                input instanceof Dict dict && dict.field(given.text(0, "name")) != null
                        ? new Undefined("'dict object' has no attribute '" + given.text(0, "name") + "'")
                        : Attributes.attribute(input, given.text(0, "name"), budget);
            // jinja2 walks the input of these only if it is true: none gives nothing here, and an error elsewhere.
            case "map" -> new Stream(Sequences.truth(input) ? map(input, given, budget) : List.of());
            default -> new Stream(Sequences.truth(input) ? select(name, input, given, budget) : List.of());
        };
    }

    private static Value end(List<Value> items, boolean first) {
        if (items.isEmpty()) {
            return new Undefined("No " + (first ? "first" : "last") + " item, sequence was empty.");
        }
        return first ? items.getFirst() : items.getLast();
    }

    private static Value join(Value input, Arguments given, Budget budget) {
        String separator = Repr.str(given.value(0, "d", new Text("")), budget);
        StringBuilder out = new StringBuilder();
        boolean first = true;
        for (Value item : Sequences.items(input, budget)) {
            Value part = given.has(1, "attribute") ? Sorting.path(item, given.value(1, "attribute"), budget) : item;
            String text = Repr.str(part, budget);
            budget.grow((long) text.length() + separator.length());
            out.append(first ? "" : separator).append(text);
            first = false;
        }
        return new Text(out.toString());
    }

    private static List<Value> map(Value input, Arguments given, Budget budget) {
        List<Value> out = new ArrayList<>();
        Value attribute = given.named().get("attribute");
        for (Value item : Sequences.items(input, budget)) {
            if (given.positional().isEmpty() && attribute != null) {
                Value found = Sorting.path(item, attribute, budget);
                out.add(found instanceof Undefined ? given.named().getOrDefault("default", found) : found);
            } else {
                out.add(apply(given.text(0, "filter"), item, given.after(1), budget));
            }
        }
        budget.elements(out.size());
        return out;
    }

    /// `select`, `reject` by a test of the item; `selectattr`, `rejectattr` by a test of one of its attributes.
    private static List<Value> select(String name, Value input, Arguments given, Budget budget) {
        boolean byAttribute = name.endsWith("attr");
        boolean wanted = name.startsWith("select");
        Arguments test = byAttribute ? given.after(1) : given;
        List<Value> out = new ArrayList<>();
        for (Value item : Sequences.items(input, budget)) {
            Value tested = byAttribute ? Sorting.path(item, given.value(0, "attribute"), budget) : item;
            boolean holds = test.positional().isEmpty()
                    ? Sequences.truth(tested)
                    : Checks.holds(test.text(0, "test"), tested, test.after(1), budget);
            if (holds == wanted) {
                out.add(item);
            }
        }
        budget.elements(out.size());
        return out;
    }
}
