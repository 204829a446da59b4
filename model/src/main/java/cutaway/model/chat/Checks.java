package cutaway.model.chat;

import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Text;
import java.util.Locale;

/// The tests of `x is name`, as jinja2/tests.py has them.
final class Checks {

    private Checks() {}

    static boolean holds(String name, Value value, Arguments given, Budget budget) {
        budget.step();
        return switch (name) {
            case "defined" -> !(value instanceof Value.Undefined);
            case "undefined" -> value instanceof Value.Undefined;
            case "none" -> value == Value.None.NONE;
            case "true" -> value.equals(Bool.TRUE);
            case "false" -> value.equals(Bool.FALSE);
            case "boolean" -> value instanceof Bool;
            case "string" -> value instanceof Text;
            case "number" -> Arithmetic.isNumber(value);
            case "integer" -> value instanceof Value.Int;
            case "float" -> value instanceof Value.Real;
            case "mapping" -> value instanceof Value.Dict;
            case "iterable" -> Sequences.isIterable(value);
            case "sequence" ->
                value instanceof Value.Undefined || value instanceof Value.Dict || Sequences.isSliceable(value);
            case "callable" -> value instanceof Value.Function || value instanceof Value.Undefined;
            case "odd" -> modulo(value, 2, budget) == 1;
            case "even" -> modulo(value, 2, budget) == 0;
            case "divisibleby" -> modulo(value, given.count(0, "num", 1), budget) == 0;
            case "lower" ->
                str(value, budget).equals(str(value, budget).toLowerCase(Locale.ROOT)) && isCased(value, budget);
            case "upper" ->
                str(value, budget).equals(str(value, budget).toUpperCase(Locale.ROOT)) && isCased(value, budget);
            case "sameas" -> Compare.same(value, given.value(0, "other"));
            case "in" -> Compare.contains(given.value(0, "seq"), value, budget);
            case "eq", "equalto", "==" -> compare("==", value, given, budget);
            case "ne", "!=" -> compare("!=", value, given, budget);
            case "lt", "lessthan", "<" -> compare("<", value, given, budget);
            case "le", "<=" -> compare("<=", value, given, budget);
            case "gt", "greaterthan", ">" -> compare(">", value, given, budget);
            case "ge", ">=" -> compare(">=", value, given, budget);
            case "filter" -> Filters.exists(str(value, budget));
            default -> throw new Fault("No test named '" + name + "'.");
        };
    }

    private static boolean compare(String operator, Value value, Arguments given, Budget budget) {
        return Compare.test(operator, value, given.value(0, "other"), budget);
    }

    private static long modulo(Value value, long by, Budget budget) {
        return Arithmetic.integer(Arithmetic.binary("%", value, new Value.Int(by), budget));
    }

    private static String str(Value value, Budget budget) {
        return Repr.str(value, budget);
    }

    private static boolean isCased(Value value, Budget budget) {
        return str(value, budget).codePoints().anyMatch(c -> Character.isUpperCase(c) || Character.isLowerCase(c));
    }
}
