package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Real;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import java.util.ArrayList;
import java.util.List;

/// Python's `+ - * / // % **`, on numbers, texts and lists. Integers end with a message at 64 bits.
final class Arithmetic {

    private Arithmetic() {}

    static Value binary(String operator, Value left, Value right, Budget budget) {
        Evaluator.defined(left);
        Evaluator.defined(right);
        if (isNumber(left) && isNumber(right)) {
            return numbers(operator, left, right);
        }
        if (operator.equals("+")) {
            return add(left, right, budget);
        }
        if (operator.equals("*") && isInteger(right)) {
            return repeat(left, integer(right), budget);
        }
        if (operator.equals("*") && isInteger(left)) {
            return repeat(right, integer(left), budget);
        }
        if (operator.equals("%") && left instanceof Text format) {
            return new Text(Percent.format(format.value(), right, budget));
        }
        throw unsupported(operator, left, right);
    }

    static Value sign(String operator, Value of) {
        Evaluator.defined(of);
        if (!isNumber(of)) {
            throw new Fault("bad operand type for unary " + operator + ": '" + of.type() + "'");
        }
        if (operator.equals("+")) {
            return of instanceof Bool ? new Int(integer(of)) : of;
        }
        return of instanceof Real r ? new Real(-r.value()) : new Int(Math.negateExact(integer(of)));
    }

    static boolean isNumber(Value value) {
        return value instanceof Real || isInteger(value);
    }

    static boolean isInteger(Value value) {
        return value instanceof Int || value instanceof Bool;
    }

    static long integer(Value value) {
        return value instanceof Bool b ? b.value() ? 1 : 0 : ((Int) value).value();
    }

    static double real(Value value) {
        return value instanceof Real r ? r.value() : integer(value);
    }

    private static Value add(Value left, Value right, Budget budget) {
        if (left instanceof Text a && right instanceof Text b) {
            budget.grow((long) a.value().length() + b.value().length());
            return new Text(a.value() + b.value());
        }
        if (left instanceof Array a && right instanceof Array b) {
            return new Array(joined(a.items(), b.items(), budget));
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return new Tuple(joined(a.items(), b.items(), budget));
        }
        if (left instanceof Text || left instanceof Array || left instanceof Tuple) {
            throw new Fault(
                    "can only concatenate " + left.type() + " (not \"" + right.type() + "\") to " + left.type());
        }
        throw unsupported("+", left, right);
    }

    private static List<Value> joined(List<Value> left, List<Value> right, Budget budget) {
        budget.elements((long) left.size() + right.size());
        List<Value> all = new ArrayList<>(left);
        all.addAll(right);
        return all;
    }

    private static Value repeat(Value value, long times, Budget budget) {
        int count = Math.clamp(times, 0, Integer.MAX_VALUE);
        if (value instanceof Text text) {
            budget.grow((long) text.value().length() * count);
            return new Text(text.value().repeat(text.value().isEmpty() ? 0 : count));
        }
        if (value instanceof Array || value instanceof Tuple) {
            List<Value> once = Sequences.items(value, budget);
            budget.elements((long) once.size() * count);
            List<Value> all = new ArrayList<>();
            for (int i = 0; i < count && !once.isEmpty(); i++) {
                all.addAll(once);
            }
            return value instanceof Array ? new Array(all) : new Tuple(all);
        }
        throw unsupported("*", value, new Int(times));
    }

    private static Value numbers(String operator, Value left, Value right) {
        boolean zero = real(right) == 0;
        if (zero && (operator.equals("/") || operator.equals("//") || operator.equals("%"))) {
            throw new Fault("division by zero");
        }
        boolean real = left instanceof Real
                || right instanceof Real
                || operator.equals("/")
                || (operator.equals("**") && real(right) < 0);
        try {
            return real
                    ? new Real(reals(operator, real(left), real(right)))
                    : new Int(integers(operator, integer(left), integer(right)));
        } catch (ArithmeticException e) {
            throw new Fault("the result of " + operator + " does not fit 64 bits");
        }
    }

    private static long integers(String operator, long a, long b) {
        return switch (operator) {
            case "+" -> Math.addExact(a, b);
            case "-" -> Math.subtractExact(a, b);
            case "*" -> Math.multiplyExact(a, b);
            case "//" -> Math.floorDivExact(a, b);
            case "%" -> Math.floorMod(a, b);
            case "**" -> Math.powExact(a, Math.toIntExact(b));
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static double reals(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            case "**" -> Math.pow(a, b);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static Fault unsupported(String operator, Value left, Value right) {
        return new Fault(
                "unsupported operand type(s) for " + operator + ": '" + left.type() + "' and '" + right.type() + "'");
    }
}
