package cutaway.studies.saedarkmatter;

import cutaway.features.coder.Coder;
import cutaway.features.coder.CoderSettings;
import cutaway.features.coder.Sparsity;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.train.Schedule;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
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

    /// A TopK dictionary of some rows.
    ///
    /// @param steps 0 for the first weights
    /// @param batches `[n, d]`, by step
    static Dictionary train(int width, int k, int steps, LongFunction<Tensor> batches, long seed) {
        Trainer.Source source = step -> {
            Tensor x = batches.apply(step);
            return new Trainer.Batch(x, x);
        };
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(k)).deadAfter(200);
        try (Scope _ = Scope.open();
                Coder coder = create(settings, width, source, seed)) {
            if (steps == 0) {
                return coder.dictionary(NOWHERE);
            }
            Schedule schedule = new Schedule(steps, 2e-3, steps / 20, steps / 5, 0);
            return Training.run(coder, schedule, Training.Options.USUAL, source, NOWHERE);
        }
    }

    private static Coder create(CoderSettings settings, int width, Trainer.Source source, long seed) {
        Tensor first = source.batch(0).x();
        return settings.create(width, seed, first, first);
    }

    /// Of fresh tokens.
    Dictionary train(int width, int k, int steps, long seed) {
        return train(width, k, steps, step -> tokens(BATCH, seed + 1000 * (step + 1)), seed);
    }

    /// Of rows that are there, drawn again and again.
    static Dictionary trainOn(Tensor rows, int width, int k, int steps, long seed) {
        RandomGenerator random = new Random(seed + 5).generator();
        return train(
                width,
                k,
                steps,
                _ -> {
                    long[] some = random.longs(BATCH, 0, rows.dim(0)).toArray();
                    return rows.gatherRows(0, Tensor.of(some, some.length));
                },
                seed);
    }

    @Override
    public void close() {
        directions.close();
    }
}
