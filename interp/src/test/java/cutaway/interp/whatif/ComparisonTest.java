package cutaway.interp.whatif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import cutaway.interp.whatif.Comparison.Correctness;
import cutaway.interp.whatif.Comparison.Predicted;
import cutaway.interp.whatif.Comparison.RowApart;
import cutaway.interp.whatif.Comparison.SliceAgreement;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Counted by hand; McNemar's p from sums of binomial coefficients: 2 (1 + 20 + 190 + 1140 + 4845 + 15504) / 2^20.
class ComparisonTest {

    private static final double[] FIRST = {0.9, 0.2, 0.6, 0.4, 0.5, 0.1};
    private static final double[] SECOND = {0.8, 0.7, 0.2, 0.35, 0.5, 0.3};

    @Test
    void rowsThatDifferAreCountedAndNamed() {
        double[] low = {0.5, 0.5, 0.5, 0.5, 0.5, 0.25};
        Comparison found = Comparison.of(
                Predicted.half(FIRST),
                new Predicted(SECOND, low),
                new Labels("ok", new int[] {1, 1, 1, 0, -1, 0}),
                List.of(new Slice("a", new int[] {0, 1, 2}), new Slice("b", new int[] {3, 4, 5})));
        assertEquals(6, found.rows());
        assertEquals(
                List.of(2, 1, 2, 1), List.of(found.bothOne(), found.firstOnly(), found.secondOnly(), found.bothZero()));
        assertEquals(0.15 / 6, found.meanDifference(), 1e-12); // -0.1 + 0.5 - 0.4 - 0.05 + 0 + 0.2
        assertEquals(1.25 / 6, found.meanDistance(), 1e-12);
        assertEquals(List.of(new SliceAgreement("a", 3, 2), new SliceAgreement("b", 3, 1)), found.slices());
        assertEquals(new RowApart(1, 0.2, 0.7, true), found.furthest().getFirst());
        assertEquals(
                List.of(1, 2, 5, 0, 3, 4),
                found.furthest().stream().map(RowApart::row).toList());
        Correctness judged = found.judged();
        assertNotNull(judged);
        assertEquals(
                List.of(2, 2, 1, 0),
                List.of(judged.bothRight(), judged.firstOnlyRight(), judged.secondOnlyRight(), judged.bothWrong()));
    }

    @Test
    void aModelAgreesWithItself() {
        Comparison found = Comparison.of(Predicted.half(FIRST), Predicted.half(FIRST), null, List.of());
        assertEquals(6, found.bothOne() + found.bothZero());
        assertEquals(0, found.meanDistance());
        assertNull(found.judged());
    }

    @Test
    void theTestIsExact() {
        assertEquals(0.04138946533203125, Comparison.mcNemar(5, 15), 1e-12);
        assertEquals(0.21875, Comparison.mcNemar(5, 1), 1e-12);
        assertEquals(1, Comparison.mcNemar(3, 3));
        assertEquals(1, Comparison.mcNemar(0, 0));
    }
}
