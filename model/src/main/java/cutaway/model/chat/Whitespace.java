package cutaway.model.chat;

/// Whitespace as Python's `str.isspace` and `\s` have it, which differs from Java's: it takes in U+001C to U+001F, the
/// next line and the no-break space.
final class Whitespace {

    private Whitespace() {}

    static boolean is(int c) {
        return (c >= 9 && c <= 13)
                || (c >= 28 && c <= 32)
                || c == 0x85
                || c == 0xA0
                || c == 0x1680
                || (c >= 0x2000 && c <= 0x200A)
                || c == 0x2028
                || c == 0x2029
                || c == 0x202F
                || c == 0x205F
                || c == 0x3000;
    }

    static boolean isBlank(String text) {
        return text.chars().allMatch(Whitespace::is);
    }

    static String stripStart(String text) {
        int start = 0;
        while (start < text.length() && is(text.charAt(start))) {
            start++;
        }
        return text.substring(start);
    }

    static String stripEnd(String text) {
        int end = text.length();
        while (end > 0 && is(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    static String strip(String text) {
        return stripStart(stripEnd(text));
    }
}
