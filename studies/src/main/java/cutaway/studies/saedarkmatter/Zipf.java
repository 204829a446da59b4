package cutaway.studies.saedarkmatter;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Tokens that are sums of random directions, of which direction i is there with a chance of `c / (i + 1)`, at most a
/// half: a few are common, most are rare.
///
/// @param directions `[direction, d]`
/// @param c such that as many are there on average as are wanted
record Zipf(Tensor directions, double c) implements AutoCloseable {

    static final int D = 64;
    static final int COUNT = 1024;

    private static final int ACTIVE = 12;
    private static final int BATCH = 256;
    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    static Zipf draw(long seed) {
        Tensor directions = Scope.keep(() -> {
            Tensor drawn = new Random(seed).normal(COUNT, D);
            return drawn.over(drawn.norms(1).unsqueeze(1)).contiguous();
        });
        double harmonic = 0;
        for (int i = 0; i < COUNT; i++) {
            harmonic += 1.0 / (i + 1);
        }
        return new Zipf(Scope.detach(directions), ACTIVE / harmonic);
    }

    /// `[count, d]`; directions that are there have a size of 0.5 to 1.5.
    Tensor tokens(int count, long seed) {
        RandomGenerator random = new Random(seed).generator();
        int[] starts = new int[count + 1];
        int[] columns = new int[count * 4 * ACTIVE];
        double[] sizes = new double[columns.length];
        int at = 0;
        for (int token = 0; token < count; token++) {
            for (int i = next(0, random); i < COUNT; i = next(i + 1, random)) {
                if (at == columns.length) {
                    columns = Arrays.copyOf(columns, 2 * at);
                    sizes = Arrays.copyOf(sizes, 2 * at);
                }
                columns[at] = i;
                sizes[at++] = 0.5 + random.nextDouble();
            }
            starts[token + 1] = at;
        }
        SparseRows codes = new SparseRows(COUNT, starts, Arrays.copyOf(columns, at), Arrays.copyOf(sizes, at));
        return codes.times(directions);
    }

    /// The next direction that is there, from one on.
    private int next(int from, RandomGenerator random) {
        int i = from;
        while (i < COUNT && random.nextDouble() >= Math.min(0.5, c / (i + 1))) {
            i++;
        }
        return i;
    }

    /// How dictionaries of such tokens are trained.
    ///
    /// @param steps 0 for the first weights
    static TopKTraining training(int k, int steps) {
        return new TopKTraining(k, steps, BATCH, 2e-3, NOWHERE);
    }

    /// Of fresh tokens.
    Dictionary train(int width, int k, int steps, long seed) {
        return training(k, steps).train(width, step -> tokens(BATCH, seed + 1000 * (step + 1)), seed);
    }

    @Override
    public void close() {
        directions.close();
    }
}
