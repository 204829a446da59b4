package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.Interval;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Probes, absorption and perturbation on planted concepts: coordinate i is concept i, and a dictionary has a latent
/// for each coordinate, or one that is wrong in a known way.
class ConceptTest {

    private static final int D = 24;

    /// Concept i is there in class i, and none in the last class; the other coordinates are noise, active at random.
    private static Labelled classes(int count, int classes, double noise, long seed) {
        RandomGenerator random = new Random(seed).generator();
        float[] x = new float[count * D];
        int[] which = new int[count];
        for (int row = 0; row < count; row++) {
            which[row] = random.nextInt(classes);
            if (which[row] < classes - 1) {
                x[row * D + which[row]] = 1 + (float) (0.2 * random.nextGaussian());
            }
            for (int i = classes - 1; i < D; i++) {
                x[row * D + i] = random.nextInt(3) == 0 ? 1 + (float) random.nextDouble() : 0;
            }
            for (int i = 0; i < D; i++) {
                x[row * D + i] += (float) (noise * random.nextGaussian());
            }
        }
        int[] groups = new int[count];
        Arrays.setAll(groups, row -> row / 3);
        return new Labelled(Tensor.of(x, count, D), which, groups);
    }

    /// A latent for each coordinate, active above 0.5.
    private static Dictionary truth() {
        Tensor one = Moments.identity(D).to(Dtype.F32);
        return Tiny.relu(
                one, Tensor.full(-0.5, Dtype.F32, D), one.copy(), Tensor.zeros(D), Tiny.at("blocks.0.hook_resid_pre"));
    }

    /// Latents along random directions: none is a concept.
    private static Dictionary mixed() {
        Tensor turn = LinearAlgebra.qr(new Random(8).normal(D, D)).q().contiguous();
        return Tiny.relu(turn, Tensor.zeros(D), turn.copy(), Tensor.zeros(D), Tiny.at("blocks.0.hook_resid_pre"));
    }

    /// Two features, by hand: log odds of a balanced data set with a threshold between the classes.
    @Test
    void aProbeFindsTheOddsThatTheDataHave() {
        try (Scope _ = Scope.open()) {
            Random random = new Random(1);
            int n = 20_000;
            double[] z = random.normal(n, 2).toDoubles();
            boolean[] is = new boolean[n];
            for (int i = 0; i < n; i++) {
                double odds = 1.5 * z[2 * i] - 0.5 * z[2 * i + 1] + 0.3;
                is[i] = random.generator().nextDouble() < 1 / (1 + Math.exp(-odds));
            }
            Logistic probe = Logistic.fit(Tensor.of(z, n, 2), is, 1e-6);
            assertArrayEquals(new double[] {1.5, -0.5}, probe.weights(), 0.08); // three standard errors
            assertEquals(0.3, probe.bias(), 0.06);
        }
    }

    @Test
    void oneLatentIsEnoughWhereItIsTheConcept() {
        try (Scope _ = Scope.open();
                Dictionary truth = truth();
                Dictionary mixed = mixed()) {
            Labelled data = classes(900, 4, 0.05, 2);
            List<Judgement.Row> good = SparseProbing.rows(truth, data, 1, 3);
            assertTrue(
                    good.get(0).value().value() > 0.98,
                    "k = 1: " + good.get(0).value().value());
            assertTrue(good.get(3).value().value() > 0.98, "dense");
            assertTrue(good.get(0).rivals().get("chance").value() < 0.75, "drawn latents");
            assertTrue(good.get(0).rivals().get("neurons").value() > 0.98, "the concept is a neuron here");
            assertTrue(SparseProbing.rows(mixed, data, 1, 3).get(0).value().value() < 0.85, "no latent is the concept");
        }
    }

    /// Classes that are drawn anew leave nothing to find: also not by chance of the choice.
    @Test
    void shuffledClassesAreNotFound() {
        try (Scope _ = Scope.open();
                Dictionary truth = truth()) {
            Labelled data = classes(900, 4, 0.05, 4);
            int[] drawn = new Random(5).generator().ints(900, 0, 4).toArray();
            Labelled shuffled = new Labelled(data.x(), drawn, data.groups());
            for (Judgement.Row row : SparseProbing.rows(truth, shuffled, 1, 3)) {
                assertEquals(0.5, row.value().value(), 0.06, row.metric());
            }
        }
    }

    /// Two tokens a text: the codes of the means are not the means of the codes, where a latent has a threshold.
    /// Coordinate 0 is 1 on one of the tokens and -1 on the other, so that the mean says nothing and the latent
    /// all.
    @Test
    void aTextsCodesAreMeansOverItsTokens() {
        try (Scope _ = Scope.open();
                Dictionary exact = exact()) {
            RandomGenerator random = new Random(12).generator();
            int texts = 200;
            float[] x = new float[2 * texts * D];
            int[] which = new int[texts];
            int[] groups = new int[texts];
            int[] starts = new int[texts + 1];
            for (int text = 0; text < texts; text++) {
                which[text] = random.nextInt(2);
                groups[text] = text;
                starts[text + 1] = 2 * text + 2;
                x[2 * text * D] = which[text];
                x[(2 * text + 1) * D] = -which[text];
                for (int i = 1; i < D; i++) {
                    x[2 * text * D + i] = (float) random.nextGaussian();
                }
            }
            Labelled data = Labelled.pooled(Tensor.of(x, 2 * texts, D), starts, which, groups);
            assertEquals(0, data.x().select(1, 0).norm(), 1e-6);
            SparseRows codes = data.codes(Coding.of(exact));
            assertEquals(0.5 * which[3], codes.dense(Dtype.F64).toDoubles()[3 * D], 1e-6);
            List<Judgement.Row> rows = SparseProbing.rows(exact, data, List.of("a", "b"), 1);
            assertEquals(1, rows.get(0).value().value(), "k = 1");
            assertTrue(
                    rows.get(3).value().value() < 0.7,
                    "dense: " + rows.get(3).value().value());
        }
    }

    /// Coordinate 0 says "starts with L", coordinate 1 that the word is "lion", which starts with L too. The latent
    /// of the letter is silent on lions, whose own latent writes both coordinates.
    private static Dictionary absorbing(boolean absorbs) {
        float[] reads = new float[3 * D];
        float[] writes = new float[3 * D];
        reads[0] = 1;
        reads[1] = absorbs ? -2 : 0;
        writes[0] = 1;
        reads[D + 1] = 1;
        writes[D] = absorbs ? 1 : 0;
        writes[D + 1] = 1;
        reads[2 * D + 2] = 1;
        writes[2 * D + 2] = 1;
        return Tiny.relu(
                Tensor.of(reads, 3, D),
                Tensor.zeros(3),
                Tensor.of(writes, 3, D),
                Tensor.zeros(D),
                Tiny.at("blocks.0.hook_resid_pre"));
    }

    @Test
    void lionsAreAbsorbedAndOnlyThey() {
        try (Scope _ = Scope.open();
                Dictionary absorbing = absorbing(true);
                Dictionary honest = absorbing(false)) {
            RandomGenerator random = new Random(6).generator();
            float[] x = new float[3000 * D];
            int[] which = new int[3000];
            int[] groups = new int[3000];
            boolean[] lion = new boolean[3000];
            for (int row = 0; row < 3000; row++) {
                groups[row] = row;
                which[row] = random.nextInt(2);
                lion[row] =
                        which[row] == 1 && random.nextInt(25) == 0; // rarer than what counts as a second main latent
                x[row * D] = which[row];
                x[row * D + 1] = lion[row] ? 1 : 0;
                x[row * D + 2] = 1 - which[row];
            }
            Labelled data = new Labelled(Tensor.of(x, 3000, D), which, groups);
            Absorption.Found found = Absorption.of(absorbing, data, 1, 7);
            assertEquals(0, found.main()[0]);
            for (int i = 0; i < found.full().length; i++) {
                double expected = lion[found.groups()[i]] ? 1 : 0;
                assertEquals(expected, found.full()[i]);
                assertEquals(expected, found.fraction()[i]);
            }
            assertTrue(Arrays.stream(found.full()).sum() > 20);
            assertEquals(
                    0, Arrays.stream(Absorption.of(honest, data, 1, 7).full()).sum());
        }
    }

    /// By hand: main latents carry 1 of 4, three of the four others 0.9 + 0.8 + 0.7 of it.
    @Test
    void theFractionByHand() {
        SparseRows codes = new SparseRows(
                6, new int[] {0, 6}, new int[] {0, 1, 2, 3, 4, 5}, new double[] {1, 0.9, 0.8, 0.7, 0.6, 9});
        double[] carried = {1, 1, 1, 1, 1, 0.05}; // the last is no candidate: its cosine is below 0.1
        double[] norms = {1, 1, 1, 1, 1, 1};
        boolean[] main = {true, false, false, false, false, false};
        Absorption.Projections there = Absorption.Projections.of(codes, 0, carried, norms, main);
        assertEquals(2.4, there.absorbing(), 1e-12);
        assertEquals(2.4 / 3.4, there.fraction(4), 1e-12);
        assertEquals(1.0 / 2, there.fraction(2), 1e-12); // no more than is missing
        assertEquals(0, there.fraction(1), 1e-12); // the main latents carry all
        assertEquals(0, there.fraction(6.1), 1e-12); // 2.4 is under 0.4 of it
        assertTrue(!there.full(4), "a main latent is active");
    }

    /// Three classes and rows of none, a quarter each. One latent taken out costs its own class all its rows, half of
    /// its balanced accuracy, and no other any. Of two, the second best is another class's, whose absence speaks
    /// for this one: that class loses 0.5 too, one of the two others, which leaves 0.5 - 0.25. Latents that mix the
    /// classes take out all alike. However few rows the classes have, it is the same.
    @Test
    void tppIsWhatTheRowsOfAClassAreWorth() {
        try (Scope _ = Scope.open();
                Dictionary truth = exact();
                Dictionary mixed = mixed()) {
            Labelled data = classes(900, 4, 0.02, 9);
            List<Judgement.Row> good = Perturbation.tpp(truth, data, 3, 1);
            assertEquals(0.5, good.get(0).value().value(), 0.02); // the probes err a little
            assertEquals(0.25, good.get(1).value().value(), 0.02);
            Interval interval = good.get(1).value().interval().orElseThrow();
            assertTrue(interval.holds(0.25) && interval.high() - interval.low() < 0.1, interval.toString());
            double chance = good.get(2).rivals().get("chance").value();
            assertTrue(Math.abs(chance) > 1e-6 && Math.abs(chance) < 0.1, "drawn latents of each class: " + chance);
            Judgement.Row wrong = Perturbation.tpp(mixed, data, 3, 1).get(0);
            assertTrue(wrong.value().value() < 0.2, "mixed: " + wrong.value().value());
            assertTrue(wrong.value().interval().orElseThrow().high() < interval.low(), "mixed is told from exact");
        }
    }

    /// A latent for each coordinate that takes out all of it.
    private static Dictionary exact() {
        Tensor one = Moments.identity(D).to(Dtype.F32);
        return Tiny.relu(one, Tensor.zeros(D), one.copy(), Tensor.zeros(D), Tiny.at("blocks.0.hook_resid_pre"));
    }

    /// Coordinate 0 is the wanted concept, coordinate 1 the other, twice as strong: a probe of both goes by the
    /// other.
    @Test
    void scrComesBackWhereTheOtherConceptIsALatent() {
        try (Scope _ = Scope.open();
                Dictionary truth = exact()) {
            List<Judgement.Row> rows = Perturbation.scr(truth, two(800, 10), 2);
            assertTrue(rows.get(0).value().value() < rows.get(1).value().value() - 0.05, "the biased probe is worse");
            Judgement.Row two = rows.get(3);
            assertEquals("SCR, 2 latents", two.metric());
            assertTrue(two.value().value() > 0.6, "SCR: " + two.value().value());
            Interval interval = two.value().interval().orElseThrow();
            assertTrue(interval.low() > 0.4 && interval.high() < 1.2, interval.toString());
            assertTrue(
                    Math.abs(two.rivals().get("chance").value()) < 0.3,
                    "drawn: " + two.rivals().get("chance").value());
        }
    }

    /// Where the other concept does not go with the wanted one, there is nothing to come back from.
    @Test
    void scrNeedsAllCombinations() {
        try (Scope _ = Scope.open();
                Dictionary truth = exact()) {
            Labelled data = two(400, 10);
            int[] three = IntStream.of(data.classes()).map(c -> Math.min(c, 2)).toArray();
            assertThrows(BadInputException.class, () -> Perturbation.scr(truth, data.with(three), 2));
        }
    }

    private static Labelled two(int count, long seed) {
        RandomGenerator random = new Random(seed).generator();
        float[] x = new float[count * D];
        int[] which = new int[count];
        int[] groups = new int[count];
        for (int row = 0; row < count; row++) {
            int wanted = random.nextInt(2);
            int other = random.nextInt(2);
            which[row] = wanted + 2 * other;
            groups[row] = row;
            x[row * D] = wanted + (float) (0.3 * random.nextGaussian());
            x[row * D + 1] = 2 * other + (float) (0.3 * random.nextGaussian());
            x[row * D + 2] = 2 * (1 - other) + (float) (0.3 * random.nextGaussian());
            for (int i = 3; i < D; i++) {
                x[row * D + i] = (float) random.nextDouble();
            }
        }
        return new Labelled(Tensor.of(x, count, D), which, groups);
    }
}
