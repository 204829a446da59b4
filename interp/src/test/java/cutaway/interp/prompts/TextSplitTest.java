package cutaway.interp.prompts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextSplitTest {

    private static final String TEXT = " One cat slept. Did two?  Yes!\n\n\tThree of 3.5 kg did \r\n";

    @Test
    void linesAreThoseThatHoldSomething() {
        assertEquals(List.of("One cat slept. Did two?  Yes!", "Three of 3.5 kg did"), TextSplit.LINES.of(TEXT));
        assertEquals(List.of(), TextSplit.LINES.of(" \n\t\n"));
    }

    @Test
    void sentencesEndWhereALineDoesAndNotWithinANumber() {
        assertEquals(
                List.of("One cat slept.", "Did two?", "Yes!", "Three of 3.5 kg did"), TextSplit.SENTENCES.of(TEXT));
        assertEquals(List.of(), TextSplit.SENTENCES.of(""));
    }
}
