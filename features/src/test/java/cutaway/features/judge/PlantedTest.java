package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.judge.Planted.Plan;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlantedTest {

    /// How often features are active, alone and together.
    private static double[][] counted(Plan plan, int tokens) {
        try (Planted planted = new Planted(plan, 16, 1);
                Scope _ = Scope.open()) {
            SparseRows codes = planted.tokens(tokens, 2).codes();
            int n = plan.frequency().length;
            double[][] together = new double[n][n];
            for (int row = 0; row < codes.rows(); row++) {
                for (int i = codes.starts()[row]; i < codes.starts()[row + 1]; i++) {
                    for (int j = codes.starts()[row]; j < codes.starts()[row + 1]; j++) {
                        together[codes.columns()[i]][codes.columns()[j]] += 1.0 / tokens;
                    }
                }
            }
            return together;
        }
    }

    /// 0 and 1 are a group, 3 is the child of 2; every frequency is as planned, whatever else holds.
    @Test
    void frequenciesCompanyAndDescentAreAsPlanned() {
        Plan plan = new Plan(
                new double[] {0.2, 0.1, 0.3, 0.06}, new int[] {-1, -1, -1, 2}, new int[] {0, 0, -1, -1}, 0.8, 0);
        double[][] found = counted(plan, 20_000);
        for (int i = 0; i < 4; i++) {
            double frequency = plan.frequency()[i];
            assertEquals(frequency, found[i][i], 4 * Math.sqrt(frequency / 20_000), "feature " + i);
        }
        assertTrue(found[0][1] > 2.5 * 0.2 * 0.1, "a group: " + found[0][1]);
        assertEquals(found[3][3], found[2][3], 1e-9, "never without the parent");
        assertEquals(0.2 * 0.3, found[0][2], 0.006, "strangers");
    }

    @Test
    void withoutNoiseATokenIsTheSumOfItsFeatures() {
        try (Planted planted = new Planted(Plan.zipf(40, 0.5, 1), 24, 3);
                Scope _ = Scope.open()) {
            Planted.Tokens tokens = planted.tokens(13, 4);
            Tensor dense = tokens.codes().dense(Dtype.F32);
            double off = tokens.x().minus(dense.matmul(planted.directions())).norm();
            assertEquals(0, off, 1e-4);
            assertTrue(tokens.x().bitsEqual(planted.tokens(13, 4).x()), "the same seed, the same tokens");
        }
    }

    /// The truth is found whole, half of it by half, and neither is found in shuffled features.
    @Test
    void recoveryIsTheShareThatIsThere() {
        try (Planted planted = new Planted(Plan.zipf(200, 0.3, 0.8), 128, 5);
                Scope _ = Scope.open()) {
            Tensor half = Tensor.cat(List.of(planted.directions().slice(0, 0, 100), new Random(6).normal(100, 128)), 0);
            try (Dictionary whole = dictionary(planted.directions().times(2).copy());
                    Dictionary part = dictionary(half)) {
                Planted.Recovery found = planted.recovery(whole, 7);
                assertEquals(1, found.meanMaxCosine().value(), 1e-6);
                assertEquals(1, found.found());
                assertTrue(
                        found.shuffled().value() < 0.4,
                        "nothing: " + found.shuffled().value());
                Planted.Recovery some = planted.recovery(part, 7);
                assertEquals(0.5, some.found());
                assertEquals(
                        (1 + some.shuffled().value()) / 2, some.meanMaxCosine().value(), 0.03);
            }
        }
    }

    private static Dictionary dictionary(Tensor decoder) {
        long d = decoder.dim(1);
        return Tiny.relu(
                decoder.copy(),
                Tensor.zeros(decoder.dim(0)),
                decoder,
                Tensor.zeros(d),
                Tiny.at("blocks.0.hook_resid_pre"));
    }

    @Test
    void aChildCannotBeMoreFrequentThanItsParent() {
        assertThrows(
                BadInputException.class,
                () -> new Plan(new double[] {0.1, 0.2}, new int[] {-1, 0}, new int[] {-1, -1}, 0, 0));
    }
}
