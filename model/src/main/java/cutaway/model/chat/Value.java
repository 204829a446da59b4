package cutaway.model.chat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a template may hold: Python's plain data, and nothing that leads to a Java object.
///
/// All but [Namespace] and [Stream] never change, as in jinja2's immutable sandbox.
sealed interface Value {

    /// The type's name in Python, for messages: `str`, `list`, `dict`.
    String type();

    enum None implements Value {
        NONE;

        @Override
        public String type() {
            return "NoneType";
        }
    }

    /// A name or field that is not there: prints as nothing, is false, and fails with `why` when it is used.
    record Undefined(String why) implements Value {
        @Override
        public String type() {
            return "Undefined";
        }
    }

    record Bool(boolean value) implements Value {
        static final Bool TRUE = new Bool(true);
        static final Bool FALSE = new Bool(false);

        static Bool of(boolean value) {
            return value ? TRUE : FALSE;
        }

        @Override
        public String type() {
            return "bool";
        }
    }

    /// Python's integers are unbounded; ours end with a message at 64 bits.
    record Int(long value) implements Value {
        @Override
        public String type() {
            return "int";
        }
    }

    record Real(double value) implements Value {
        @Override
        public String type() {
            return "float";
        }
    }

    record Text(String value) implements Value {
        @Override
        public String type() {
            return "str";
        }
    }

    /// Python's `list`.
    record Array(List<Value> items) implements Value {
        @Override
        public String type() {
            return "list";
        }
    }

    record Tuple(List<Value> items) implements Value {
        Tuple(Value... items) {
            this(List.of(items));
        }

        @Override
        public String type() {
            return "tuple";
        }
    }

    /// Keys keep their order and are scalars: text, numbers, booleans, none.
    record Dict(Map<Value, Value> entries) implements Value {
        @Nullable
        Value field(String name) {
            return entries.get(new Text(name));
        }

        @Override
        public String type() {
            return "dict";
        }
    }

    /// What `keys()`, `values()`, `items()` and `range` give: has a length and can be walked again and again.
    record View(String type, List<Value> items) implements Value {}

    /// What `map`, `select` and their like give: always true, without a length, and empty once walked.
    final class Stream implements Value {
        private List<Value> items;

        Stream(List<Value> items) {
            this.items = items;
        }

        List<Value> drain() {
            List<Value> all = items;
            items = List.of();
            return all;
        }

        @Override
        public String type() {
            return "generator";
        }
    }

    /// The one thing a template may change: `{% set ns.found = true %}`.
    record Namespace(Map<String, Value> fields) implements Value {
        @Override
        public String type() {
            return "Namespace";
        }
    }

    /// The `loop` of a `for`.
    record Loop(List<Value> items, int index, Value[] lastChanged) implements Value {
        @Override
        public String type() {
            return "LoopContext";
        }
    }

    /// A macro, a global function or a method bound to its value.
    record Function(String name, Body body) implements Value {
        interface Body {
            Value call(Arguments arguments, Budget budget);
        }

        @Override
        public String type() {
            return "function";
        }
    }

    /// @throws Fault for anything but text, numbers, booleans, null, lists, maps with text keys, and messages
    static Value of(@Nullable Object data, Budget budget) {
        budget.enter();
        Value value = switch (data) {
            case null -> None.NONE;
            case Value already -> already;
            case String s -> new Text(s);
            case Boolean b -> Bool.of(b);
            case Integer i -> new Int(i);
            case Long l -> new Int(l);
            case Short s -> new Int(s);
            case Byte b -> new Int(b);
            case Float f -> new Real(f);
            case Double d -> new Real(d);
            case Message m -> of(m.fields(), budget);
            case Map<?, ?> map -> {
                Map<Value, Value> entries = new LinkedHashMap<>();
                map.forEach((key, item) -> entries.put(of(key, budget), of(item, budget)));
                yield new Dict(entries);
            }
            case Iterable<?> all -> {
                List<Value> items = new ArrayList<>();
                all.forEach(item -> items.add(of(item, budget)));
                yield new Array(items);
            }
            default ->
                throw new Fault("a " + data.getClass().getName() + " was given to the chat template; "
                        + "give text, numbers, booleans, null, lists and maps");
        };
        budget.exit();
        return value;
    }
}
