package cutaway.server.api;

import java.util.Map;
import java.util.Optional;

/// What stands in an address: the parts of its path that a route names, and its query.
public record Params(Map<String, String> path, Map<String, String> query) {

    public Params {
        path = Map.copyOf(path);
        query = Map.copyOf(query);
    }

    /// A part of the path, by the name that the route gives it.
    public String part(String name) {
        String value = path.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route names no " + name);
        }
        return value;
    }

    /// A value of the query.
    public Optional<String> asked(String name) {
        return Optional.ofNullable(query.get(name)).filter(value -> !value.isEmpty());
    }

    /// A whole number of the query.
    ///
    /// @throws Refusal when it is none from `least` to `most`
    public int count(String name, int usual, int least, int most) {
        if (asked(name).isEmpty()) {
            return usual;
        }
        String given = asked(name).get();
        if (given.matches("\\d{1,9}") && Integer.parseInt(given) >= least && Integer.parseInt(given) <= most) {
            return Integer.parseInt(given);
        }
        throw new Refusal(400, name + " is \"" + given + "\"; give a whole number from " + least + " to " + most + ".");
    }
}
