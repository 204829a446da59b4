package cutaway.tensor;

/// Thrown when what a user gave cannot be used: a file that lies, a prompt that is too long, an unknown name.
///
/// The message is one sentence for that user: what was given, what was expected, what to do. The command line
/// prints it without a stack trace and exits with code 2. It may quote what a stranger wrote into a file, so line ends
/// and whatever else a terminal obeys stand in it as their code points (`\u001b`), and the middle of a very long one is
/// left out.
public final class BadInputException extends RuntimeException {

    /// Characters; enough for a path and every name that a message lists.
    private static final int LONGEST = 1500;

    public BadInputException(String message) {
        super(oneLine(message));
    }

    public BadInputException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    private static String oneLine(String message) {
        int half = LONGEST / 2 - 10;
        String text = message.length() <= LONGEST
                ? message
                : message.substring(0, half) + " [...] " + message.substring(message.length() - half);
        if (text.codePoints().allMatch(BadInputException::isHarmless)) {
            return text;
        }
        var plain = new StringBuilder();
        text.codePoints()
                .forEach(point ->
                        plain.append(isHarmless(point) ? Character.toString(point) : "\\u%04x".formatted(point)));
        return plain.length() <= LONGEST ? plain.toString() : oneLine(plain.toString());
    }

    /// What a terminal obeys: controls, ends of lines, and formats such as those that turn the direction of writing.
    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.FORMAT,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
