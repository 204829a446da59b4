package cutaway.studies.combinatorialinterp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.codes.SignCodes;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CombinatorialInterpTest {

    private static final List<List<Integer>> FOURS = IntStream.range(0, 8)
            .mapToObj(i -> IntStream.range(4 * i, 4 * i + 4).boxed().toList())
            .toList();

    /// The same inputs in groups that are not theirs.
    private static final List<List<Integer>> WRONG = IntStream.range(0, 8)
            .mapToObj(i -> IntStream.range(0, 4).map(j -> i + 8 * j).boxed().toList())
            .toList();

    @Test
    void overlapsTellPlantedGroups() {
        SignCodes codes = CombinatorialInterp.planted(0, true);
        assertEquals(1, ClauseNets.recovered(codes, FOURS));
        assertTrue(ClauseNets.auc(codes, FOURS) > 0.95);
    }

    @Test
    void aWrongFormulaMissesTheBars() {
        SignCodes codes = CombinatorialInterp.planted(0, true);
        assertEquals(0, ClauseNets.recovered(codes, WRONG));
        assertTrue(ClauseNets.auc(codes, WRONG) < 0.65);
        assertTrue(ClauseNets.auc(CombinatorialInterp.planted(0, false), FOURS) < 0.65);
    }

    /// Twice as many clauses, codes half as long, and none at all: a power of -1, of three that count.
    @Test
    void lengthsAreFittedByAPower() {
        OtherFormulas.Fit fit = OtherFormulas.fit(new double[] {2, 4, 8, 16}, new double[] {12, 6, 3, 0});
        assertEquals(-1, fit.slope(), 1e-12);
        assertEquals(Math.log(24), fit.intercept(), 1e-12);
        assertEquals(1, fit.explained(), 1e-12);
        OtherFormulas.Fit rough = OtherFormulas.fit(new double[] {2, 4, 8}, new double[] {6, 12, 6});
        assertEquals(0, rough.slope(), 1e-12);
        assertEquals(0, rough.explained(), 1e-12);
    }

    /// Of planted groups every neuron that says yes has a whole group or none: 32 of them, each with a chance of one
    /// half.
    @Test
    void codesOfPlantedGroupsAreHalfOfTheReaders() {
        assertEquals(16, OtherFormulas.length(CombinatorialInterp.planted(0, true), FOURS), 3);
        assertTrue(OtherFormulas.length(CombinatorialInterp.planted(0, false), FOURS) < 13);
    }

    /// Codes of groups of four neighbours tell near pairs from far ones. Asked of pairs of neighbours alone, they tell
    /// those of a group just as well; a formula whose clauses are inputs eight apart has no pair as near.
    @Test
    void onlyPairsWithinReachCount() {
        SignCodes codes = CombinatorialInterp.planted(0, true);
        assertEquals(ClauseNets.auc(codes, FOURS), ClauseNets.auc(codes, FOURS, 31));
        assertEquals(1, ClauseNets.auc(codes, FOURS, 1), 0.05);
        List<List<Integer>> across =
                IntStream.range(0, 24).mapToObj(i -> List.of(i, i + 8)).toList();
        assertTrue(ClauseNets.auc(codes, across) < 0.65);
        assertTrue(Double.isNaN(ClauseNets.auc(codes, across, 7)));
    }
}
