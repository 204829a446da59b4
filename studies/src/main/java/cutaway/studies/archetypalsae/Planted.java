package cutaway.studies.archetypalsae;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Tokens of known directions, few in each; or the same with every column in an order of its own, in which nothing
/// is to be found twice.
final class Planted {

    static final int FEATURES = 24;

    private static final int D = 24;
    private static final int ACTIVE = 2;

    private Planted() {}

    static Tensor tokens(int count, boolean shuffled, long seed) {
        return Scope.keep(() -> {
            Tensor drawn = new Random(99).normal(FEATURES, D);
            RandomGenerator random = new Random(seed).generator();
            float[] codes = new float[count * FEATURES];
            for (int token = 0; token < count; token++) {
                for (int i = 0; i < ACTIVE; i++) {
                    codes[token * FEATURES + random.nextInt(FEATURES)] = 0.5F + random.nextFloat();
                }
            }
            Tensor x = Tensor.of(codes, count, FEATURES)
                    .matmul(drawn.over(drawn.norms(1).unsqueeze(1)));
            return shuffled ? shuffled(x, random) : x;
        });
    }

    private static Tensor shuffled(Tensor x, RandomGenerator random) {
        float[] values = x.toFloats();
        int count = Math.toIntExact(x.dim(0));
        for (int column = 0; column < D; column++) {
            for (int row = count - 1; row > 0; row--) {
                int other = random.nextInt(row + 1);
                float kept = values[row * D + column];
                values[row * D + column] = values[other * D + column];
                values[other * D + column] = kept;
            }
        }
        return Tensor.of(values, count, D);
    }
}
