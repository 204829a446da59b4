package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/// Messages quote what strangers wrote into files, and are printed on a terminal.
class BadInputExceptionTest {

    @Test
    void whatATerminalObeysIsShownNotDone() {
        assertEquals(
                "no site \"a\\u001b[31m\\u000ab\\u202ec\\ud800\\u2028\".",
                new BadInputException("no site \"a\u001b[31m\nb\u202ec\ud800\u2028\".").getMessage());
        assertEquals(
                "caf\u00e9 \ud83d\ude00 \u2581x.",
                new BadInputException("caf\u00e9 \ud83d\ude00 \u2581x.").getMessage());
    }

    @Test
    void aVeryLongMessageKeepsItsEnds() {
        String message = new BadInputException("no file " + "\n".repeat(70_000) + "; give one.").getMessage();
        assertTrue(message.length() <= 1500, () -> message.length() + " characters");
        assertTrue(message.startsWith("no file \\u000a"), message);
        assertTrue(message.endsWith("; give one."), message);
    }
}
