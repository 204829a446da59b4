package cutaway.features.train;

import cutaway.features.coder.Activity;
import cutaway.features.coder.Coder;
import cutaway.features.coder.Gradients;
import cutaway.features.coder.Loss;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Adam;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.Clipping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// A coder in training: its optimiser, and one step after another.
///
/// It owns the optimiser's running means; the coder stays the caller's.
public final class Training implements AutoCloseable {

    /// How steps are made.
    ///
    /// @param adam of the optimiser
    /// @param clip the greatest norm that all gradients together may have, to which longer ones are scaled; 0: any
    /// @param lazy whether latents that no token of a batch touched wait (neither value nor running means change);
    ///     else they move on as Adam has them move, by their means
    /// @param dense whether every step differentiates the loss as it stands, even where a sparse step is to be had
    public record Options(Adam.Settings adam, double clip, boolean lazy, boolean dense) {
        public static final Options USUAL = new Options(Adam.Settings.USUAL, 1, false, false);

        public Options {
            if (!(clip >= 0)) {
                throw new BadInputException("gradients clipped to the norm " + clip + "; give a number above 0, or 0"
                        + " for no clipping.");
            }
        }
    }

    /// Codes that a part of a batch has at most, dense.
    private static final long PART = 8 << 20;

    private final Coder coder;
    private final Schedule schedule;
    private final Options options;
    private final Adam adam;

    public Training(Coder coder, Schedule schedule, Options options) {
        this.coder = coder;
        this.schedule = schedule;
        this.options = options;
        this.adam = new Adam(coder.parameters(), options.adam);
    }

    /// Makes all steps in memory, without checkpoints: for data that are drawn or small.
    ///
    /// @param coder at its start; it stays the caller's
    /// @return what it became, which the caller closes
    public static Dictionary run(
            Coder coder, Schedule schedule, Options options, Trainer.Source source, Origin origin) {
        try (Training training = new Training(coder, schedule, options)) {
            while (!training.isDone()) {
                try (Scope _ = Scope.open()) {
                    Trainer.Batch batch = source.batch(training.steps());
                    training.step(batch.x(), batch.y());
                }
            }
        }
        return coder.dictionary(origin);
    }

    public Coder coder() {
        return coder;
    }

    /// How many steps were made.
    public long steps() {
        return adam.steps();
    }

    public boolean isDone() {
        return steps() >= schedule.steps();
    }

    /// One step.
    ///
    /// @param x inputs, `[n, dIn]`
    /// @param y what is to be reconstructed, `[n, dOut]`
    /// @return the parts of the loss before the step, by name
    /// @throws Collapse when loss or gradients are not finite; no parameter has changed then
    public Map<String, Double> step(Tensor x, Tensor y) {
        return Scope.free(() -> {
            long step = steps();
            double sparsity = schedule.sparsityAt(step);
            Gradients found = gradients(x, y, sparsity);
            Map<String, Tensor> gradients = coder.adjustGradients(found.gradients());
            double norm = norm(gradients);
            if (!Double.isFinite(found.total()) || !Double.isFinite(norm)) {
                throw new Collapse(step, found.losses(), norm, x);
            }
            double scale = Clipping.scale(norm, options.clip);
            adam.step(gradients, schedule.rateAt(step), scale, options.lazy ? found.touched() : null);
            coder.afterStep(found.activity());
            return found.losses();
        });
    }

    private Gradients gradients(Tensor x, Tensor y, double sparsity) {
        Optional<Gradients> sparse = options.dense ? Optional.empty() : coder.sparse(x, y, sparsity);
        return sparse.orElseGet(() -> dense(coder, x, y, sparsity));
    }

    /// The loss differentiated as it stands; where it is a mean over tokens, some of them at a time, so that what
    /// is dense stays small.
    public static Gradients dense(Coder coder, Tensor x, Tensor y, double sparsity) {
        return dense(coder, x, y, sparsity, coder.isMeanOverTokens() ? Math.max(1, PART / coder.width()) : x.dim(0));
    }

    /// @param part tokens at a time
    static Gradients dense(Coder coder, Tensor x, Tensor y, double sparsity, long part) {
        long tokens = x.dim(0);
        if (part >= tokens) {
            return whole(coder, x, y, sparsity);
        }
        Map<String, Double> losses = new LinkedHashMap<>();
        Map<String, Tensor> sums = new LinkedHashMap<>();
        Activity activity = null;
        for (long from = 0; from < tokens; from += part) {
            long end = Math.min(tokens, from + part);
            double share = (double) (end - from) / tokens;
            try (Scope scope = Scope.open()) {
                Gradients some = whole(coder, x.slice(0, from, end), y.slice(0, from, end), sparsity);
                some.losses().forEach((name, loss) -> losses.merge(name, share * loss, Double::sum));
                some.gradients().forEach((name, gradient) -> {
                    Tensor scaled = gradient.times(share);
                    Tensor sum = sums.get(name);
                    if (sum == null) {
                        sums.put(name, scope.release(scaled));
                    } else {
                        sum.assign(sum.plus(scaled));
                    }
                });
                activity = activity == null ? some.activity() : activity.plus(some.activity());
            }
        }
        return new Gradients(losses, sums, Objects.requireNonNull(activity), null);
    }

    private static Gradients whole(Coder coder, Tensor x, Tensor y, double sparsity) {
        Map<String, Tensor> tracked = new LinkedHashMap<>();
        coder.parameters().forEach((name, parameter) -> tracked.put(name, Autograd.track(parameter)));
        Loss loss = coder.loss(tracked, x, y, sparsity);
        List<String> names = new ArrayList<>(tracked.keySet());
        List<Tensor> slopes = Autograd.gradients(loss.total(), new ArrayList<>(tracked.values()));
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            gradients.put(names.get(i), slopes.get(i));
        }
        Map<String, Double> losses = new LinkedHashMap<>();
        loss.parts().forEach((name, value) -> losses.put(name, value.item()));
        return new Gradients(losses, gradients, loss.activity(), null);
    }

    private static double norm(Map<String, Tensor> gradients) {
        return Math.sqrt(gradients.values().stream()
                .mapToDouble(gradient -> Math.pow(gradient.norm(), 2))
                .sum());
    }

    /// All that must be kept to go on exactly: parameters, the coder's buffers and the optimiser's means, by name.
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        coder.parameters().forEach((name, tensor) -> state.put("parameter." + name, tensor));
        coder.buffers().forEach((name, tensor) -> state.put("buffer." + name, tensor));
        adam.state().forEach((name, tensor) -> state.put("adam." + name, tensor));
        return state;
    }

    /// Goes on from the checkpoint in a folder, where there is one.
    void restore(Path folder, String recipe) {
        long steps = Checkpoint.restore(folder, state(), recipe);
        adam.restore(new LinkedHashMap<>(adam.state()), steps);
    }

    @Override
    public void close() {
        adam.close();
    }
}
