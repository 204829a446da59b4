package cutaway.model.chat;

import cutaway.model.chat.Value.Array;
import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Dict;
import cutaway.model.chat.Value.Int;
import cutaway.model.chat.Value.Real;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Tuple;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// Python's `==`, `<` and `in`.
final class Compare {

    private Compare() {}

    static boolean test(String operator, Value left, Value right, Budget budget) {
        return switch (operator) {
            case "==" -> equal(left, right, budget);
            case "!=" -> !equal(left, right, budget);
            case "in" -> contains(right, left, budget);
            case "not in" -> !contains(right, left, budget);
            case "<" -> order(operator, left, right, budget) < 0;
            case "<=" -> order(operator, left, right, budget) <= 0;
            case ">" -> order(operator, left, right, budget) > 0;
            case ">=" -> order(operator, left, right, budget) >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    static boolean equal(Value left, Value right, Budget budget) {
        budget.enter();
        boolean equal;
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            equal = numbers(left, right) == 0;
        } else if (left instanceof Array a && right instanceof Array b) {
            equal = equal(a.items(), b.items(), budget);
        } else if (left instanceof Tuple a && right instanceof Tuple b) {
            equal = equal(a.items(), b.items(), budget);
        } else if (left instanceof Dict a && right instanceof Dict b) {
            equal = equal(a.entries(), b.entries(), budget);
        } else if (left instanceof Value.Undefined && right instanceof Value.Undefined) {
            equal = true;
        } else if (left instanceof Text a && right instanceof Text b) {
            equal = a.value().equals(b.value());
        } else {
            equal = same(left, right);
        }
        budget.exit();
        return equal;
    }

    /// Python's `is`, under which two equal lists are not the same; true and false are one object each.
    @SuppressWarnings("ReferenceEquality") // identity is what is asked for
    static boolean same(Value left, Value right) {
        return left == right || (left instanceof Bool && left.equals(right));
    }

    private static boolean equal(List<Value> left, List<Value> right, Budget budget) {
        if (left.size() != right.size()) {
            return false;
        }
        Iterator<Value> other = right.iterator();
        for (Value value : left) {
            if (!equal(value, other.next(), budget)) {
                return false;
            }
        }
        return true;
    }

    private static boolean equal(Map<Value, Value> left, Map<Value, Value> right, Budget budget) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<Value, Value> entry : left.entrySet()) {
            Value other = right.get(entry.getKey());
            if (other == null || !equal(entry.getValue(), other, budget)) {
                return false;
            }
        }
        return true;
    }

    /// Negative, zero or positive, for numbers, texts (by code point), lists and tuples.
    static int order(String operator, Value left, Value right, Budget budget) {
        if (Arithmetic.isNumber(left) && Arithmetic.isNumber(right)) {
            return numbers(left, right);
        }
        if (left instanceof Text a && right instanceof Text b) {
            return texts(a.value(), b.value());
        }
        if (left instanceof Array a && right instanceof Array b) {
            return lists(operator, a.items(), b.items(), budget);
        }
        if (left instanceof Tuple a && right instanceof Tuple b) {
            return lists(operator, a.items(), b.items(), budget);
        }
        Evaluator.defined(left);
        Evaluator.defined(right);
        throw new Fault("'" + operator + "' not supported between instances of '" + left.type() + "' and '"
                + right.type() + "'");
    }

    private static int lists(String operator, List<Value> left, List<Value> right, Budget budget) {
        budget.enter();
        int order = Integer.compare(left.size(), right.size());
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!equal(left.get(i), right.get(i), budget)) {
                order = order(operator, left.get(i), right.get(i), budget);
                break;
            }
        }
        budget.exit();
        return order;
    }

    private static int numbers(Value left, Value right) {
        return left instanceof Real || right instanceof Real
                ? Double.compare(Arithmetic.real(left) + 0.0, Arithmetic.real(right) + 0.0)
                : Long.compare(Arithmetic.integer(left), Arithmetic.integer(right));
    }

    /// By code point, where `String.compareTo` goes by UTF-16 unit.
    private static int texts(String left, String right) {
        int mismatch = 0;
        while (mismatch < Math.min(left.length(), right.length()) && left.charAt(mismatch) == right.charAt(mismatch)) {
            mismatch++;
        }
        if (mismatch == Math.min(left.length(), right.length())) {
            return Integer.compare(left.length(), right.length());
        }
        char a = left.charAt(mismatch);
        char b = right.charAt(mismatch);
        boolean surrogates = Character.isSurrogate(a) != Character.isSurrogate(b);
        return surrogates
                ? Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b))
                : Character.compare(a, b);
    }

    static boolean contains(Value container, Value wanted, Budget budget) {
        return switch (container) {
            case Text text
            when wanted instanceof Text part -> {
                budget.search(text.value().length(), part.value().length());
                yield text.value().contains(part.value());
            }
            case Text _ -> {
                Evaluator.defined(wanted);
                throw new Fault("'in <string>' requires string as left operand, not " + wanted.type());
            }
            case Dict dict -> dict.entries().containsKey(key(wanted));
            case Value.Undefined _, Array _, Tuple _, Value.View _, Value.Stream _ -> {
                for (Value item : Sequences.items(container, budget)) {
                    if (equal(item, wanted, budget)) {
                        yield true;
                    }
                }
                yield false;
            }
            default -> throw new Fault("argument of type '" + container.type() + "' is not iterable");
        };
    }

    /// A value fit to be a key of a dict.
    static Value key(Value value) {
        return switch (value) {
            case Text _, Int _, Real _, Bool _, Value.None _ -> value;
            default ->
                throw new Fault("a " + value.type() + " cannot be a key of a dict; keys are text, numbers, "
                        + "booleans or none");
        };
    }
}
