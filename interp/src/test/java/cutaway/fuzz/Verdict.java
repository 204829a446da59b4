package cutaway.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// Whether a refusal is one sentence for a person.
final class Verdict {

    private static final int LONGEST = 2_000;

    /// Words of the program, which mean nothing to who gave the file.
    private static final Pattern INNARDS =
            Pattern.compile("\\w(Exception|Error)\\b|\\b(java|tools\\.jackson|ai\\.djl)\\.\\w|\\.rs:\\d");

    private static final Pattern NULL = Pattern.compile("(?<![\\w\"-])null(?![\\w\"-])");

    private Verdict() {}

    /// What is wrong with a message, if anything.
    ///
    /// @param file what was refused: a message may quote it
    static Optional<String> complaint(String message, byte[] file) {
        if (message == null || message.isBlank()) {
            return Optional.of("no message");
        }
        if (message.codePoints().anyMatch(Verdict::breaksLine)) {
            return Optional.of("more than one line, or characters that a terminal obeys");
        }
        if (message.length() > LONGEST) {
            return Optional.of(message.length() + " characters long");
        }
        if (!message.endsWith(".") && !message.endsWith("?")) {
            return Optional.of("does not end as a sentence does");
        }
        if (INNARDS.matcher(message).find()) {
            return Optional.of("names the program's innards");
        }
        if (NULL.matcher(message).find() && !new String(file, StandardCharsets.ISO_8859_1).contains("null")) {
            return Optional.of("says null");
        }
        return Optional.empty();
    }

    private static boolean breaksLine(int point) {
        int type = Character.getType(point);
        return Character.isISOControl(point)
                || type == Character.LINE_SEPARATOR
                || type == Character.PARAGRAPH_SEPARATOR
                || type == Character.SURROGATE
                || (point >= 0x202a && point <= 0x202e)
                || (point >= 0x2066 && point <= 0x2069);
    }
}
