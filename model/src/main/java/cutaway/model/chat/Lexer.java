package cutaway.model.chat;

import cutaway.model.chat.Token.Kind;
import cutaway.tensor.BadInputException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Cuts a template into tokens, with jinja2's `trim_blocks` and `lstrip_blocks` on, as transformers sets them.
///
/// Whitespace rules (jinja2/lexer.py): the newline after `%}` and `#}` goes; blanks from the start of a line to `{%`
/// or `{#` go; `-` takes all whitespace on its side; `+` keeps all of it. `{{` and `}}` only heed `-`.
final class Lexer {

    private static final int U = Pattern.UNICODE_CHARACTER_CLASS;
    private static final Pattern RAW_BEGIN = Pattern.compile("[-+]?\\s*raw\\s*(-)?%}", U);
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}", U);
    private static final Pattern FLOAT =
            Pattern.compile("(?:\\d+_)*\\d+(?:(?:\\.(?:\\d+_)*\\d+)?[eE][+-]?(?:\\d+_)*\\d+" + "|\\.(?:\\d+_)*\\d+)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final Pattern NAME = Pattern.compile("\\w+", U);
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;
    private int line = 1;
    private int lineCountedTo;
    private boolean lineStarting = true;

    private Lexer(String source) {
        this.source = source;
    }

    /// @throws BadInputException naming the line of what cannot be read
    static List<Token> tokens(String source) {
        String lines = source.replace("\r\n", "\n").replace('\r', '\n');
        Lexer lexer = new Lexer(lines.endsWith("\n") ? lines.substring(0, lines.length() - 1) : lines);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (at < source.length()) {
            int open = nextTag();
            if (open < 0) {
                add(Kind.DATA, source.substring(at));
                break;
            }
            char kind = source.charAt(open + 1);
            char sign = open + 2 < source.length() ? source.charAt(open + 2) : ' ';
            data(source.substring(at, open), sign, kind != '{');
            at = open + 2;
            switch (kind) {
                case '{' -> tag(Kind.PRINT_BEGIN, "{{", Kind.PRINT_END, "}}");
                case '#' -> comment();
                default -> {
                    if (!raw()) {
                        tag(Kind.BLOCK_BEGIN, "{%", Kind.BLOCK_END, "%}");
                    }
                }
            }
        }
        at = source.length();
        add(Kind.END, "");
    }

    private int nextTag() {
        for (int open = source.indexOf('{', at); open >= 0; open = source.indexOf('{', open + 1)) {
            if (open + 1 < source.length() && "{%#".indexOf(source.charAt(open + 1)) >= 0) {
                return open;
            }
        }
        return -1;
    }

    /// The text before a tag, less what the tag strips.
    private void data(String text, char sign, boolean stripsLine) {
        if (sign == '-') {
            text = Whitespace.stripEnd(text);
        } else if (sign != '+' && stripsLine) {
            int lineStart = text.lastIndexOf('\n') + 1;
            if ((lineStart > 0 || lineStarting) && Whitespace.isBlank(text.substring(lineStart))) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            add(Kind.DATA, text);
        }
    }

    private void comment() {
        int body = at + (signAt(at) ? 1 : 0);
        int close = source.indexOf("#}", body);
        if (close < 0) {
            throw error("the comment {# is never closed");
        }
        at = close + 2;
        afterClose(close > body ? source.charAt(close - 1) : ' ');
    }

    /// `{% raw %}...{% endraw %}`: text that is not read as tags.
    private boolean raw() {
        Matcher begin = RAW_BEGIN.matcher(source).region(at, source.length());
        if (!begin.lookingAt()) {
            return false;
        }
        at = begin.end();
        if (begin.group(1) != null) {
            skipWhitespace();
        }
        lineStarting = source.charAt(at - 1) == '\n';
        Matcher end = RAW_END.matcher(source);
        if (!end.find(at)) {
            throw error("{% raw %} is never closed by {% endraw %}");
        }
        data(
                source.substring(at, end.start()),
                end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0),
                true);
        at = end.end();
        afterClose(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0));
        return true;
    }

    private void tag(Kind begin, String opening, Kind end, String closing) {
        add(begin, opening);
        at += signAt(at) ? 1 : 0;
        Deque<Character> open = new ArrayDeque<>();
        while (true) {
            skipWhitespace();
            if (at >= source.length()) {
                throw error(opening + " is never closed by " + closing);
            }
            if (open.isEmpty()) {
                char sign = source.charAt(at);
                boolean signed = sign == '-' || (sign == '+' && end == Kind.BLOCK_END);
                if (source.startsWith(closing, at + (signed ? 1 : 0))) {
                    add(end, closing);
                    at += closing.length() + (signed ? 1 : 0);
                    if (end == Kind.BLOCK_END) {
                        afterClose(sign);
                    } else {
                        afterClose(sign == '-' ? '-' : '+');
                    }
                    return;
                }
            }
            expressionToken(open);
        }
    }

    /// Strips what the close of a tag takes: all whitespace for `-`, nothing for `+`, else one newline.
    private void afterClose(char sign) {
        if (sign == '-') {
            skipWhitespace();
        } else if (sign != '+' && at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        lineStarting = source.charAt(at - 1) == '\n';
    }

    private void expressionToken(Deque<Character> open) {
        char c = source.charAt(at);
        if (c == '"' || c == '\'') {
            int close = at + 1;
            while (close < source.length() && source.charAt(close) != c) {
                close += source.charAt(close) == '\\' ? 2 : 1;
            }
            if (close >= source.length()) {
                throw error("the text that starts with " + c + " is never closed");
            }
            try {
                add(Kind.STRING, Escapes.decode(source.substring(at + 1, close)));
            } catch (IllegalArgumentException e) {
                throw error("a backslash escape in " + source.substring(at, close + 1) + " cannot be read");
            }
            at = close + 1;
        } else if (!take(FLOAT, Kind.FLOAT, c >= '0' && c <= '9' && source.charAt(at - 1) != '.')
                && !take(INTEGER, Kind.INTEGER, c >= '0' && c <= '9')
                && !take(NAME, Kind.NAME, true)) {
            String operator = OPERATORS.stream()
                    .filter(o -> source.startsWith(o, at))
                    .findFirst()
                    .orElseThrow(
                            () -> error("unexpected character '" + Character.toString(source.codePointAt(at)) + "'"));
            balance(open, operator);
            add(Kind.OPERATOR, operator);
            at += operator.length();
        }
    }

    private boolean take(Pattern pattern, Kind kind, boolean allowed) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!allowed || !matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group());
        at = matcher.end();
        return true;
    }

    private void balance(Deque<Character> open, String operator) {
        switch (operator) {
            case "(" -> open.push(')');
            case "[" -> open.push(']');
            case "{" -> open.push('}');
            case ")", "]", "}" -> {
                if (open.isEmpty() || open.pop() != operator.charAt(0)) {
                    throw error("unexpected '" + operator + "'");
                }
            }
            default -> {}
        }
    }

    private boolean signAt(int index) {
        return index < source.length() && (source.charAt(index) == '-' || source.charAt(index) == '+');
    }

    private void skipWhitespace() {
        while (at < source.length() && Whitespace.is(source.charAt(at))) {
            at++;
        }
    }

    private void add(Kind kind, String text) {
        tokens.add(new Token(kind, text, line()));
    }

    private int line() {
        for (; lineCountedTo < Math.min(at, source.length()); lineCountedTo++) {
            line += source.charAt(lineCountedTo) == '\n' ? 1 : 0;
        }
        return line;
    }

    private BadInputException error(String message) {
        return new BadInputException("chat template line " + line() + ": " + message);
    }
}
