package cutaway.cli.report;

/// A text that a terminal shows in one line and does not obey, and the columns that it takes there.
///
/// Line ends, tabs and whatever else has no sign of its own stand in it as `\n`, `\t` or `\u001b`.
record TerminalText(String text, int width) {

    static TerminalText of(String any) {
        var text = new StringBuilder();
        any.codePoints().forEach(point -> text.append(shown(point)));
        return new TerminalText(
                text.toString(), text.codePoints().map(TerminalText::columns).sum());
    }

    /// The whole text where it fits, else its beginning and `…`.
    TerminalText cut(int columns) {
        if (width <= columns) {
            return this;
        }
        int taken = 0;
        int end = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            if (taken + columns(point) > columns - 1) {
                break;
            }
            taken += columns(point);
            end += Character.charCount(point);
        }
        return new TerminalText(text.substring(0, end) + "…", taken + 1);
    }

    private static String shown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.FORMAT,
                    Character.SURROGATE ->
                switch (point) {
                    case '\n' -> "\\n";
                    case '\r' -> "\\r";
                    case '\t' -> "\\t";
                    default -> "\\u%04x".formatted(point);
                };
            default -> Character.toString(point);
        };
    }

    /// 0 for a mark on the letter before, 2 for what East Asian fonts and emoji make wide (UAX 11), else 1.
    private static int columns(int point) {
        int type = Character.getType(point);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
            return 0;
        }
        boolean halfwidth = point >= 0xff61 && point <= 0xffdc;
        boolean fullwidth = (point >= 0xff01 && point <= 0xff60) || (point >= 0xffe0 && point <= 0xffe6);
        boolean punctuation = point >= 0x3000 && point <= 0x303e;
        boolean wide = switch (Character.UnicodeScript.of(point)) {
            case HAN, HIRAGANA, KATAKANA, HANGUL -> !halfwidth;
            default -> fullwidth || punctuation || Character.isEmojiPresentation(point);
        };
        return wide ? 2 : 1;
    }
}
