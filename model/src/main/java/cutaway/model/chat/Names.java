package cutaway.model.chat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The names in force at one place: a loop, macro or block sees those around it and keeps its own to itself.
final class Names {

    private final Map<String, Value> own = new HashMap<>();
    private final @Nullable Names around;

    Names(@Nullable Names around) {
        this.around = around;
    }

    void set(String name, Value value) {
        own.put(name, value);
    }

    Value get(String name) {
        for (Names names = this; names != null; names = names.around) {
            Value value = names.own.get(name);
            if (value != null) {
                return value;
            }
        }
        return new Value.Undefined("'" + name + "' is undefined");
    }
}
