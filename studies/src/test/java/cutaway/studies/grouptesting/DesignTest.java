package cutaway.studies.grouptesting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.pool.Rate;
import cutaway.tensor.Random;
import java.util.BitSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DesignTest {

    private static final int ITEMS = 4000;

    private static BitSet positive(double prevalence, RandomGenerator random) {
        BitSet positive = new BitSet();
        for (int item = 0; item < ITEMS; item++) {
            positive.set(item, random.nextDouble() < prevalence);
        }
        return positive;
    }

    @ParameterizedTest
    @EnumSource
    void withoutMissesEveryPositiveIsFoundAndNothingElse(Design design) {
        RandomGenerator random = new Random(1).generator();
        BitSet positive = positive(0.02, random);
        Design.Told told = design.test(positive, ITEMS, new Design.Assay(0.02, 0, 0), random);
        BitSet missed = (BitSet) positive.clone();
        missed.andNot(told.positive);
        assertEquals(0, missed.cardinality());
        BitSet wrong = (BitSet) told.positive.clone();
        wrong.andNot(positive);
        assertTrue(design == Design.COMP ? wrong.cardinality() < 40 : wrong.isEmpty(), design + " " + wrong);
        assertTrue(told.tests < ITEMS, design + " " + told.tests);
    }

    @Test
    void dorfmanCostsWhatItsFormulaSays() {
        RandomGenerator random = new Random(2).generator();
        double tests = 0;
        for (int i = 0; i < 50; i++) {
            tests += Design.DORFMAN.test(positive(0.02, random), ITEMS, new Design.Assay(0.02, 0, 0), random).tests;
        }
        assertEquals(Rate.dorfmanCost(0.02), tests / 50 / ITEMS, 0.004);
    }

    @Test
    void missesAndDilutionLosePositives() {
        RandomGenerator random = new Random(3).generator();
        BitSet positive = positive(0.02, random);
        Design.Told told = Design.DORFMAN.test(positive, ITEMS, new Design.Assay(0.02, 0.05, 0.1), random);
        double pool = 0.95 * Math.pow(1.0 / Rate.dorfmanSize(0.02), 0.1); // of a pool with one of them
        told.positive.and(positive);
        assertEquals(pool * 0.95, (double) told.positive.cardinality() / positive.cardinality(), 0.12);
    }

    /// By hand: of 2 pools of 1, `p (1 - p) / (p (1 - p)) = 1`; of pools of 2 at 1/2, 4 (1/4) / (3/4).
    @Test
    void theGainOfAnEstimateIsThatOfItsFormula() {
        assertEquals(1, Estimation.gain(0.3, 1), 1e-12);
        assertEquals(4.0 / 3, Estimation.gain(0.5, 2), 1e-12);
        assertEquals(0.5, Estimation.estimate(3, 4, 2), 1e-12);
        assertTrue(Math.abs(Estimation.offBy(0.1, 5, 20, 4000, new Random(4).generator())) < 3.5);
    }
}
