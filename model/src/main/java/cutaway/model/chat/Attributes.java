package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Function;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Loop;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import cutaway.model.chat.Value.Undefined;
import cutaway.model.chat.Value.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `value.name` and `value[key]`. Both look in the other place when their own has nothing, as jinja2 does; so a dict's
/// own `items` field is reached by `d['items']`, while `d.items` is the method.
final class Attributes {

    /// Methods that change a value: jinja2's immutable sandbox gives an undefined value in their place.
    private static final Set<String> CHANGING = Set.of(
            "append",
            "clear",
            "pop",
            "popitem",
            "setdefault",
            "update",
            "insert",
            "remove",
            "reverse",
            "sort",
            "extend");

    private Attributes() {}

    static Value attribute(Value of, String name, Budget budget) {
        Evaluator.defined(of);
        Value found = own(of, name);
        if (found == null && of instanceof Dict dict) {
            found = dict.field(name);
        }
        return found == null ? missing(of, name) : found;
    }

    static Value item(Value of, Value key, Budget budget) {
        Evaluator.defined(of);
        if (of instanceof Dict dict) {
            Value found = isKey(key) ? dict.entries().get(key) : null;
            if (found != null) {
                return found;
            }
        } else if (Arithmetic.isInteger(key) && Sequences.isSliceable(of)) {
            return Sequences.at(of, Arithmetic.integer(key), budget);
        }
        if (key instanceof Text text) {
            Value found = own(of, text.value());
            return found == null ? missing(of, text.value()) : found;
        }
        return new Undefined(Repr.typeShown(of) + " has no element " + Repr.repr(key, budget));
    }

    private static boolean isKey(Value key) {
        return key instanceof Text || Arithmetic.isNumber(key) || key == Value.None.NONE;
    }

    private static Undefined missing(Value of, String name) {
        return new Undefined("'" + Repr.typeShown(of) + "' has no attribute '" + name + "'");
    }

    private static @Nullable Value own(Value of, String name) {
        return switch (of) {
            case Text text -> TextMethods.of(text.value(), name);
            case Dict dict -> changing(of, name, dictMethod(dict, name));
            case Array array -> changing(of, name, listMethod(array.items(), name));
            case Tuple tuple -> listMethod(tuple.items(), name);
            case Value.Namespace namespace -> namespace.fields().get(name);
            case Loop loop -> loop(loop, name);
            case Function function when name.equals("name") -> new Text(function.name());
            default -> null;
        };
    }

    private static @Nullable Value changing(Value of, String name, @Nullable Value method) {
        boolean changes = method == null
                && CHANGING.contains(name)
                && (of instanceof Array
                        || !Set.of("append", "insert", "remove", "reverse", "sort", "extend")
                                .contains(name));
        return changes
                ? new Undefined("'" + name + "' would change a " + of.type() + "; values of a chat template "
                        + "cannot be changed")
                : method;
    }

    private static @Nullable Value dictMethod(Dict dict, String name) {
        Function.Body body = switch (name) {
            case "items" ->
                (given, budget) -> {
                    given.only(name);
                    return new View("dict_items", pairs(dict, budget));
                };
            case "keys" ->
                (given, _) -> {
                    given.only(name);
                    return new View("dict_keys", List.copyOf(dict.entries().keySet()));
                };
            case "values" ->
                (given, _) -> {
                    given.only(name);
                    return new View("dict_values", List.copyOf(dict.entries().values()));
                };
            case "get" ->
                (given, _) -> {
                    given.only(name, "key", "default");
                    return dict.entries()
                            .getOrDefault(
                                    Compare.key(given.value(0, "key")), given.value(1, "default", Value.None.NONE));
                };
            case "copy" -> (_, _) -> dict;
            default -> null;
        };
        return body == null ? null : new Function(name, body);
    }

    /// The entries as tuples of key and value.
    static List<Value> pairs(Dict dict, Budget budget) {
        budget.elements(dict.entries().size());
        List<Value> pairs = new ArrayList<>();
        dict.entries().forEach((key, value) -> pairs.add(new Tuple(key, value)));
        return pairs;
    }

    private static @Nullable Value listMethod(List<Value> items, String name) {
        Function.Body body = switch (name) {
            case "index" ->
                (given, budget) -> {
                    for (int i = 0; i < items.size(); i++) {
                        if (Compare.equal(items.get(i), given.value(0, "value"), budget)) {
                            return new Int(i);
                        }
                    }
                    throw new Fault(Repr.repr(given.value(0, "value"), budget) + " is not in list");
                };
            case "count" ->
                (given, budget) -> new Int(items.stream()
                        .filter(item -> Compare.equal(item, given.value(0, "value"), budget))
                        .count());
            case "copy" -> (_, _) -> new Array(items);
            default -> null;
        };
        return body == null ? null : new Function(name, body);
    }

    private static @Nullable Value loop(Loop loop, String name) {
        int index = loop.index();
        int length = loop.items().size();
        return switch (name) {
            case "index" -> new Int(index + 1);
            case "index0" -> new Int(index);
            case "revindex" -> new Int(length - index);
            case "revindex0" -> new Int(length - index - 1);
            case "first" -> Value.Bool.of(index == 0);
            case "last" -> Value.Bool.of(index == length - 1);
            case "length" -> new Int(length);
            case "depth" -> new Int(1); // other than 1 only in recursive loops, which chat templates do not use
            case "depth0" -> new Int(0);
            case "previtem" -> index > 0 ? loop.items().get(index - 1) : new Undefined("there is no previous item");
            case "nextitem" ->
                index < length - 1 ? loop.items().get(index + 1) : new Undefined("there is no next item");
            case "cycle" ->
                new Function("cycle", (given, _) -> {
                    if (given.positional().isEmpty()) {
                        throw new Fault("no items for cycling given");
                    }
                    return given.positional().get(index % given.positional().size());
                });
            case "changed" ->
                new Function("changed", (given, budget) -> {
                    Value now = new Tuple(given.positional());
                    boolean changed = !Compare.equal(loop.lastChanged()[0], now, budget);
                    loop.lastChanged()[0] = now;
                    return Value.Bool.of(changed);
                });
            default -> null;
        };
    }
}
