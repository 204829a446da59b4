package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ErrorSplitTest {

    private static final int D = 7;
    private static final int TOKENS = 2000;

    /// Tokens whose reconstruction is off by a linear map of them and as much noise.
    private static CodedTokens tokens(Tensor map, long seed) {
        Random random = new Random(seed);
        Tensor x = random.normal(TOKENS, D).plus(3);
        Tensor linear = x.matmul(map);
        Tensor noise = random.normal(TOKENS, D).times(Math.sqrt(D));
        int[] ids = new int[TOKENS];
        Arrays.setAll(ids, i -> i % 5);
        double[] active = new double[TOKENS];
        return new CodedTokens(x, x, x.minus(linear).minus(noise), active, ids);
    }

    @Test
    void halfOfAPlantedErrorIsForetoldAndNoneFromOtherTokens() {
        try (Scope _ = Scope.open()) {
            Tensor map = new Random(1).normal(D, D);
            try (CodedTokens fit = tokens(map, 2);
                    CodedTokens test = tokens(map, 3);
                    ErrorSplit split = ErrorSplit.of(fit)) {
                ErrorSplit.Measured measured = split.measure(test, List.of(), 4);
                double[] columns = map.square().sum(0, false).toDoubles(); // of linear parts, beside noise of D
                double expected = Arrays.stream(columns)
                        .map(column -> column / (column + D))
                        .average()
                        .orElseThrow();
                assertEquals(expected, measured.vector(), 0.03);
                assertEquals(0, measured.permuted(), 0.02);
                assertFalse(measured.isTrusted());
                double[] part = split.linear(test.x())
                        .minus(test.x().matmul(map).to(cutaway.tensor.Dtype.F64))
                        .abs()
                        .max(1, false)
                        .toDoubles();
                assertTrue(Arrays.stream(part).average().orElseThrow() < 0.5, "off by " + part[0]);
            }
        }
    }

    /// The error of half of the activation is half of it: all linear, whatever it says.
    @Test
    void aShrunkReconstructionIsForetoldWhole() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(5).normal(100, D);
            double[] none = new double[100];
            try (CodedTokens half = new CodedTokens(x, x, x.times(0.5), none, new int[100]);
                    ErrorSplit split = ErrorSplit.of(half)) {
                assertEquals(1, split.measure(half, List.of(), 0).vector(), 1e-6);
            }
        }
    }

    @Test
    void aLineAndAnIdForetellWhatTheyHold() {
        assertArrayEquals(
                new double[] {9, 11},
                ErrorSplit.line(new double[] {1, 2, 3}, new double[] {3, 5, 7}, new double[] {4, 5}),
                1e-12);
        assertEquals(0.5, ErrorSplit.r2(new double[] {1, 2, 2}, new double[] {1, 2, 3}), 1e-12);
    }

    /// Two latents of one direction each: a pursuit finds the codes that the encoder, all zeros, does not.
    @Test
    void aPursuitNeedsNoEncoder() {
        try (Scope _ = Scope.open()) {
            Tensor decoder = Tensor.of(new float[] {1, 0, 0, 0, 1, 0}, 2, 3);
            try (Dictionary dictionary = new Dictionary(
                    new Dictionary.Weights(
                            decoder.times(0.1), Tensor.zeros(2), decoder, Tensor.zeros(3), Optional.empty()),
                    new Activation.TopK(1, false),
                    true,
                    Scaling.NONE,
                    new Origin("", List.of(), List.of(), Map.of()))) {
                Tensor x = Tensor.of(new float[] {2, 0, 0, 0, 3, 1}, 2, 3);
                try (CodedTokens encoded = CodedTokens.encoded(dictionary, x, x, new int[2]);
                        CodedTokens pursued = CodedTokens.pursued(dictionary, x, x, new int[2])) {
                    assertEquals(1, encoded.l0());
                    assertArrayEquals(
                            new double[] {1.8, 0, 0, 0, 2.7, 1}, encoded.error().toDoubles(), 1e-6);
                    assertArrayEquals(
                            new double[] {0, 0, 0, 0, 0, 1}, pursued.error().toDoubles(), 1e-6);
                }
            }
        }
    }

    /// An encoder that finds both latents of one token, one of another and none of the third: so does the pursuit,
    /// which a mean of one latent would not.
    @Test
    void aPursuitTakesAsManyLatentsOfEachTokenAsTheEncoder() {
        try (Scope _ = Scope.open()) {
            Tensor rows = Tensor.of(new float[] {1, 0, 0, 0, 1, 0}, 2, 3);
            try (Dictionary dictionary = new Dictionary(
                    new Dictionary.Weights(
                            rows.copy(), Tensor.of(new float[] {-1, -1}, 2), rows, Tensor.zeros(3), Optional.empty()),
                    new Activation.Relu(),
                    true,
                    Scaling.NONE,
                    new Origin("", List.of(), List.of(), Map.of()))) {
                Tensor x = Tensor.of(new float[] {2, 3, 0, 2, 0.5f, 0, 0.5f, 0.5f, 0}, 3, 3);
                try (CodedTokens pursued = CodedTokens.pursued(dictionary, x, x, new int[3])) {
                    assertArrayEquals(new double[] {2, 1, 0}, pursued.active());
                    assertArrayEquals(
                            new double[] {0, 0, 0, 0, 0.5, 0, 0.5, 0.5, 0},
                            pursued.error().toDoubles(),
                            1e-6);
                }
            }
        }
    }

    /// Two dictionaries that fail by the same noise, one three times as much, and one that fails by another's.
    @Test
    void aDictionaryThatFailsOnTheSameTokensIsForetold() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(1).normal(400, D);
            Tensor noise = new Random(2).normal(400, D);
            Tensor other = new Random(3).normal(400, D);
            try (CodedTokens fit = off(x, noise, 0);
                    CodedTokens test = off(x, noise, 200);
                    CodedTokens sameFit = off(x, noise.times(3), 0);
                    CodedTokens sameTest = off(x, noise.times(3), 200);
                    CodedTokens otherFit = off(x, other, 0);
                    CodedTokens otherTest = off(x, other, 200);
                    ErrorSplit split = ErrorSplit.of(fit)) {
                assertEquals(1, split.normOf(test, sameFit, sameTest), 1e-9);
                assertTrue(split.normOf(test, otherFit, otherTest) < 0.1);
            }
        }
    }

    private static CodedTokens off(Tensor x, Tensor by, int from) {
        Tensor some = x.slice(0, from, from + 200);
        return new CodedTokens(some, some, some.minus(by.slice(0, from, from + 200)), new double[200], new int[200]);
    }

    @Test
    void tooFewTokensAreRefused() {
        try (Scope _ = Scope.open()) {
            Tensor x = new Random(6).normal(D, D);
            try (CodedTokens few = new CodedTokens(x, x, x.times(0.5), new double[D], new int[D])) {
                String said = assertThrows(BadInputException.class, () -> ErrorSplit.of(few))
                        .getMessage();
                assertTrue(said.contains("give more tokens"), said);
            }
        }
    }
}
