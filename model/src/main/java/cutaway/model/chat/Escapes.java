package cutaway.model.chat;

/// Backslash escapes of a string literal, read as Python's `unicode-escape` codec reads them.
///
/// An escape that Python does not know keeps its backslash: `'\d'` is two characters. Named characters (`\N{...}`)
/// are looked up in Java's own tables.
final class Escapes {

    private Escapes() {}

    static String decode(String literal) {
        if (literal.indexOf('\\') < 0) {
            return literal;
        }
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < literal.length()) {
            char c = literal.charAt(at);
            if (c != '\\' || at + 1 == literal.length()) {
                out.append(c);
                at++;
                continue;
            }
            char escape = literal.charAt(at + 1);
            int plain = "\n\\'\"abfnrtv".indexOf(escape);
            if (plain >= 0) {
                out.append(new String[] {"", "\\", "'", "\"", "\u0007", "\b", "\f", "\n", "\r", "\t", "\u000B"}[plain]);
                at += 2;
            } else if (escape >= '0' && escape <= '7') {
                int end = at + 1;
                while (end < Math.min(at + 4, literal.length())
                        && literal.charAt(end) >= '0'
                        && literal.charAt(end) <= '7') {
                    end++;
                }
                out.appendCodePoint(Integer.parseInt(literal, at + 1, end, 8));
                at = end;
            } else if (escape == 'x' || escape == 'u' || escape == 'U') {
                at = hex(literal, at + 2, escape == 'x' ? 2 : escape == 'u' ? 4 : 8, out);
            } else if (escape == 'N' && literal.indexOf('}', at) > 0) {
                int end = literal.indexOf('}', at);
                out.appendCodePoint(Character.codePointOf(literal.substring(at + 3, end)));
                at = end + 1;
            } else {
                out.append(c).append(escape);
                at += 2;
            }
        }
        return out.toString();
    }

    private static int hex(String literal, int start, int digits, StringBuilder out) {
        if (start + digits > literal.length()) {
            throw new IllegalArgumentException("truncated escape in '" + literal + "'");
        }
        out.appendCodePoint(Integer.parseUnsignedInt(literal, start, start + digits, 16));
        return start + digits;
    }
}
