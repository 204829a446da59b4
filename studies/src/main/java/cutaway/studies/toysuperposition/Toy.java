package cutaway.studies.toysuperposition;

import cutaway.features.dictionary.Geometry;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Autoencoder;
import cutaway.lab.net.Tap;
import cutaway.lab.task.Superposition;
import cutaway.studies.StudyRun;
import cutaway.tensor.Autograd;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;

/// Trained toys `y = ReLU(W^T W x + b)`, or without the ReLU, of all seeds and variants of a task.
final class Toy implements AutoCloseable {

    private static final String WEIGHT = "encoder.0.weight";

    private final Trained trained;
    private final int variants;

    private Toy(Trained trained) {
        this.trained = trained;
        this.variants = trained.recipe().task().variants().size();
    }

    /// @param dimensions m
    /// @param isLinear whether the output has no ReLU, as PCA has none
    static Toy train(StudyRun run, String what, Superposition task, int dimensions, boolean isLinear, long steps) {
        Autoencoder net = new Autoencoder(
                List.of(dimensions), Activation.NONE, isLinear ? Activation.NONE : Activation.RELU, true, false, true);
        Recipe recipe = Recipe.usual(task)
                .with(Map.of(
                        "net",
                        net,
                        "steps",
                        steps,
                        "every",
                        Math.max(1, steps / 20),
                        "seeds",
                        LongStream.range(0, run.seedCount()).boxed().toList()));
        return new Toy(run.train(what, recipe));
    }

    /// The features' directions of a seed and variant, `[feature, m]`, in the scope that is open.
    Tensor directions(long seed, int variant) {
        Tensor all = Objects.requireNonNull(trained.parameters().get(WEIGHT), WEIGHT); // [instance, m, feature]
        return all.select(0, place(seed, variant)).transpose(0, 1).contiguous();
    }

    Geometry geometry(long seed, int variant) {
        try (Scope _ = Scope.open()) {
            return Geometry.of(directions(seed, variant));
        }
    }

    private int place(long seed, int variant) {
        return (int) seed * variants + variant;
    }

    /// On examples that were held out.
    double loss(long seed, int variant) {
        return Objects.requireNonNull(trained.test().get("loss"), "loss")[place(seed, variant)];
    }

    /// What a change of the input of a length, along the gradient, adds to the error of an output, a mean over inputs
    /// of one density.
    ///
    /// @param density of the inputs
    /// @param length of the change, as a share of the inputs' mean length
    double vulnerability(long seed, int variant, double density, double length) {
        int features = trained.recipe().task().input().flat();
        int count = 256;
        try (Scope _ = Scope.open()) {
            Random random = new Random(seed + 91);
            Tensor there = random.uniform(count, features).less(Tensor.scalar(density));
            Tensor x = random.uniform(count, features).maskedFill(there.not(), 0);
            double step = length * x.norms(1).mean().item();
            Tensor tracked = Autograd.track(x);
            Tensor error = errors(seed, variant, tracked, x);
            Tensor gradient = Autograd.gradients(error.sum(), List.of(tracked)).getFirst();
            Tensor sizes = gradient.norms(1).unsqueeze(1).plus(1e-12);
            Tensor moved = x.plus(gradient.over(sizes).times(step));
            return errors(seed, variant, moved, x)
                    .minus(Autograd.untracked(error))
                    .mean()
                    .item();
        }
    }

    /// Squared errors of each input, `[n]`.
    private Tensor errors(long seed, int variant, Tensor input, Tensor wanted) {
        long instances = (long) trained.recipe().instances().size();
        Tensor all = input.unsqueeze(0).expand(instances, -1, -1);
        Tensor out = trained.outputs(all, Tap.NONE).select(0, place(seed, variant));
        return out.minus(wanted).square().sum(1, false);
    }

    @Override
    public void close() {
        trained.close();
    }
}
