package cutaway.model.chat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An expression of a template, as jinja2/nodes.py divides them.
sealed interface Expr {

    record Const(Value value) implements Expr {}

    record Name(String name) implements Expr {}

    record ArrayOf(List<Expr> items) implements Expr {}

    record TupleOf(List<Expr> items) implements Expr {}

    record DictOf(List<Expr> keys, List<Expr> values) implements Expr {}

    /// `of.name`: the attribute, else the item.
    record Attribute(Expr of, String name) implements Expr {}

    /// `of[key]`: the item, else the attribute.
    record Item(Expr of, Expr key) implements Expr {}

    record Slice(
            Expr of,
            @Nullable Expr start,
            @Nullable Expr stop,
            @Nullable Expr step) implements Expr {}

    record Call(Expr callee, Given given) implements Expr {}

    record Filter(Expr input, FilterCall call) implements Expr {}

    record Test(Expr input, String name, Given given) implements Expr {}

    record Not(Expr of) implements Expr {}

    record And(Expr left, Expr right) implements Expr {}

    record Or(Expr left, Expr right) implements Expr {}

    /// `+` or `-` before a number.
    record Sign(String operator, Expr of) implements Expr {}

    record Binary(String operator, Expr left, Expr right) implements Expr {}

    /// `first < a <= b`: true when every link is.
    record Compare(Expr first, List<Link> links) implements Expr {}

    record Link(String operator, Expr right) {}

    /// `a ~ b ~ c`: all as text.
    record Concat(List<Expr> parts) implements Expr {}

    /// `then if test else otherwise`.
    record Conditional(Expr test, Expr then, @Nullable Expr otherwise) implements Expr {}

    record FilterCall(String name, Given given) {}

    /// The arguments of a call: `f(positional, named=..., *star, **starStar)`.
    record Given(
            List<Expr> positional,
            Map<String, Expr> named,
            @Nullable Expr star,
            @Nullable Expr starStar) {
        static final Given NOTHING = new Given(List.of(), Map.of(), null, null);
    }
}
