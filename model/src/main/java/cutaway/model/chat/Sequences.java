package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import cutaway.model.chat.Value.Undefined;
import cutaway.model.chat.Value.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Python's truth, `len`, iteration, indexing and slicing. Texts are counted in characters (code points).
final class Sequences {

    private Sequences() {}

    static boolean truth(Value value) {
        return switch (value) {
            case Value.None _, Undefined _ -> false;
            case Bool b -> b.value();
            case Int n -> n.value() != 0;
            case Value.Real r -> r.value() != 0;
            case Text t -> !t.value().isEmpty();
            case Array a -> !a.items().isEmpty();
            case Tuple t -> !t.items().isEmpty();
            case Dict d -> !d.entries().isEmpty();
            case View v -> !v.items().isEmpty();
            case Value.Stream _, Value.Namespace _, Value.Loop _, Value.Function _ -> true;
        };
    }

    static int length(Value value) {
        return switch (value) {
            case Undefined _ -> 0;
            case Text t -> t.value().codePointCount(0, t.value().length());
            case Array a -> a.items().size();
            case Tuple t -> t.items().size();
            case Dict d -> d.entries().size();
            case View v -> v.items().size();
            case Value.Loop l -> l.items().size();
            default -> throw new Fault("object of type '" + value.type() + "' has no len()");
        };
    }

    static boolean isIterable(Value value) {
        return switch (value) {
            case Undefined _, Text _, Array _, Tuple _, Dict _, View _, Value.Stream _, Value.Loop _ -> true;
            default -> false;
        };
    }

    /// What a `for` walks: the keys of a dict, the characters of a text, nothing for an undefined value.
    static List<Value> items(Value value, Budget budget) {
        return switch (value) {
            case Undefined _ -> List.of();
            case Text t -> characters(t.value(), budget);
            case Array a -> a.items();
            case Tuple t -> t.items();
            case Dict d -> List.copyOf(d.entries().keySet());
            case View v -> v.items();
            case Value.Stream s -> s.drain();
            default -> throw new Fault("'" + value.type() + "' object is not iterable");
        };
    }

    private static List<Value> characters(String text, Budget budget) {
        budget.elements(text.length());
        List<Value> characters = new ArrayList<>();
        text.codePoints().forEach(c -> characters.add(new Text(Character.toString(c))));
        return characters;
    }

    /// `value[index]`, counted from the end when negative; undefined outside.
    static Value at(Value value, long index, Budget budget) {
        int length = length(value);
        long from = index < 0 ? index + length : index;
        if (from < 0 || from >= length) {
            return new Undefined(Repr.typeShown(value) + " has no element " + index);
        }
        return switch (value) {
            case Text t -> new Text(characters(t.value(), (int) from, (int) from + 1));
            default -> items(value, budget).get((int) from);
        };
    }

    private static String characters(String text, int from, int to) {
        int start = text.offsetByCodePoints(0, from);
        return text.substring(start, text.offsetByCodePoints(start, to - from));
    }

    /// `value[start:stop:step]`; null-like bounds are `Value.None`.
    static Value slice(Value value, Value start, Value stop, Value step, Budget budget) {
        List<Value> bounds = List.of(start, stop, step);
        Arguments given = new Arguments(bounds, Map.of());
        int by = given.count(2, "step", 1);
        if (by == 0) {
            throw new Fault("slice step cannot be zero");
        }
        int length = length(value);
        int first = bound(given.count(0, "start", by > 0 ? 0 : Integer.MAX_VALUE), length, by);
        int last =
                bound(stop == Value.None.NONE ? by > 0 ? length : -length - 1 : given.count(1, "stop", 0), length, by);
        if (value instanceof Text t && by == 1) {
            String part = first < last ? characters(t.value(), first, last) : "";
            budget.grow(part.length());
            return new Text(part);
        }
        List<Value> all = items(value, budget);
        List<Value> chosen = new ArrayList<>();
        for (long i = first; by > 0 ? i < last : i > last; i += by) {
            chosen.add(all.get((int) i));
        }
        budget.elements(chosen.size());
        return switch (value) {
            case Text _ -> {
                StringBuilder text = new StringBuilder();
                chosen.forEach(c -> text.append(((Text) c).value()));
                yield new Text(text.toString());
            }
            case Tuple _ -> new Tuple(chosen);
            case View v -> new View(v.type(), chosen);
            default -> new Array(chosen);
        };
    }

    static boolean isSliceable(Value value) {
        return value instanceof Text
                || value instanceof Array
                || value instanceof Tuple
                || (value instanceof View v && v.type().equals("range"));
    }

    private static int bound(int given, int length, int step) {
        int low = step > 0 ? 0 : -1;
        int high = step > 0 ? length : length - 1;
        return Math.clamp(given < 0 ? (long) given + length : given, low, high);
    }
}
