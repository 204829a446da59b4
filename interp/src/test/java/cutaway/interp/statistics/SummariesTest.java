package cutaway.interp.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SummariesTest {

    private static final double NAN = Double.NaN;

    /// By hand: of 1, 2, 3, 4, 5 only all plus and all minus are as far, 2 of 32; of the three that prompts 0, 2 and 4
    /// have, 2 of 8. Adjusting changes neither: the second's s, at most 5 / sqrt(9), never reaches the first's,
    /// 15 / sqrt(55), and after the first there is nothing else to compare the second with.
    @Test
    void ofTwoQuestionsByHand() {
        List<Summary> summaries = Summaries.seeded(1).of(new double[][] {{1, 2, 3, 4, 5}, {1, NAN, 2, NAN, 2}});
        Summary first = summaries.get(0);
        assertEquals(5, first.prompts());
        assertEquals(3, first.mean());
        assertEquals(2 / 32.0, first.p(), 1e-12);
        assertEquals(2 / 32.0, first.smallestP(), 1e-12);
        assertEquals(2 / 32.0, first.familyWiseP(), 1e-12);
        assertEquals(2 * 2 / 32.0, first.falseDiscoveryRate(), 1e-12);
        Summary second = summaries.get(1);
        assertEquals(3, second.prompts());
        assertEquals(5 / 3.0, second.mean(), 1e-12);
        assertEquals(2 / 8.0, second.p(), 1e-12);
        assertEquals(2 / 8.0, second.smallestP(), 1e-12);
        assertEquals(2 / 8.0, second.familyWiseP(), 1e-12);
        assertEquals(2 / 8.0, second.falseDiscoveryRate(), 1e-12);
        assertTrue(first.interval().orElseThrow().holds(3));
        assertEquals(Bootstrap.seeded(1).mean(new double[] {1, 2, 2}), second.interval());
    }

    @Test
    void onePromptSaysLittle() {
        Summary summary = Summaries.seeded(1).of(new double[][] {{0.7}}).getFirst();
        assertEquals(new Summary(1, 0.7, Optional.empty(), 1, 1, 1, 1), summary);
    }

    /// What one question is given does not hang on the others, but for the adjusted p.
    @Test
    void orderChangesNothing() {
        var normal = new Normal(59);
        double[][] effects = normal.correlated(13, 21);
        double[][] reversed = List.of(effects).reversed().toArray(double[][]::new);
        assertEquals(
                Summaries.seeded(4).of(effects),
                Summaries.seeded(4).of(reversed).reversed());
    }

    /// A fill that stands in three prompts counts once: the copies make nothing surer.
    @Test
    void groupsCountAsOne() {
        Groups groups = Groups.of(List.of("Paris", "Rome", "Paris", "Oslo", "Paris"));
        double[][] means = groups.means(new double[][] {{1, 5, 2, 7, 3}, {NAN, 5, 4, NAN, NAN}});
        assertArrayEquals(new double[] {2, 5, 7}, means[0]);
        assertArrayEquals(new double[] {4, 5, NAN}, means[1]);
        assertEquals(2 / 8.0, Summaries.seeded(1).of(means).getFirst().p(), 1e-12);
        assertThrows(BadInputException.class, () -> groups.means(new double[][] {{1, 2}}));
    }

    @Test
    void refusesAQuestionThatNoPromptHas() {
        assertThrows(BadInputException.class, () -> Summaries.seeded(1).of(new double[][] {{1, 2}, {NAN, NAN}}));
        assertThrows(BadInputException.class, () -> Summaries.seeded(1).of(new double[][] {{}}));
    }
}
