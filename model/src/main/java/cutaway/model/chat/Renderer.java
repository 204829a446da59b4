package cutaway.model.chat;

import cutaway.model.chat.Value.Function;
import cutaway.model.chat.Value.Text;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Walks the statements of a template and writes its text.
final class Renderer {

    /// How a body ended: at its end, or by a `break` or `continue` for the loop around it.
    private enum Ended {
        NORMALLY,
        BY_BREAK,
        BY_CONTINUE
    }

    private final Budget budget;
    private final Evaluator evaluator;
    private int line = 1;

    Renderer(Budget budget) {
        this.budget = budget;
        this.evaluator = new Evaluator(budget);
    }

    /// @throws BadInputException naming the line that failed, or with the template's own message
    String render(List<Stmt> template, Names names) {
        StringBuilder out = new StringBuilder();
        try {
            body(template, names, out);
        } catch (Fault e) {
            throw new BadInputException("chat template line " + line + ": " + e.getMessage());
        } catch (StackOverflowError e) {
            throw new BadInputException("chat template line " + line + ": the template nests too deep");
        }
        return out.toString();
    }

    private Ended body(List<Stmt> body, Names names, StringBuilder out) {
        budget.enter();
        Ended ended = Ended.NORMALLY;
        for (Stmt stmt : body) {
            budget.step();
            ended = run(stmt, names, out);
            if (ended != Ended.NORMALLY) {
                break;
            }
        }
        budget.exit();
        return ended;
    }

    private Ended run(Stmt stmt, Names names, StringBuilder out) {
        switch (stmt) {
            case Stmt.Data data -> write(data.text(), out);
            case Stmt.Print print -> {
                line = print.line();
                write(Repr.str(evaluator.value(print.value(), names), budget), out);
            }
            case Stmt.If choice -> {
                for (Stmt.Branch branch : choice.branches()) {
                    line = branch.line();
                    if (Sequences.truth(evaluator.value(branch.test(), names))) {
                        return body(branch.body(), names, out);
                    }
                }
                return body(choice.otherwise(), names, out);
            }
            case Stmt.For loop -> {
                return loop(loop, names, out);
            }
            case Stmt.Break _ -> {
                return Ended.BY_BREAK;
            }
            case Stmt.Continue _ -> {
                return Ended.BY_CONTINUE;
            }
            case Stmt.Set set -> {
                line = set.line();
                assign(set.target(), evaluator.value(set.value(), names), names);
            }
            case Stmt.SetBlock set -> assign(set.target(), block(set.filters(), set.body(), set.line(), names), names);
            case Stmt.FilterBlock block ->
                write(Repr.str(block(block.filters(), block.body(), block.line(), names), budget), out);
            case Stmt.With with -> {
                line = with.line();
                Names inside = new Names(names);
                for (int i = 0; i < with.targets().size(); i++) {
                    assign(with.targets().get(i), evaluator.value(with.values().get(i), names), inside);
                }
                return body(with.body(), inside, out);
            }
            case Stmt.Generation generation -> body(generation.body(), new Names(names), out);
            case Stmt.MacroDef definition -> names.set(definition.macro().name(), macro(definition.macro(), names));
            case Stmt.CallBlock block -> {
                line = block.line();
                Map<String, Value> caller = Map.of("caller", macro(block.caller(), names));
                write(Repr.str(evaluator.call(block.call(), names, caller), budget), out);
            }
        }
        return Ended.NORMALLY;
    }

    private Ended loop(Stmt.For loop, Names names, StringBuilder out) {
        line = loop.line();
        List<Value> items = new ArrayList<>();
        for (Value item : Sequences.items(evaluator.value(loop.in(), names), budget)) {
            Names inside = new Names(names);
            assign(loop.target(), item, inside);
            if (loop.only() == null || Sequences.truth(evaluator.value(loop.only(), inside))) {
                items.add(item);
            }
        }
        budget.elements(items.size());
        if (items.isEmpty()) {
            return body(loop.otherwise(), new Names(names), out);
        }
        Value[] lastChanged = {Value.None.NONE};
        for (int i = 0; i < items.size(); i++) {
            Names inside = new Names(names);
            inside.set("loop", new Value.Loop(items, i, lastChanged));
            assign(loop.target(), items.get(i), inside);
            if (body(loop.body(), inside, out) == Ended.BY_BREAK) {
                break;
            }
        }
        return Ended.NORMALLY;
    }

    private void assign(Stmt.Target target, Value value, Names names) {
        switch (target) {
            case Stmt.Target.Name name -> names.set(name.name(), value);
            case Stmt.Target.Field field -> {
                if (!(names.get(field.namespace()) instanceof Value.Namespace namespace)) {
                    throw new Fault("cannot assign attribute on non-namespace object");
                }
                namespace.fields().put(field.name(), value);
            }
            case Stmt.Target.Several several -> {
                List<Value> values = Sequences.items(value, budget);
                int expected = several.targets().size();
                if (values.size() != expected) {
                    throw new Fault((values.size() < expected ? "not enough" : "too many")
                            + " values to unpack (expected " + expected + ", got " + values.size() + ")");
                }
                for (int i = 0; i < expected; i++) {
                    assign(several.targets().get(i), values.get(i), names);
                }
            }
        }
    }

    /// What a block writes, sent through its filters.
    private Value block(List<Expr.FilterCall> filters, List<Stmt> body, int startLine, Names names) {
        StringBuilder text = new StringBuilder();
        Names inside = new Names(names);
        body(body, inside, text);
        line = startLine;
        Value value = new Text(text.toString());
        for (Expr.FilterCall filter : filters) {
            value = evaluator.filter(value, filter, inside);
        }
        return value;
    }

    private Function macro(Stmt.Macro macro, Names names) {
        return new Function(macro.name(), (given, _) -> {
            Names inside = new Names(names);
            bind(macro, given, inside);
            int callLine = line;
            StringBuilder text = new StringBuilder();
            body(macro.body(), inside, text);
            line = callLine;
            return new Text(text.toString());
        });
    }

    /// A parameter that is neither given nor has a default is undefined; defaults are evaluated at each call.
    private void bind(Stmt.Macro macro, Arguments given, Names inside) {
        List<String> parameters = macro.parameters();
        String name = "macro '" + macro.name() + "'";
        if (given.positional().size() > parameters.size()) {
            throw new Fault(name + " takes not more than " + parameters.size() + " argument(s)");
        }
        int firstDefault = parameters.size() - macro.defaults().size();
        for (int i = 0; i < parameters.size(); i++) {
            String parameter = parameters.get(i);
            Value value;
            if (given.has(i, parameter)) {
                value = given.value(i, parameter);
            } else if (i >= firstDefault) {
                value = evaluator.value(macro.defaults().get(i - firstDefault), inside);
            } else {
                value = new Value.Undefined("parameter '" + parameter + "' was not provided");
            }
            inside.set(parameter, value);
        }
        for (Map.Entry<String, Value> argument : given.named().entrySet()) {
            if (argument.getKey().equals("caller")) {
                inside.set("caller", argument.getValue());
            } else if (!parameters.contains(argument.getKey())) {
                throw new Fault(name + " takes no keyword argument '" + argument.getKey() + "'");
            }
        }
    }

    private void write(String text, StringBuilder out) {
        budget.grow(text.length());
        out.append(text);
    }
}
