package cutaway.studies.saedarkmatter;

import cutaway.features.coder.ActivationScale;
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
import cutaway.tensor.Tensor;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;

/// How this study's dictionaries are trained.
///
/// @param k latents of a token
/// @param steps of training; 0 for the first weights
/// @param batch tokens of a step
/// @param rate the learning rate
/// @param origin what the dictionaries say of their sites
record TopKTraining(int k, int steps, int batch, double rate, Origin origin) {

    /// @param batches `[n, d]`, by step
    Dictionary train(int width, LongFunction<Tensor> batches, long seed) {
        Trainer.Source source = step -> {
            Tensor x = batches.apply(step);
            return new Trainer.Batch(x, x);
        };
        CoderSettings settings = new CoderSettings(new Sparsity.TopK(k)).deadAfter(200);
        try (Scope _ = Scope.open();
                Coder coder = create(settings, width, source, seed)) {
            if (steps == 0) {
                return coder.dictionary(origin);
            }
            Schedule schedule = new Schedule(steps, rate, steps / 20, steps / 5, 0);
            return Training.run(coder, schedule, Training.Options.USUAL, source, origin);
        }
    }

    private static Coder create(CoderSettings settings, int width, Trainer.Source source, long seed) {
        Tensor first = source.batch(0).x();
        return settings.create(width, seed, first, first);
    }

    /// Of rows that are there, drawn again and again.
    Dictionary trainOn(Tensor rows, int width, long seed) {
        RandomGenerator random = new Random(seed + 5).generator();
        return train(
                width,
                _ -> {
                    long[] some = random.longs(batch, 0, rows.dim(0)).toArray();
                    return rows.gatherRows(0, Tensor.of(some, some.length));
                },
                seed);
    }

    /// As [#trainOn], of rows of any length: they are scaled to the mean norm `sqrt(d)` while it is trained.
    Dictionary trainScaled(Tensor rows, int width, long seed) {
        int d = Math.toIntExact(rows.dim(1));
        double factor = ActivationScale.toMeanNorm(rows);
        RandomGenerator random = new Random(seed + 5).generator();
        LongFunction<Tensor> batches = _ -> {
            long[] some = random.longs(batch, 0, rows.dim(0)).toArray();
            return rows.gatherRows(0, Tensor.of(some, some.length)).times(factor);
        };
        try (Dictionary scaled = train(width, batches, seed)) {
            return ActivationScale.of(factor, d, factor, d).fold(scaled);
        }
    }
}
