package cutaway.model.chat;

import cutaway.model.chat.Value.Bool;
import cutaway.model.chat.Value.Text;
import cutaway.model.chat.Value.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The value of an expression.
final class Evaluator {

    private final Budget budget;

    Evaluator(Budget budget) {
        this.budget = budget;
    }

    /// Fails when `value` is undefined, for uses that need one.
    static void defined(Value value) {
        if (value instanceof Undefined undefined) {
            throw new Fault(undefined.why());
        }
    }

    Value value(Expr expr, Names names) {
        budget.enter();
        Value value = switch (expr) {
            case Expr.Const constant -> constant.value();
            case Expr.Name name -> names.get(name.name());
            case Expr.Attribute a -> Attributes.attribute(value(a.of(), names), a.name(), budget);
            case Expr.Item item -> Attributes.item(value(item.of(), names), value(item.key(), names), budget);
            case Expr.Slice slice -> slice(slice, names);
            case Expr.Call call -> call(call, names, Map.of());
            case Expr.Filter filter -> filter(value(filter.input(), names), filter.call(), names);
            case Expr.Test test ->
                Bool.of(Checks.holds(test.name(), value(test.input(), names), arguments(test.given(), names), budget));
            case Expr.Not not -> Bool.of(!Sequences.truth(value(not.of(), names)));
            case Expr.And and -> {
                Value left = value(and.left(), names);
                yield Sequences.truth(left) ? value(and.right(), names) : left;
            }
            case Expr.Or or -> {
                Value left = value(or.left(), names);
                yield Sequences.truth(left) ? left : value(or.right(), names);
            }
            case Expr.Compare compare -> compare(compare, names);
            case Expr.Sign sign -> Arithmetic.sign(sign.operator(), value(sign.of(), names));
            case Expr.Binary b ->
                Arithmetic.binary(b.operator(), value(b.left(), names), value(b.right(), names), budget);
            case Expr.Concat concat -> concat(concat.parts(), names);
            case Expr.Conditional c -> conditional(c, names);
            case Expr.ArrayOf array -> new Value.Array(values(array.items(), names));
            case Expr.TupleOf tuple -> new Value.Tuple(values(tuple.items(), names));
            case Expr.DictOf dict -> dict(dict, names);
        };
        budget.exit();
        return value;
    }

    Value filter(Value input, Expr.FilterCall filter, Names names) {
        return Filters.apply(filter.name(), input, arguments(filter.given(), names), budget);
    }

    /// @param more named arguments beside those written, such as `caller`
    Value call(Expr.Call call, Names names, Map<String, Value> more) {
        Value callee = value(call.callee(), names);
        defined(callee);
        if (!(callee instanceof Value.Function function)) {
            throw new Fault("'" + callee.type() + "' object is not callable");
        }
        Arguments given = arguments(call.given(), names);
        if (!more.isEmpty()) {
            Map<String, Value> named = new LinkedHashMap<>(given.named());
            named.putAll(more);
            given = new Arguments(given.positional(), named);
        }
        return function.body().call(given, budget);
    }

    private Arguments arguments(Expr.Given given, Names names) {
        List<Value> positional = new ArrayList<>(values(given.positional(), names));
        Map<String, Value> named = new LinkedHashMap<>();
        given.named().forEach((name, expr) -> named.put(name, value(expr, names)));
        if (given.star() != null) {
            positional.addAll(Sequences.items(value(given.star(), names), budget));
        }
        if (given.starStar() != null) {
            if (!(value(given.starStar(), names) instanceof Value.Dict dict)) {
                throw new Fault("the argument after ** must be a mapping");
            }
            dict.entries().forEach((name, value) -> named.put(Repr.str(name, budget), value));
        }
        budget.elements(positional.size());
        return new Arguments(positional, named);
    }

    private List<Value> values(List<Expr> exprs, Names names) {
        budget.elements(exprs.size());
        List<Value> values = new ArrayList<>();
        for (Expr expr : exprs) {
            values.add(value(expr, names));
        }
        return values;
    }

    private Value slice(Expr.Slice slice, Names names) {
        Value of = value(slice.of(), names);
        defined(of);
        if (!Sequences.isSliceable(of)) {
            return new Undefined(Repr.typeShown(of) + " cannot be sliced");
        }
        return Sequences.slice(
                of, bound(slice.start(), names), bound(slice.stop(), names), bound(slice.step(), names), budget);
    }

    private Value bound(@Nullable Expr bound, Names names) {
        return bound == null ? Value.None.NONE : value(bound, names);
    }

    private Value compare(Expr.Compare compare, Names names) {
        Value left = value(compare.first(), names);
        for (Expr.Link link : compare.links()) {
            Value right = value(link.right(), names);
            if (!Compare.test(link.operator(), left, right, budget)) {
                return Bool.FALSE;
            }
            left = right;
        }
        return Bool.TRUE;
    }

    private Value concat(List<Expr> parts, Names names) {
        StringBuilder text = new StringBuilder();
        for (Expr part : parts) {
            String next = Repr.str(value(part, names), budget);
            budget.grow(next.length());
            text.append(next);
        }
        return new Text(text.toString());
    }

    private Value conditional(Expr.Conditional c, Names names) {
        if (Sequences.truth(value(c.test(), names))) {
            return value(c.then(), names);
        }
        return c.otherwise() == null
                ? new Undefined("the inline if-expression evaluated to false and no else section " + "was defined.")
                : value(c.otherwise(), names);
    }

    private Value dict(Expr.DictOf dict, Names names) {
        Map<Value, Value> entries = new LinkedHashMap<>();
        for (int i = 0; i < dict.keys().size(); i++) {
            entries.put(
                    Compare.key(value(dict.keys().get(i), names)),
                    value(dict.values().get(i), names));
        }
        budget.elements(entries.size());
        return new Value.Dict(entries);
    }
}
