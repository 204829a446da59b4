package cutaway.model.chat;

import cutaway.model.chat.Token.Kind;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Expressions by recursive descent, one method for each level of precedence, loosest first (jinja2/parser.py):
///
///     a if b else c  <  or  <  and  <  not  <  comparisons, in  <  + -  <  ~  <  * / // %  <  **  <  sign
///         <  . [] () | is
final class ExpressionParser {

    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
    private static final Set<Kind> STARTS_TEST_ARGUMENT = Set.of(Kind.NAME, Kind.STRING, Kind.INTEGER, Kind.FLOAT);

    private final Tokens tokens;

    ExpressionParser(Tokens tokens) {
        this.tokens = tokens;
    }

    /// `a, b` is a tuple, `a` alone is itself.
    Expr tuple(boolean conditional) {
        Expr first = conditional ? expression() : or();
        if (!tokens.peek().isOperator(",")) {
            return first;
        }
        List<Expr> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",")) {
            if (endsTuple()) {
                break;
            }
            items.add(conditional ? expression() : or());
        }
        return new Expr.TupleOf(items);
    }

    private boolean endsTuple() {
        Kind kind = tokens.peek().kind();
        return kind == Kind.PRINT_END || kind == Kind.BLOCK_END || tokens.peek().isOperator(")");
    }

    Expr expression() {
        tokens.enter();
        Expr value = or();
        while (tokens.skipName("if")) {
            Expr test = or();
            value = new Expr.Conditional(test, value, tokens.skipName("else") ? expression() : null);
        }
        tokens.exit();
        return value;
    }

    Expr or() {
        Expr left = and();
        while (tokens.skipName("or")) {
            left = new Expr.Or(left, and());
        }
        return left;
    }

    private Expr and() {
        Expr left = not();
        while (tokens.skipName("and")) {
            left = new Expr.And(left, not());
        }
        return left;
    }

    private Expr not() {
        if (!tokens.skipName("not")) {
            return compare();
        }
        tokens.enter();
        Expr of = not();
        tokens.exit();
        return new Expr.Not(of);
    }

    private Expr compare() {
        Expr first = sum();
        List<Expr.Link> links = new ArrayList<>();
        while (true) {
            if (tokens.isNext(Kind.OPERATOR)
                    && COMPARISONS.contains(tokens.peek().text())) {
                links.add(new Expr.Link(tokens.next().text(), sum()));
            } else if (tokens.skipName("in")) {
                links.add(new Expr.Link("in", sum()));
            } else if (tokens.peek().isName("not") && tokens.ahead().isName("in")) {
                tokens.next();
                tokens.next();
                links.add(new Expr.Link("not in", sum()));
            } else {
                return links.isEmpty() ? first : new Expr.Compare(first, links);
            }
        }
    }

    private Expr sum() {
        Expr left = concat();
        while (tokens.peek().isOperator("+") || tokens.peek().isOperator("-")) {
            left = new Expr.Binary(tokens.next().text(), left, concat());
        }
        return left;
    }

    private Expr concat() {
        List<Expr> parts = new ArrayList<>(List.of(product()));
        while (tokens.skipOperator("~")) {
            parts.add(product());
        }
        return parts.size() == 1 ? parts.getFirst() : new Expr.Concat(parts);
    }

    private Expr product() {
        Expr left = power();
        while (tokens.isNext(Kind.OPERATOR)
                && Set.of("*", "/", "//", "%").contains(tokens.peek().text())) {
            left = new Expr.Binary(tokens.next().text(), left, power());
        }
        return left;
    }

    private Expr power() {
        Expr left = unary(true);
        while (tokens.skipOperator("**")) {
            left = new Expr.Binary("**", left, unary(true));
        }
        return left;
    }

    private Expr unary(boolean withFilters) {
        Expr value;
        if (tokens.peek().isOperator("-") || tokens.peek().isOperator("+")) {
            tokens.enter();
            value = new Expr.Sign(tokens.next().text(), unary(false));
            tokens.exit();
        } else {
            value = primary();
        }
        value = postfix(value);
        return withFilters ? filtersAndTests(value) : value;
    }

    private Expr primary() {
        Token token = tokens.next();
        return switch (token.kind()) {
            case NAME ->
                switch (token.text()) {
                    case "true", "True" -> new Expr.Const(Value.Bool.TRUE);
                    case "false", "False" -> new Expr.Const(Value.Bool.FALSE);
                    case "none", "None" -> new Expr.Const(Value.None.NONE);
                    default -> new Expr.Name(token.text());
                };
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.isNext(Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                yield new Expr.Const(new Value.Text(text.toString()));
            }
            case INTEGER -> new Expr.Const(new Value.Int(integer(token)));
            case FLOAT ->
                new Expr.Const(new Value.Real(Double.parseDouble(token.text().replace("_", ""))));
            case OPERATOR ->
                switch (token.text()) {
                    case "(" -> parenthesis();
                    case "[" -> new Expr.ArrayOf(listUntil("]"));
                    case "{" -> dict();
                    default -> unexpected(token);
                };
            default -> unexpected(token);
        };
    }

    private Expr parenthesis() {
        if (tokens.skipOperator(")")) {
            return new Expr.TupleOf(List.of());
        }
        Expr inside = tuple(true);
        tokens.expectOperator(")");
        return inside;
    }

    private List<Expr> listUntil(String close) {
        List<Expr> items = new ArrayList<>();
        while (!tokens.skipOperator(close)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(close)) {
                    break;
                }
            }
            items.add(expression());
        }
        return items;
    }

    private Expr dict() {
        List<Expr> keys = new ArrayList<>();
        List<Expr> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            if (!keys.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
        }
        return new Expr.DictOf(keys, values);
    }

    private Expr postfix(Expr value) {
        while (true) {
            if (tokens.skipOperator(".")) {
                Token name = tokens.next();
                value = switch (name.kind()) {
                    case NAME -> new Expr.Attribute(value, name.text());
                    case INTEGER -> new Expr.Item(value, new Expr.Const(new Value.Int(integer(name))));
                    default -> unexpected(name);
                };
            } else if (tokens.skipOperator("[")) {
                value = subscript(value);
            } else if (tokens.peek().isOperator("(")) {
                value = new Expr.Call(value, given());
            } else {
                return value;
            }
        }
    }

    private Expr subscript(Expr of) {
        Expr start = tokens.peek().isOperator(":") ? null : tuple(true);
        Expr value;
        if (start != null && !tokens.peek().isOperator(":")) {
            value = new Expr.Item(of, start);
        } else {
            tokens.expectOperator(":");
            Expr stop = tokens.peek().isOperator(":") ? null : sliceEnd();
            value = new Expr.Slice(of, start, stop, tokens.skipOperator(":") ? sliceEnd() : null);
        }
        tokens.expectOperator("]");
        return value;
    }

    private @Nullable Expr sliceEnd() {
        return tokens.peek().isOperator("]") ? null : expression();
    }

    private Expr filtersAndTests(Expr value) {
        while (true) {
            if (tokens.peek().isOperator("|")) {
                value = new Expr.Filter(value, filterCall());
            } else if (tokens.skipName("is")) {
                value = test(value);
            } else if (tokens.peek().isOperator("(")) {
                value = new Expr.Call(value, given());
            } else {
                return value;
            }
        }
    }

    /// `| name(arguments)`.
    private Expr.FilterCall filterCall() {
        tokens.expectOperator("|");
        return namedFilter();
    }

    Expr.FilterCall namedFilter() {
        String name = tokens.expect(Kind.NAME, "the name of a filter").text();
        return new Expr.FilterCall(name, tokens.peek().isOperator("(") ? given() : Expr.Given.NOTHING);
    }

    /// Any number of `| filter`.
    List<Expr.FilterCall> filterChain() {
        List<Expr.FilterCall> filters = new ArrayList<>();
        while (tokens.peek().isOperator("|")) {
            filters.add(filterCall());
        }
        return filters;
    }

    private Expr test(Expr value) {
        boolean negated = tokens.skipName("not");
        String name = tokens.expect(Kind.NAME, "the name of a test").text();
        Expr.Given given = Expr.Given.NOTHING;
        Token next = tokens.peek();
        if (next.isOperator("(")) {
            given = given();
        } else if ((STARTS_TEST_ARGUMENT.contains(next.kind()) || next.isOperator("[") || next.isOperator("{"))
                && !next.isName("else")
                && !next.isName("or")
                && !next.isName("and")) {
            if (next.isName("is")) {
                tokens.fail("tests cannot be chained with 'is'");
            }
            given = new Expr.Given(List.of(postfix(primary())), Map.of(), null, null);
        }
        Expr test = new Expr.Test(value, name, given);
        return negated ? new Expr.Not(test) : test;
    }

    private Expr.Given given() {
        tokens.enter();
        tokens.expectOperator("(");
        List<Expr> positional = new ArrayList<>();
        Map<String, Expr> named = new LinkedHashMap<>();
        Expr star = null;
        Expr starStar = null;
        for (boolean first = true; !tokens.skipOperator(")"); first = false) {
            if (!first) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(")")) {
                    break;
                }
            }
            if (tokens.skipOperator("*")) {
                star = expression();
            } else if (tokens.skipOperator("**")) {
                starStar = expression();
            } else if (tokens.isNext(Kind.NAME) && tokens.ahead().isOperator("=")) {
                String name = tokens.next().text();
                tokens.next();
                named.put(name, expression());
            } else if (!named.isEmpty() || star != null || starStar != null) {
                tokens.fail("a positional argument stands after a named one");
            } else {
                positional.add(expression());
            }
        }
        tokens.exit();
        return new Expr.Given(positional, named, star, starStar);
    }

    private long integer(Token token) {
        String digits = token.text().replace("_", "").toLowerCase();
        int radix = digits.startsWith("0x") ? 16 : digits.startsWith("0o") ? 8 : digits.startsWith("0b") ? 2 : 10;
        try {
            return Long.parseLong(radix == 10 ? digits : digits.substring(2), radix);
        } catch (NumberFormatException e) {
            tokens.fail("the number " + token.text() + " does not fit 64 bits");
            throw e;
        }
    }

    private Expr unexpected(Token token) {
        throw new BadInputException("chat template line " + token.line() + ": unexpected " + token.shown());
    }
}
