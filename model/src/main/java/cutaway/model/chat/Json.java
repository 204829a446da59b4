package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The filter `tojson` as transformers defines it: Python's `json.dumps`, without jinja2's escaping of HTML and with
/// other alphabets left as they are.
final class Json {

    private final Budget budget;
    private final boolean ascii;
    private final boolean sorted;
    private final String indent;
    private final boolean lines;
    private final String itemSeparator;
    private final String keySeparator;
    private final StringBuilder out = new StringBuilder();

    private Json(Arguments given, Budget budget) {
        given.only("tojson", "ensure_ascii", "indent", "separators", "sort_keys");
        this.budget = budget;
        this.ascii = given.flag(0, "ensure_ascii", false);
        this.sorted = given.flag(3, "sort_keys", false);
        Value indent = given.value(1, "indent", Value.None.NONE);
        this.lines = indent != Value.None.NONE;
        this.indent = indent instanceof Text text
                ? text.value()
                : " ".repeat(Math.clamp(given.count(1, "indent", 0), 0, 100));
        Value separators = given.value(2, "separators", Value.None.NONE);
        if (separators == Value.None.NONE) {
            this.itemSeparator = lines ? "," : ", ";
            this.keySeparator = ": ";
        } else {
            Arguments pair = new Arguments(Sequences.items(separators, budget), Map.of());
            this.itemSeparator = pair.text(0, "item separator");
            this.keySeparator = pair.text(1, "key separator");
        }
    }

    static String of(Value value, Arguments given, Budget budget) {
        Json json = new Json(given, budget);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Value value, int level) {
        budget.enter();
        int start = out.length();
        switch (value) {
            case Array array -> {
                writeList(array.items(), level);
                start = out.length();
            }
            case Tuple tuple -> {
                writeList(tuple.items(), level);
                start = out.length();
            }
            case Dict dict -> {
                writeDict(dict.entries(), level);
                start = out.length();
            }
            default -> scalar(value);
        }
        budget.grow(out.length() - start);
        budget.exit();
    }

    private void scalar(Value value) {
        switch (value) {
            case Value.None _ -> out.append("null");
            case Bool b -> out.append(b.value());
            case Value.Int n -> out.append(n.value());
            case Value.Real r -> out.append(real(r.value()));
            case Text t -> quote(t.value());
            default -> throw new Fault("Object of type " + value.type() + " is not JSON serializable");
        }
    }

    private void writeList(List<Value> items, int level) {
        out.append('[');
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : itemSeparator);
            newLine(level + 1);
            write(items.get(i), level + 1);
        }
        if (!items.isEmpty()) {
            newLine(level);
        }
        out.append(']');
    }

    private void writeDict(Map<Value, Value> entries, int level) {
        List<Map.Entry<Value, Value>> ordered = new ArrayList<>(entries.entrySet());
        if (sorted) {
            ordered.sort((a, b) -> Compare.order("<", a.getKey(), b.getKey(), budget));
        }
        out.append('{');
        for (int i = 0; i < ordered.size(); i++) {
            out.append(i == 0 ? "" : itemSeparator);
            newLine(level + 1);
            quote(key(ordered.get(i).getKey()));
            out.append(keySeparator);
            write(ordered.get(i).getValue(), level + 1);
        }
        if (!ordered.isEmpty()) {
            newLine(level);
        }
        out.append('}');
    }

    private void newLine(int level) {
        if (lines) {
            budget.grow(1 + (long) indent.length() * level);
            out.append('\n').repeat(indent, level);
        }
    }

    private static String key(Value key) {
        return switch (key) {
            case Text t -> t.value();
            case Bool b -> b.value() ? "true" : "false";
            case Value.None _ -> "null";
            case Value.Real r -> real(r.value());
            case Value.Int n -> Long.toString(n.value());
            default -> throw new Fault("keys must be str, int, float, bool or None, not " + key.type());
        };
    }

    private static String real(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? value > 0 ? "Infinity" : "-Infinity" : Repr.real(value);
    }

    private void quote(String text) {
        budget.grow(text.length());
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < 0x20 || (ascii && c > 0x7e)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
