package cutaway.model.chat;

/// A piece of a template; lines count from 1.
record Token(Kind kind, String text, int line) {

    enum Kind {
        DATA,
        PRINT_BEGIN,
        PRINT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        FLOAT,
        OPERATOR,
        END
    }

    boolean is(Kind kind, String text) {
        return this.kind == kind && this.text.equals(text);
    }

    boolean isOperator(String text) {
        return is(Kind.OPERATOR, text);
    }

    boolean isName(String text) {
        return is(Kind.NAME, text);
    }

    /// How an error message calls this token.
    String shown() {
        return switch (kind) {
            case DATA -> "text";
            case PRINT_BEGIN, PRINT_END, BLOCK_BEGIN, BLOCK_END -> "'" + text + "'";
            case END -> "the end of the template";
            case NAME, STRING, INTEGER, FLOAT, OPERATOR -> "'" + text + "'";
        };
    }
}
