package cutaway.model.chat;

import cutaway.model.chat.Stmt.Target;
import cutaway.model.chat.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Statements: from tokens to the tree that `Renderer` walks.
final class Parser {

    private static final Set<String> INNER = Set.of(
            "elif",
            "else",
            "endif",
            "endfor",
            "endset",
            "endmacro",
            "endcall",
            "endfilter",
            "endwith",
            "endgeneration");

    private final Tokens tokens;
    private final ExpressionParser expressions;

    private Parser(Tokens tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /// @throws cutaway.tensor.BadInputException naming the line of what cannot be read
    static List<Stmt> parse(String source) {
        Parser parser = new Parser(new Tokens(Lexer.tokens(source)));
        return parser.body(null);
    }

    /// Statements up to the block that closes them, which is left with its name unread; the whole template when
    /// `opener` is null.
    private List<Stmt> body(@Nullable Token opener) {
        tokens.enter();
        List<Stmt> body = new ArrayList<>();
        while (true) {
            Token token = tokens.next();
            switch (token.kind()) {
                case DATA -> body.add(new Stmt.Data(token.text()));
                case PRINT_BEGIN -> {
                    body.add(new Stmt.Print(expressions.tuple(true), token.line()));
                    tokens.expect(Kind.PRINT_END, "'}}'");
                }
                case BLOCK_BEGIN -> {
                    if (opener != null
                            && tokens.isNext(Kind.NAME)
                            && INNER.contains(tokens.peek().text())) {
                        tokens.exit();
                        return body;
                    }
                    body.add(statement());
                }
                default -> {
                    if (opener != null) {
                        tokens.fail("'" + opener.text() + "' of line " + opener.line() + " is never closed");
                    }
                    return body;
                }
            }
        }
    }

    /// The body of a block with its closing tag.
    private List<Stmt> bodyUntil(Token opener, String end) {
        blockEnd();
        List<Stmt> body = body(opener);
        close(opener, end);
        return body;
    }

    private void close(Token opener, String end) {
        if (!tokens.skipName(end)) {
            tokens.fail("expected '" + end + "' for '" + opener.text() + "' of line " + opener.line() + ", found "
                    + tokens.peek().shown());
        }
        if (end.equals("endmacro") && tokens.isNext(Kind.NAME)) {
            tokens.next();
        }
        blockEnd();
    }

    private void blockEnd() {
        tokens.expect(Kind.BLOCK_END, "'%}'");
    }

    private Stmt statement() {
        Token tag = tokens.expect(Kind.NAME, "the name of a tag");
        return switch (tag.text()) {
            case "if" -> ifStatement(tag);
            case "for" -> forStatement(tag);
            case "set" -> set(tag);
            case "macro" -> {
                String name = tokens.expect(Kind.NAME, "the name of a macro").text();
                List<String> parameters = new ArrayList<>();
                List<Expr> defaults = new ArrayList<>();
                signature(parameters, defaults);
                yield new Stmt.MacroDef(new Stmt.Macro(name, parameters, defaults, bodyUntil(tag, "endmacro")));
            }
            case "call" -> call(tag);
            case "filter" -> {
                List<Expr.FilterCall> filters = new ArrayList<>(List.of(expressions.namedFilter()));
                filters.addAll(expressions.filterChain());
                yield new Stmt.FilterBlock(filters, bodyUntil(tag, "endfilter"), tag.line());
            }
            case "with" -> with(tag);
            case "generation" -> new Stmt.Generation(bodyUntil(tag, "endgeneration"));
            case "break" -> {
                blockEnd();
                yield new Stmt.Break();
            }
            case "continue" -> {
                blockEnd();
                yield new Stmt.Continue();
            }
            default -> {
                tokens.fail("unknown tag '" + tag.text() + "'; chat templates use if, for, set, macro, call, filter, "
                        + "with, raw, generation, break and continue");
                throw new AssertionError();
            }
        };
    }

    private Stmt ifStatement(Token tag) {
        List<Stmt.Branch> branches = new ArrayList<>();
        List<Stmt> otherwise = List.of();
        int line = tag.line();
        do {
            Expr test = expressions.tuple(false);
            blockEnd();
            branches.add(new Stmt.Branch(test, body(tag), line));
            line = tokens.peek().line();
        } while (tokens.skipName("elif"));
        if (tokens.skipName("else")) {
            blockEnd();
            otherwise = body(tag);
        }
        close(tag, "endif");
        return new Stmt.If(branches, otherwise);
    }

    private Stmt forStatement(Token tag) {
        Target target = target(false);
        if (!tokens.skipName("in")) {
            tokens.fail("expected 'in', found " + tokens.peek().shown());
        }
        Expr in = expressions.tuple(false);
        Expr only = tokens.skipName("if") ? expressions.expression() : null;
        blockEnd();
        List<Stmt> body = body(tag);
        List<Stmt> otherwise = List.of();
        if (tokens.skipName("else")) {
            blockEnd();
            otherwise = body(tag);
        }
        close(tag, "endfor");
        return new Stmt.For(target, in, only, body, otherwise, tag.line());
    }

    private Stmt set(Token tag) {
        Target target = target(true);
        if (tokens.skipOperator("=")) {
            Expr value = expressions.tuple(true);
            blockEnd();
            return new Stmt.Set(target, value, tag.line());
        }
        List<Expr.FilterCall> filters = expressions.filterChain();
        return new Stmt.SetBlock(target, filters, bodyUntil(tag, "endset"), tag.line());
    }

    private Target target(boolean fields) {
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        do {
            if (!targets.isEmpty()
                    && !tokens.isNext(Kind.NAME)
                    && !tokens.peek().isOperator("(")) {
                break;
            }
            if (tokens.skipOperator("(")) {
                targets.add(target(fields));
                tokens.expectOperator(")");
                continue;
            }
            String name = tokens.expect(Kind.NAME, "a name to assign to").text();
            if (fields && tokens.skipOperator(".")) {
                targets.add(new Target.Field(
                        name, tokens.expect(Kind.NAME, "the name of a field").text()));
            } else {
                targets.add(new Target.Name(name));
            }
            several |= tokens.peek().isOperator(",");
        } while (tokens.skipOperator(","));
        return several ? new Target.Several(targets) : targets.getFirst();
    }

    private void signature(List<String> parameters, List<Expr> defaults) {
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            parameters.add(tokens.expect(Kind.NAME, "the name of a parameter").text());
            if (tokens.skipOperator("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                tokens.fail("a parameter without a default stands after one with a default");
            }
        }
    }

    private Stmt call(Token tag) {
        List<String> parameters = new ArrayList<>();
        List<Expr> defaults = new ArrayList<>();
        if (tokens.peek().isOperator("(")) {
            signature(parameters, defaults);
        }
        if (!(expressions.expression() instanceof Expr.Call call)) {
            tokens.fail("expected a call after 'call'");
            throw new AssertionError();
        }
        Stmt.Macro caller = new Stmt.Macro("caller", parameters, defaults, bodyUntil(tag, "endcall"));
        return new Stmt.CallBlock(caller, call, tag.line());
    }

    private Stmt with(Token tag) {
        List<Target> targets = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.isNext(Kind.BLOCK_END)) {
            if (!targets.isEmpty()) {
                tokens.expectOperator(",");
            }
            targets.add(new Target.Name(
                    tokens.expect(Kind.NAME, "a name to assign to").text()));
            tokens.expectOperator("=");
            values.add(expressions.expression());
        }
        return new Stmt.With(targets, values, bodyUntil(tag, "endwith"), tag.line());
    }
}
