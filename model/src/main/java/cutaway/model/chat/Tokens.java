package cutaway.model.chat;

import cutaway.model.chat.Token.Kind;
import cutaway.tensor.BadInputException;
import java.util.List;

/// Where the parser stands in the tokens, and how it complains.
final class Tokens {

    private static final int DEPTH = 100;

    private final List<Token> tokens;
    private int at;
    private int depth;

    Tokens(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return tokens.get(at);
    }

    Token ahead() {
        return tokens.get(Math.min(at + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean isNext(Kind kind) {
        return peek().kind() == kind;
    }

    boolean skipOperator(String text) {
        return skipIf(peek().isOperator(text));
    }

    boolean skipName(String text) {
        return skipIf(peek().isName(text));
    }

    Token expect(Kind kind, String wanted) {
        return peek().kind() == kind ? next() : fail("expected " + wanted + ", found " + peek().shown());
    }

    void expectOperator(String text) {
        if (!skipOperator(text)) {
            fail("expected '" + text + "', found " + peek().shown());
        }
    }

    /// Counts brackets and blocks inside one another, so that no template exhausts the stack.
    void enter() {
        if (++depth > DEPTH) {
            fail("brackets or blocks nest more than " + DEPTH + " levels deep");
        }
    }

    void exit() {
        depth--;
    }

    /// Never returns; typed so that it can stand where a token is expected.
    Token fail(String message) {
        throw new BadInputException("chat template line " + peek().line() + ": " + message);
    }

    private boolean skipIf(boolean matches) {
        if (matches) {
            next();
        }
        return matches;
    }
}
