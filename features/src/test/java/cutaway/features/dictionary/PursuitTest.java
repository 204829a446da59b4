package cutaway.features.dictionary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PursuitTest {

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    private static Dictionary dictionary(Tensor decoder, Tensor bias) {
        return new Dictionary(
                new Dictionary.Weights(
                        decoder.copy(),
                        Tensor.full(0, decoder.dtype(), decoder.dim(0)),
                        decoder.copy(),
                        bias.copy(),
                        Optional.empty()),
                new Activation.Relu(),
                true,
                Scaling.NONE,
                NOWHERE);
    }

    private static Tensor normal(long seed, long... dims) {
        return new Random(seed).normal(dims).to(Dtype.F64);
    }

    /// Rows at right angles, of any norm: both pursuits find the codes that made the tokens, exactly.
    @Test
    void codesOfOrthogonalRowsAreFound() {
        try (Scope _ = Scope.open()) {
            Tensor rows = LinearAlgebra.qr(normal(1, 13, 13))
                    .q()
                    .times(normal(2, 13, 1).abs().plus(0.1));
            Tensor bias = normal(3, 13);
            Tensor codes = normal(4, 207, 13).minus(0.5).relu();
            Tensor x = codes.matmul(rows).plus(bias);
            try (Dictionary dictionary = dictionary(rows, bias)) {
                Tensor matching =
                        new MatchingPursuit(13, 1e-9).encode(dictionary, x).dense(Dtype.F64);
                Tensor gradient =
                        new GradientPursuit(13, 1e-9).encode(dictionary, x).dense(Dtype.F64);
                assertEquals(0, matching.minus(codes).norm(), 1e-10);
                assertEquals(0, gradient.minus(codes).norm(), 1e-10);
                SparseRows some = new MatchingPursuit(2, 0).encode(dictionary, x);
                for (int row = 0; row < 207; row++) {
                    assertTrue(some.starts()[row + 1] - some.starts()[row] <= 2);
                }
            }
        }
    }

    /// Rows (1, 0) and (0.6, 0.8), the token (1, 1): first the second row with 1.4, which leaves (0.16, -0.12);
    /// then the first with 0.16. By the gradient both move: at the codes (0, 1.4) it is (0.16, 0), along which the
    /// error is least after a step of 1. Another step of matching would take from the second row, which pursuits
    /// above 0 do not.
    @Test
    void twoRowsByHand() {
        try (Scope _ = Scope.open()) {
            Tensor rows = Tensor.of(new double[] {1, 0, 0.6, 0.8}, 2, 2);
            try (Dictionary dictionary = dictionary(rows, Tensor.full(0, Dtype.F64, 2))) {
                Tensor x = Tensor.of(new double[] {1, 1}, 1, 2);
                SparseRows one = new MatchingPursuit(1, 0).encode(dictionary, x);
                assertArrayEquals(new int[] {1}, one.columns());
                assertArrayEquals(new double[] {1.4}, one.values(), 1e-12);
                SparseRows two = new MatchingPursuit(2, 0).encode(dictionary, x);
                assertArrayEquals(new int[] {0, 1}, two.columns());
                assertArrayEquals(new double[] {0.16, 1.4}, two.values(), 1e-12);
                assertArrayEquals(
                        new double[] {0.16, 1.4},
                        new GradientPursuit(2, 0).encode(dictionary, x).values(),
                        1e-12);
            }
        }
    }

    /// Moving all codes along their gradient leaves less than moving one at a time does.
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void gradientPursuitLeavesNoMoreThanMatching(int steps) {
        try (Scope _ = Scope.open()) {
            Tensor rows = normal(1, 60, 13);
            Tensor x = normal(2, 101, 13);
            try (Dictionary dictionary = dictionary(rows, normal(3, 13).times(0.1))) {
                double matching = error(dictionary, new MatchingPursuit(steps, 0).encode(dictionary, x), x);
                double gradient = error(dictionary, new GradientPursuit(steps, 0).encode(dictionary, x), x);
                assertTrue(gradient <= matching * (1 + 1e-12), gradient + " against " + matching);
                assertTrue(steps < 8 || gradient < 0.95 * matching, gradient + " against " + matching);
            }
        }
    }

    private static double error(Dictionary dictionary, SparseRows codes, Tensor x) {
        return dictionary.decode(codes, x).minus(x).square().mean().item();
    }

    /// Where rows are many, every token gets as many latents as are asked for it, none where none is asked for; one
    /// that may have one has that of matching.
    @Test
    void eachTokenHasAsManyLatentsAsAnotherEncoder() {
        try (Scope _ = Scope.open()) {
            Tensor x = normal(2, 500, 13);
            int[] active = new int[500];
            Arrays.setAll(active, token -> token % 12);
            try (Dictionary dictionary = dictionary(normal(1, 60, 13), normal(3, 13))) {
                SparseRows codes = GradientPursuit.encode(dictionary, x, active);
                int[] found = new int[500];
                Arrays.setAll(found, token -> codes.starts()[token + 1] - codes.starts()[token]);
                assertArrayEquals(active, found);
                assertTrue(Arrays.stream(codes.values()).allMatch(code -> code > 0));
                SparseRows first = new MatchingPursuit(1, 0).encode(dictionary, x);
                assertEquals(first.columns()[1], codes.columns()[codes.starts()[1]]);
            }
        }
    }

    /// A dictionary that gives its codes times the norms of its rows gets codes that decode to the same.
    @Test
    void codesAreThoseThatDecodingExpects() {
        try (Scope _ = Scope.open();
                Dictionary plain = dictionary(normal(1, 60, 13), normal(3, 13));
                Dictionary ranked = new Dictionary(
                        new Dictionary.Weights(
                                normal(1, 60, 13), normal(2, 60), normal(1, 60, 13), normal(3, 13), Optional.empty()),
                        new Activation.TopK(3, true),
                        true,
                        Scaling.NONE,
                        NOWHERE)) {
            Tensor x = normal(2, 101, 13);
            MatchingPursuit pursuit = new MatchingPursuit(4, 0);
            Tensor expected = plain.decode(pursuit.encode(plain, x), x);
            Tensor found = ranked.decode(pursuit.encode(ranked, x), x);
            assertEquals(0, found.minus(expected).norm(), 1e-12 * expected.norm());
        }
    }

    /// Golden: SAELens' `matching_pursuit` encoder, by scripts/golden/saelens.py.
    @Test
    void matchingIsSaeLensOwn() throws Exception {
        try (Scope _ = Scope.open();
                SafetensorsFile file = SafetensorsFile.open(Path.of(PursuitTest.class
                        .getResource("/saelens/pursuit.safetensors")
                        .toURI()))) {
            Map<String, Tensor> golden = TensorFile.readAll(file);
            try (Dictionary dictionary = dictionary(golden.get("decoder"), golden.get("decoderBias"))) {
                Tensor codes = new MatchingPursuit(5, 0.3)
                        .encode(dictionary, golden.get("x"))
                        .dense(Dtype.F64);
                Tensor expected = golden.get("codes");
                assertEquals(0, codes.minus(expected).norm(), 1e-11 * expected.norm());
            }
        }
    }

    @Test
    void float32AgreesAndNothingIsLeftBehind() {
        try (Scope _ = Scope.open()) {
            Tensor rows = normal(1, 60, 13);
            Tensor x = normal(2, 101, 13);
            Tensor bias = normal(3, 13);
            try (Dictionary wide = dictionary(rows, bias);
                    Dictionary narrow = dictionary(rows.to(Dtype.F32), bias.to(Dtype.F32))) {
                long live = Tensor.live();
                double expected = error(wide, new GradientPursuit(6, 0.01).encode(wide, x), x);
                SparseRows codes = new GradientPursuit(6, 0.01).encode(narrow, x.to(Dtype.F32));
                assertEquals(expected, Scope.free(() -> error(narrow, codes, x.to(Dtype.F32))), 1e-3 * expected);
                Scope.free(() -> new MatchingPursuit(6, 0.01).encode(narrow, x.to(Dtype.F32)));
                assertTrue(Tensor.live() - live < 20, "" + (Tensor.live() - live));
            }
        }
    }

    @Test
    void refusesWhatCannotBePursued() {
        assertThrows(BadInputException.class, () -> new MatchingPursuit(0, 0));
        assertThrows(BadInputException.class, () -> new GradientPursuit(3, Double.NaN));
        try (Scope _ = Scope.open();
                Dictionary skip = new Dictionary(
                        new Dictionary.Weights(
                                normal(1, 5, 3),
                                normal(2, 5),
                                normal(3, 5, 3),
                                normal(4, 3),
                                Optional.of(normal(5, 3, 3))),
                        new Activation.Relu(),
                        false,
                        Scaling.NONE,
                        NOWHERE)) {
            assertThrows(BadInputException.class, () -> new MatchingPursuit(2, 0).encode(skip, normal(6, 2, 3)));
        }
    }
}
