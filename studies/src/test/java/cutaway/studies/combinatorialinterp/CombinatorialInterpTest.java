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
}
