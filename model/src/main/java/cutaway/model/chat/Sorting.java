package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Stream;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import cutaway.model.chat.Value.Undefined;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The filters that order or add up: `sort`, `dictsort`, `unique`, `min`, `max`, `sum`. Small and capital letters count
/// as one unless `case_sensitive`.
final class Sorting {

    private static final Set<String> NAMES = Set.of("sort", "dictsort", "unique", "min", "max", "sum");

    private Sorting() {}

    static boolean exists(String name) {
        return NAMES.contains(name);
    }

    static Value apply(String name, Value input, Arguments given, Budget budget) {
        return switch (name) {
            case "sort" -> {
                given.only(name, "reverse", "case_sensitive", "attribute");
                List<Value> sorted = new ArrayList<>(Sequences.items(input, budget));
                sort(sorted, by(given, 1, 2, budget), given.flag(0, "reverse", false), budget);
                yield new Array(sorted);
            }
            case "dictsort" -> {
                given.only(name, "case_sensitive", "by", "reverse");
                if (!(input instanceof Dict dict)) {
                    throw new Fault("'" + Repr.typeShown(input) + "' has no attribute 'items'");
                }
                int part = given.text(1, "by", "key").equals("value") ? 1 : 0;
                boolean exact = given.flag(0, "case_sensitive", false);
                List<Value> sorted = new ArrayList<>(Attributes.pairs(dict, budget));
                sort(
                        sorted,
                        pair -> caseless(((Tuple) pair).items().get(part), exact),
                        given.flag(2, "reverse", false),
                        budget);
                yield new Array(sorted);
            }
            case "unique" ->
                new Stream(unique(input, by(given.only(name, "case_sensitive", "attribute"), 0, 1, budget), budget));
            case "min", "max" -> {
                Key key = by(given.only(name, "case_sensitive", "attribute"), 0, 1, budget);
                Value best = new Undefined("No aggregated item, sequence was empty.");
                for (Value item : Sequences.items(input, budget)) {
                    boolean better = best instanceof Undefined
                            || Compare.test(name.equals("min") ? "<" : ">", key.of(item), key.of(best), budget);
                    best = better ? item : best;
                }
                yield best;
            }
            default -> {
                given.only(name, "attribute", "start");
                Value total = given.value(1, "start", new Int(0));
                for (Value item : Sequences.items(input, budget)) {
                    Value part = given.has(0, "attribute") ? path(item, given.value(0, "attribute"), budget) : item;
                    total = Arithmetic.binary("+", total, part, budget);
                }
                yield total;
            }
        };
    }

    /// The value at a dotted path: `map(attribute='function.name')`; whole numbers in it are indexes.
    static Value path(Value item, Value path, Budget budget) {
        if (path instanceof Int) {
            return Attributes.item(item, path, budget);
        }
        Value found = item;
        for (String part : Repr.str(path, budget).split("\\.")) {
            Value key = part.matches("\\d{1,18}") ? new Int(Long.parseLong(part)) : new Text(part);
            found = Attributes.item(found, key, budget);
        }
        return found;
    }

    private interface Key {
        Value of(Value item);
    }

    private static Key by(Arguments given, int caseSensitive, int attribute, Budget budget) {
        boolean exact = given.flag(caseSensitive, "case_sensitive", false);
        Value path = given.value(attribute, "attribute", Value.None.NONE);
        return item -> caseless(path == Value.None.NONE ? item : path(item, path, budget), exact);
    }

    private static Value caseless(Value value, boolean exact) {
        return !exact && value instanceof Text text ? new Text(text.value().toLowerCase(Locale.ROOT)) : value;
    }

    private static void sort(List<Value> values, Key key, boolean reverse, Budget budget) {
        budget.elements(values.size());
        Comparator<Value> order = (a, b) -> Compare.order("<", key.of(a), key.of(b), budget);
        values.sort(reverse ? order.reversed() : order);
    }

    private static List<Value> unique(Value input, Key key, Budget budget) {
        List<Value> seen = new ArrayList<>();
        List<Value> out = new ArrayList<>();
        for (Value item : Sequences.items(input, budget)) {
            Value mark = key.of(item);
            if (seen.stream().noneMatch(other -> Compare.equal(other, mark, budget))) {
                seen.add(mark);
                out.add(item);
            }
        }
        return out;
    }
}
