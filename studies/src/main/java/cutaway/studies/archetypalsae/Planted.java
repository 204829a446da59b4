package cutaway.studies.archetypalsae;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Tokens of known directions, few in each; or the same with every column in an order of its own, in which nothing
/// is to be found twice.
final class Planted {

    static final int FEATURES = 24;

    private static final int D = 24;
    private static final int ACTIVE = 2;

    private Planted() {}

    static Tensor tokens(int count, boolean shuffled, long seed) {
        RandomGenerator random = new Random(seed).generator();
        return Scope.keep(() -> {
            Tensor x = sums(codes(count, random));
            return shuffled
                    ? Shuffle.withinRows(x.transpose(0, 1), random)
                            .transpose(0, 1)
                            .contiguous()
                    : x;
        });
    }

    /// Tokens with what is in them: the objects are the directions.
    static Cell.Objects objects(int count, double scale, long seed) {
        float[] codes = codes(count, new Random(seed).generator());
        boolean[][] present = new boolean[FEATURES][count];
        for (int i = 0; i < codes.length; i++) {
            present[i % FEATURES][i / FEATURES] = codes[i] > 0;
        }
        return new Cell.Objects(
                IntStream.range(0, FEATURES).mapToObj(Integer::toString).toList(),
                Scope.keep(() -> sums(codes).times(scale)),
                1,
                present);
    }

    /// Of each token, `[token * FEATURES + feature]`.
    private static float[] codes(int count, RandomGenerator random) {
        float[] codes = new float[count * FEATURES];
        for (int token = 0; token < count; token++) {
            for (int i = 0; i < ACTIVE; i++) {
                codes[token * FEATURES + random.nextInt(FEATURES)] = 0.5F + random.nextFloat();
            }
        }
        return codes;
    }

    private static Tensor sums(float[] codes) {
        Tensor drawn = new Random(99).normal(FEATURES, D);
        return Tensor.of(codes, codes.length / FEATURES, FEATURES)
                .matmul(drawn.over(drawn.norms(1).unsqueeze(1)));
    }
}
