package cutaway.features.dictionary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.tensor.Autograd;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Gradients through a dictionary, in float64, against slopes of what it says without them.
class ReconstructTrackedTest {

    private static final int D = 7;
    private static final int LATENTS = 19;
    private static final int TOKENS = 3;
    private static final double STEP = 1e-6;

    private static Tensor drawn(long seed, long... dims) {
        return new Random(seed).normal(dims).to(Dtype.F64);
    }

    static Stream<Arguments> kinds() {
        return Stream.of("relu", "topk", "topk by norm", "jump", "gated")
                .flatMap(activation -> Stream.of(Scaling.values())
                        .flatMap(scaling ->
                                Stream.of(true, false).map(isSkip -> Arguments.of(activation, scaling, isSkip))));
    }

    private static Activation activation(String name) {
        return switch (name) {
            case "relu" -> new Activation.Relu();
            case "topk" -> new Activation.TopK(4, false);
            case "topk by norm" -> new Activation.TopK(4, true);
            case "jump" -> new Activation.JumpRelu(drawn(5, LATENTS).square());
            default -> new Activation.Gated(drawn(6, LATENTS), drawn(7, LATENTS), drawn(8, LATENTS));
        };
    }

    private static Dictionary dictionary(String activation, Scaling scaling, boolean isSkip) {
        return new Dictionary(
                new Dictionary.Weights(
                        drawn(1, LATENTS, D),
                        drawn(2, LATENTS),
                        drawn(3, LATENTS, D),
                        drawn(4, D),
                        isSkip ? Optional.of(drawn(9, D, D)) : Optional.empty()),
                activation(activation),
                !isSkip,
                scaling,
                new Origin("drawn", List.of(), List.of(), Map.of()));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void itSaysTheSameAndHasItsSlopes(String activation, Scaling scaling, boolean isSkip) {
        try (Scope _ = Scope.open();
                Dictionary dictionary = dictionary(activation, scaling, isSkip)) {
            double[] at = drawn(10, TOKENS, D).toDoubles();
            Tensor weights = drawn(11, TOKENS, D); // of each number in the sum that is asked about
            Tensor x = Autograd.track(Tensor.of(at, TOKENS, D));
            Tensor said = dictionary.reconstructTracked(x);
            assertArrayEquals(dictionary.reconstruct(Tensor.of(at, TOKENS, D)).toDoubles(), said.toDoubles(), 1e-12);
            double[] slopes = Autograd.gradients(said.times(weights).sum(), List.of(x))
                    .getFirst()
                    .toDoubles();
            for (int i = 0; i < at.length; i++) {
                double slope =
                        (sum(dictionary, weights, at, i, STEP) - sum(dictionary, weights, at, i, -STEP)) / (2 * STEP);
                assertEquals(slope, slopes[i], 1e-6 * Math.max(1, Math.abs(slope)));
            }
        }
    }

    private static double sum(Dictionary dictionary, Tensor weights, double[] at, int number, double by) {
        double[] moved = at.clone();
        moved[number] += by;
        return dictionary
                .reconstruct(Tensor.of(moved, TOKENS, D))
                .times(weights)
                .sum()
                .item();
    }
}
