package cutaway.model.chat;

import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Text;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a function, filter or test is called with.
record Arguments(List<Value> positional, Map<String, Value> named) {

    /// Fails, as Python does, on more arguments than these names or on another name.
    Arguments only(String callee, String... names) {
        if (positional.size() > names.length) {
            throw new Fault(callee + " takes at most " + names.length + " arguments (" + positional.size() + " given)");
        }
        for (String name : named.keySet()) {
            if (!List.of(names).contains(name)) {
                throw new Fault(callee + " got an unexpected keyword argument '" + name + "'");
            }
        }
        return this;
    }

    boolean has(int index, String name) {
        return find(index, name) != null;
    }

    Value value(int index, String name) {
        Value found = find(index, name);
        if (found == null) {
            throw new Fault("missing argument '" + name + "'");
        }
        return found;
    }

    Value value(int index, String name, Value otherwise) {
        Value found = find(index, name);
        return found == null ? otherwise : found;
    }

    String text(int index, String name) {
        if (value(index, name) instanceof Text text) {
            return text.value();
        }
        throw new Fault(
                "argument '" + name + "' must be str, not " + value(index, name).type());
    }

    String text(int index, String name, String otherwise) {
        return has(index, name) ? text(index, name) : otherwise;
    }

    /// Python's `None` and an absent argument both mean `otherwise`.
    int count(int index, String name, int otherwise) {
        return switch (value(index, name, Value.None.NONE)) {
            case Value.None _ -> otherwise;
            case Int n -> Math.clamp(n.value(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Value.Bool b -> b.value() ? 1 : 0;
            case Value other -> throw new Fault("'" + other.type() + "' object cannot be interpreted as an integer");
        };
    }

    boolean flag(int index, String name, boolean otherwise) {
        return has(index, name) ? Sequences.truth(value(index, name)) : otherwise;
    }

    /// The arguments after the first `count` positional ones.
    Arguments after(int count) {
        return new Arguments(positional.subList(Math.min(count, positional.size()), positional.size()), named);
    }

    private @Nullable Value find(int index, String name) {
        return index < positional.size() ? positional.get(index) : named.get(name);
    }
}
