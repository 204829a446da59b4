package cutaway.model.chat;

import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Function;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.View;
import cutaway.tensor.BadInputException;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The functions every template can call: jinja2's, and the two that transformers adds.
final class Globals {

    /// The longest `range`, as in jinja2's sandbox.
    private static final int MAX_RANGE = 100_000;

    private Globals() {}

    static Names names(Clock clock) {
        Names names = new Names(null);
        add(names, "range", (given, budget) -> range(given, budget));
        add(names, "dict", (given, budget) -> new Dict(entries(given, budget)));
        add(names, "namespace", (given, budget) -> {
            Map<String, Value> fields = new LinkedHashMap<>();
            entries(given, budget).forEach((key, value) -> fields.put(Repr.str(key, budget), value));
            return new Value.Namespace(fields);
        });
        add(names, "raise_exception", (given, budget) -> {
            throw new BadInputException(
                    Repr.str(given.only("raise_exception", "message").value(0, "message"), budget));
        });
        add(
                names,
                "strftime_now",
                (given, _) -> new Text(Strftime.format(
                        ZonedDateTime.now(clock),
                        given.only("strftime_now", "format").text(0, "format"))));
        return names;
    }

    private static void add(Names names, String name, Function.Body body) {
        names.set(name, new Function(name, body));
    }

    /// Of `dict(mapping, key=value)`.
    private static Map<Value, Value> entries(Arguments given, Budget budget) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        if (!given.positional().isEmpty()) {
            if (given.positional().getFirst() instanceof Dict from) {
                entries.putAll(from.entries());
            } else {
                for (Value pair : Sequences.items(given.positional().getFirst(), budget)) {
                    List<Value> both = Sequences.items(pair, budget);
                    if (both.size() != 2) {
                        throw new Fault("a dict is made of pairs; one has " + both.size() + " elements");
                    }
                    entries.put(Compare.key(both.get(0)), both.get(1));
                }
            }
        }
        given.named().forEach((name, value) -> entries.put(new Text(name), value));
        budget.elements(entries.size());
        return entries;
    }

    private static Value range(Arguments given, Budget budget) {
        given.only("range", "start", "stop", "step");
        boolean one = given.positional().size() == 1;
        long start = one ? 0 : given.count(0, "start", 0);
        long stop = given.count(one ? 0 : 1, "stop", 0);
        long step = given.count(2, "step", 1);
        if (step == 0) {
            throw new Fault("range() arg 3 must not be zero");
        }
        long length = Math.max(0, Math.ceilDiv(stop - start, step));
        if (length > MAX_RANGE) {
            throw new Fault("Range too big. The sandbox blocks ranges larger than MAX_RANGE (" + MAX_RANGE + ").");
        }
        budget.elements(length);
        List<Value> numbers = new ArrayList<>();
        for (long i = 0; i < length; i++) {
            numbers.add(new Int(start + i * step));
        }
        return new View("range", numbers);
    }
}
