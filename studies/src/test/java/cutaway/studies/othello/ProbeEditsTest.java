package cutaway.studies.othello;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.studies.othello.Reachable.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeEditsTest {

    private static final ProbeEdits FOUR = new ProbeEdits(
            new double[] {4, 2, 4, 2},
            new double[] {2, 0, 4, 2},
            new double[] {4, 4, 4, 4},
            List.of(Answer.NATURAL, Answer.NATURAL, Answer.UNNATURAL, Answer.UNNATURAL));

    @Test
    void whatIsSavedIsCountedOverAllBoards() {
        assertEquals(1, FOUR.gain(FOUR.edited()));
        assertEquals(-1, FOUR.gain(FOUR.random()));
    }

    @Test
    void twoStandardErrorsAreTakenOffThatMean() {
        // gains 2, 2, 0, 0: variance 4 / 3, standard error sqrt(1 / 3)
        assertEquals(1 - 1.96 / Math.sqrt(3), FOUR.leastGain(), 1e-12);
    }

    /// Else "no less than 0" would be met by no edit at all.
    @Test
    void anEditThatChangesNothingHasNoGain() {
        assertEquals(
                Double.NaN,
                new ProbeEdits(FOUR.unchanged(), FOUR.unchanged().clone(), FOUR.random(), FOUR.reachable())
                        .leastGain());
    }

    @Test
    void boardsThatLegalPlayLeadsToAreKeptApart() {
        assertEquals(1.0 / 3, FOUR.share(FOUR.edited(), Answer.NATURAL), 1e-12);
        assertEquals(1, FOUR.share(FOUR.edited(), Answer.UNNATURAL), 1e-12);
    }

    @Test
    void nothingIsSaidOfBoardsThatThereAreNot() {
        assertEquals(Double.NaN, FOUR.of(FOUR.edited(), Answer.UNDECIDED));
        assertTrue(FOUR.words().endsWith("none"), FOUR.words());
    }
}
