package cutaway.model.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement of a template. `line` counts from 1 and is what an error names.
sealed interface Stmt {

    record Data(String text) implements Stmt {}

    record Print(Expr value, int line) implements Stmt {}

    record If(List<Branch> branches, List<Stmt> otherwise) implements Stmt {}

    record Branch(Expr test, List<Stmt> body, int line) {}

    record For(Target target, Expr in, @Nullable Expr only, List<Stmt> body, List<Stmt> otherwise, int line)
            implements Stmt {}

    record Break() implements Stmt {}

    record Continue() implements Stmt {}

    record Set(Target target, Expr value, int line) implements Stmt {}

    /// `{% set x | filter %}...{% endset %}`.
    record SetBlock(Target target, List<Expr.FilterCall> filters, List<Stmt> body, int line) implements Stmt {}

    /// `{% filter upper %}...{% endfilter %}`.
    record FilterBlock(List<Expr.FilterCall> filters, List<Stmt> body, int line) implements Stmt {}

    record With(List<Target> targets, List<Expr> values, List<Stmt> body, int line) implements Stmt {}

    /// `{% generation %}...{% endgeneration %}`: what the assistant wrote; names set inside stay inside.
    record Generation(List<Stmt> body) implements Stmt {}

    record MacroDef(Macro macro) implements Stmt {}

    /// `{% call(x) f() %}...{% endcall %}`: calls `f` with the body as the macro `caller`.
    record CallBlock(Macro caller, Expr.Call call, int line) implements Stmt {}

    /// `defaults` belong to the last parameters.
    record Macro(String name, List<String> parameters, List<Expr> defaults, List<Stmt> body) {}

    /// What can be assigned to.
    sealed interface Target {
        record Name(String name) implements Target {}

        record Field(String namespace, String name) implements Target {}

        record Several(List<Target> targets) implements Target {}
    }
}
