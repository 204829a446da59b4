package cutaway.lab.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.lab.train.Batch;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeadTest {

    private static final double STEP = 1e-5;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// By hand: h = (3, 4); its distances from (0, 0), (3, 0) and (0, 4) are 5, 4 and 3, so that with n = 2 the
    /// probabilities are as 1/25 : 1/16 : 1/9.
    @Test
    void harmonicProbabilitiesFallWithAPowerOfTheDistance() {
        Tensor h = Tensor.of(new double[] {3, 4}, 1, 1, 2);
        Tensor w = Tensor.of(new double[] {0, 0, 3, 0, 0, 4}, 1, 3, 2);
        Tensor logits = new Head.Harmonic(2, 1e-12).outputs(h, w, null);
        double sum = 1.0 / 25 + 1.0 / 16 + 1.0 / 9;
        assertArrayEquals(
                new double[] {1 / (25 * sum), 1 / (16 * sum), 1 / (9 * sum)},
                logits.softmax(-1).toDoubles(),
                1e-12);
        Tensor there = new Head.Harmonic(2, 1e-4).outputs(w.slice(1, 1, 2), w, null);
        assertEquals(Math.log(1e4), there.select(-1, 1).item(), 1e-9); // at a centre, epsilon alone is left
    }

    /// By hand: o = (1, -2, 0), squares 1, 4, 0.
    @Test
    void sphericalProbabilitiesGoWithSquares() {
        Tensor h = Tensor.of(new double[] {1}, 1, 1, 1);
        Tensor w = Tensor.of(new double[] {1, -2, 0}, 1, 3, 1);
        Tensor p = new Head.Spherical(1e-12).outputs(h, w, null).softmax(-1);
        assertArrayEquals(new double[] {0.2, 0.8, 0}, p.toDoubles(), 1e-9);
    }

    /// By hand, two instances of two examples.
    @Test
    void lossesAreMeansOverExamplesForEachInstance() {
        Tensor outputs = Tensor.of(new double[] {2, 0.5, -1, 3}, 2, 2, 1);
        Tensor answers = Tensor.of(new double[] {1, 0, 0, 1}, 2, 2, 1);
        Target signs = new Target.Signs(1);
        Batch batch = new Batch(outputs, answers, null);
        assertArrayEquals(
                new double[] {0.75, 0}, Loss.HINGE.of(outputs, batch, signs).toDoubles(), 1e-15);
        assertArrayEquals(
                new double[] {
                    (Math.log1p(Math.exp(-2)) + Math.log1p(Math.exp(0.5))) / 2,
                    (Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-3))) / 2
                },
                Loss.LOGISTIC.of(outputs, batch, signs).toDoubles(),
                1e-15);
        assertArrayEquals(
                new double[] {0.5, 1},
                Loss.LOGISTIC.accuracy(outputs, batch, signs).orElseThrow().toDoubles());
        assertArrayEquals(
                new double[] {(1 + 0.25) / 2, (1 + 4) / 2.0},
                Loss.MSE.of(outputs, batch, signs).toDoubles(),
                1e-15);
        assertArrayEquals( // from 0.5 on it is yes
                new double[] {1, 1},
                Loss.MSE
                        .accuracy(outputs.minus(0.2), batch, signs)
                        .orElseThrow()
                        .toDoubles());
        Tensor numbers = Tensor.of(new double[] {1, 2, 3, 4}, 1, 2, 2);
        Tensor weight = Tensor.of(new double[] {1, 0.5}, 1, 1, 2);
        Batch weighted = new Batch(numbers, Tensor.full(0, Dtype.F64, 1, 2, 2), weight);
        assertEquals(
                (1 + 2 + 9 + 8) / 2.0,
                Loss.MSE.of(numbers, weighted, new Target.Numbers(2)).item(),
                1e-15);
    }

    /// Two questions of 2 and 3 classes: a loss of their mean, right only where both are.
    @Test
    void severalQuestionsAreAskedOfOneRow() {
        double[] row = {Math.log(1), Math.log(3), Math.log(2), Math.log(5), Math.log(3)};
        Tensor logits = Tensor.of(row, 1, 1, 5);
        Target questions = new Target.Classes(List.of(2, 3));
        Batch right = new Batch(logits, Tensor.of(new long[] {1, 1}, 1, 1, 2), null);
        Batch half = new Batch(logits, Tensor.of(new long[] {1, 2}, 1, 1, 2), null);
        assertEquals(
                -(Math.log(0.75) + Math.log(0.5)) / 2,
                Loss.CROSS_ENTROPY.of(logits, right, questions).item(),
                1e-15);
        assertEquals(
                -(Math.log(0.75) + Math.log(0.3)) / 2,
                Loss.CROSS_ENTROPY.of(logits, half, questions).item(),
                1e-15);
        assertEquals(
                1,
                Loss.CROSS_ENTROPY
                        .accuracy(logits, right, questions)
                        .orElseThrow()
                        .item());
        assertEquals(
                0,
                Loss.CROSS_ENTROPY
                        .accuracy(logits, half, questions)
                        .orElseThrow()
                        .item());
    }

    /// Central difference along a random v, float64.
    @Test
    void gradientsOfHeadsAreSlopes() {
        Random random = new Random(3);
        for (Head head : List.of(new Head.Linear(), new Head.Harmonic(4), new Head.Spherical())) {
            Tensor h = random.normal(2, 7, 3).to(Dtype.F64);
            Tensor w = random.normal(2, 5, 3).to(Dtype.F64);
            Tensor v = random.normal(2, 5, 3).to(Dtype.F64);
            Batch batch = new Batch(h, random.integers(0, 5, 2, 7, 1), null);
            Target classes = new Target.Classes(List.of(5));
            Tensor tracked = Autograd.track(w);
            Tensor loss = Loss.CROSS_ENTROPY
                    .of(head.outputs(h, tracked, null), batch, classes)
                    .sum();
            Tensor gradient = Autograd.gradients(loss, List.of(tracked)).getFirst();
            double up = Loss.CROSS_ENTROPY
                    .of(head.outputs(h, w.plus(v.times(STEP)), null), batch, classes)
                    .sum()
                    .item();
            double down = Loss.CROSS_ENTROPY
                    .of(head.outputs(h, w.minus(v.times(STEP)), null), batch, classes)
                    .sum()
                    .item();
            double slope = (up - down) / (2 * STEP);
            assertEquals(slope, gradient.dot(v), 1e-6 * (1 + Math.abs(slope)), head.toString());
        }
    }

    @Test
    void aLossThatDoesNotFitIsRefused() {
        assertThrows(BadInputException.class, () -> Loss.HINGE.check(new Target.Numbers(2)));
        assertThrows(BadInputException.class, () -> Loss.CROSS_ENTROPY.check(new Target.Signs(1)));
        assertThrows(BadInputException.class, () -> Loss.MSE.check(new Target.Classes(List.of(2))));
        assertThrows(BadInputException.class, () -> new Head.Harmonic(0));
    }
}
