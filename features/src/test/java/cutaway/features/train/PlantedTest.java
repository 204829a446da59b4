package cutaway.features.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Known directions, few of them in each token, are found again by every kind; of tokens whose numbers were shuffled
/// among each other, so that each keeps its distribution and none its company, nothing is found.
class PlantedTest {

    private static final int D = 24;
    private static final int FEATURES = 36;
    private static final int ACTIVE = 2;
    private static final int TOKENS = 256;
    private static final int STEPS = 2500;

    static Stream<Sparsity> kinds() {
        return Stream.of(
                new Sparsity.TopK(ACTIVE),
                new Sparsity.BatchTopK(ACTIVE),
                new Sparsity.Matryoshka(ACTIVE, List.of(18)),
                new Sparsity.JumpRelu(0.1),
                new Sparsity.Gated(0.1),
                new Sparsity.Relu(0.1));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void plantedDirectionsAreFoundAndShuffledOnesAreNot(Sparsity kind) {
        try (Scope _ = Scope.open()) {
            Tensor drawn = new Random(1).normal(FEATURES, D);
            Tensor features = drawn.over(drawn.square().sum(1, true).sqrt());
            double found = recovery(kind, features, false);
            double ofShuffled = recovery(kind, features, true);
            double ofRandom = meanMaxCosine(features, new Random(9).normal(FEATURES, D));
            System.out.printf("%s: %.3f, shuffled %.3f, random %.3f%n", kind, found, ofShuffled, ofRandom);
            assertTrue(found > 0.9, () -> "mean max cosine " + found);
            assertTrue(ofShuffled < ofRandom + 0.15, () -> "of shuffled data " + ofShuffled + ", random " + ofRandom);
        }
    }

    private static double recovery(Sparsity kind, Tensor features, boolean shuffled) {
        Schedule schedule = new Schedule(STEPS, 3e-3, 50, 500, 200);
        CoderSettings settings = new CoderSettings(kind).deadAfter(100);
        Tensor first = tokens(features, -1, shuffled);
        try (Coder coder = settings.create(FEATURES, 3, first, first);
                Training training = new Training(coder, schedule, Training.Options.USUAL)) {
            while (!training.isDone()) {
                try (Scope _ = Scope.open()) {
                    Tensor x = tokens(features, training.steps(), shuffled);
                    training.step(x, x);
                }
            }
            try (Dictionary dictionary = coder.dictionary(new Origin("", List.of(), List.of(), Map.of()))) {
                return meanMaxCosine(features, dictionary.weights().decoder());
            }
        }
    }

    private static Tensor tokens(Tensor features, long step, boolean shuffled) {
        return Scope.keep(() -> {
            RandomGenerator random = new Random(1000 + step).generator();
            double[] codes = new double[TOKENS * FEATURES];
            for (int token = 0; token < TOKENS; token++) {
                for (int i = 0; i < ACTIVE; i++) {
                    codes[token * FEATURES + random.nextInt(FEATURES)] = 0.5 + random.nextDouble();
                }
            }
            Tensor x = Tensor.of(codes, TOKENS, FEATURES).to(features.dtype()).matmul(features);
            return shuffled ? shuffled(x, random) : x;
        });
    }

    /// Each column in an order of its own.
    private static Tensor shuffled(Tensor x, RandomGenerator random) {
        float[] values = x.toFloats();
        for (int column = 0; column < D; column++) {
            for (int row = TOKENS - 1; row > 0; row--) {
                int other = random.nextInt(row + 1);
                float kept = values[row * D + column];
                values[row * D + column] = values[other * D + column];
                values[other * D + column] = kept;
            }
        }
        return Tensor.of(values, TOKENS, D);
    }

    /// For each planted direction the largest cosine with any row, on average.
    private static double meanMaxCosine(Tensor features, Tensor rows) {
        return Scope.free(() -> {
            double[] norms = rows.square().sum(1, true).sqrt().toDoubles();
            double[] products = features.matmul(rows.transpose(0, 1)).toDoubles();
            double sum = 0;
            for (int feature = 0; feature < FEATURES; feature++) {
                double[] cosines = new double[FEATURES];
                int at = feature * FEATURES;
                Arrays.setAll(cosines, i -> norms[i] == 0 ? 0 : products[at + i] / norms[i]);
                sum += Arrays.stream(cosines).max().orElse(0);
            }
            return sum / FEATURES;
        });
    }
}
