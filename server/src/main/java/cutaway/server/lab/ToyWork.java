package cutaway.server.lab;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.features.dictionary.Geometry;
import cutaway.lab.Lab;
import cutaway.lab.Recipe;
import cutaway.lab.Snapshots;
import cutaway.lab.Trained;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Autoencoder;
import cutaway.lab.task.Superposition;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.job.Work;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Toys of superposition, `y = ReLU(W^T W x + b)`, over a grid of sparsities, as a job: all in one batched
/// training, kept in the lab's cache, with what they were on the way.
public final class ToyWork implements Work<ToyWork.ToysAsked, ToyWork.ToysTrained> {

    private static final Kind<ToysAsked, ToysTrained> KIND =
            new Kind<>("toys", "toys of superposition over a grid of sparsities", ToysAsked.class, ToysTrained.class);

    /// Shares of inputs that a feature is in: ten to a factor of ten.
    private static final List<Double> DENSITIES = List.of(
            1.0, 0.79, 0.63, 0.5, 0.4, 0.32, 0.25, 0.2, 0.16, 0.13, 0.1, 0.079, 0.063, 0.05, 0.04, 0.032, 0.025, 0.02,
            0.016, 0.013, 0.01);

    private static final int MOST_FEATURES = 20;
    private static final int MOST_DIMENSIONS = 5;
    private static final long MOST_STEPS = 20_000;

    /// Places of the training that are shown, beside the start.
    private static final int PLACES = 24;

    private static final double RATE = 3e-3;
    private static final String WEIGHT = "encoder.0.weight";
    private static final String BIAS = "decoder.0.bias";

    private final Lab lab;

    /// @param lab where trainings are kept
    public ToyWork(Lab lab) {
        this.lab = lab;
    }

    /// @param features n, at most 20
    /// @param dimensions m, at most 5 and no more than there are features
    /// @param importance base of the weights: feature i counts `importance^i`
    /// @param steps of the training, 1 to 20,000
    public record ToysAsked(
            @JsonProperty(required = true) int features,
            @JsonProperty(required = true) int dimensions,
            @JsonProperty(required = true) double importance,
            @JsonProperty(required = true) long steps,
            @MayBeLeftOut long seed) {}

    /// A toy at a step of its training.
    ///
    /// @param directions W_i of each feature, `[feature][dimension]`, turned as a whole (see [ToysTrained])
    /// @param norms |W_i|
    /// @param dimensionality D_i, 0 to 1
    /// @param bias b_i
    public record ToyMoment(long step, float[][] directions, float[] norms, float[] dimensionality, float[] bias) {}

    /// @param density 1 - S, the share of inputs that a feature is in
    /// @param loss on examples that were held out, at the end
    /// @param moments from the start to the end
    public record SparsityToy(double density, double loss, List<ToyMoment> moments) {}

    /// What was trained. A toy's directions may be turned as a whole without any change of what it computes;
    /// each is turned, once for all its moments, so that its end lies nearest that of the denser toy beside it
    /// ([Turned]).
    ///
    /// @param importances how much each feature counts
    /// @param toys from the densest to the sparsest
    /// @param apart root mean square distance of a direction from the same feature's in the toy beside it, at the
    ///     end, once turned
    /// @param apartUnturned the same as they were trained
    /// @param command that has the training again
    public record ToysTrained(
            ToysAsked asked,
            double[] importances,
            List<SparsityToy> toys,
            double apart,
            double apartUnturned,
            String command) {}

    @Override
    public Kind<ToysAsked, ToysTrained> kind() {
        return KIND;
    }

    @Override
    public void check(ToysAsked asked) {
        if (asked.features < 2 || asked.features > MOST_FEATURES) {
            throw new Refusal(400, "features is " + asked.features + "; give 2 to " + MOST_FEATURES + ".");
        }
        if (asked.dimensions < 1 || asked.dimensions > Math.min(MOST_DIMENSIONS, asked.features)) {
            throw new Refusal(
                    400,
                    "dimensions is " + asked.dimensions + "; give 1 to " + Math.min(MOST_DIMENSIONS, asked.features)
                            + ", no more than there are features.");
        }
        if (!(asked.importance >= 0.1 && asked.importance <= 1)) {
            throw new Refusal(
                    400,
                    "importance is " + asked.importance
                            + "; give 0.1 to 1: how much each feature counts beside the one before.");
        }
        if (asked.steps < 1 || asked.steps > MOST_STEPS) {
            throw new Refusal(400, "steps is " + asked.steps + "; give 1 to " + MOST_STEPS + ".");
        }
    }

    static Recipe recipe(ToysAsked asked) {
        long steps = asked.steps;
        return Recipe.usual(new Superposition(asked.features, DENSITIES, List.of(asked.importance)))
                .with(Map.of(
                        "net",
                        new Autoencoder(List.of(asked.dimensions), Activation.NONE, Activation.RELU, true, false, true),
                        "rate",
                        new LearningRate(RATE, 0, steps / 2, LearningRate.Shape.LINEAR),
                        "steps",
                        steps,
                        "every",
                        Math.max(1, steps / 20),
                        "seeds",
                        List.of(asked.seed),
                        "snapshots",
                        new Snapshots(List.of(), PLACES)));
    }

    private static String command(ToysAsked asked) {
        long steps = asked.steps;
        return String.format(
                Locale.ROOT,
                "./cutaway lab train superposition --with task.features=%d --with 'task.densities=%s' --with"
                        + " 'task.importances=[%s]' --hidden %d --rate %s --decay %d --steps %d --every %d --snapshots"
                        + " log:%d --with 'seeds=[%d]'",
                asked.features,
                DENSITIES.toString().replace(" ", ""),
                asked.importance,
                asked.dimensions,
                RATE,
                steps / 2,
                steps,
                Math.max(1, steps / 20),
                PLACES,
                asked.seed);
    }

    @Override
    public ToysTrained run(ToysAsked asked, Told told) {
        Recipe recipe = recipe(asked);
        Lab.Listener listener = new Lab.Listener(
                _ -> {},
                step -> told.at(
                        "training " + DENSITIES.size() + " toys",
                        String.format(Locale.ROOT, "%,d of %,d steps", step, recipe.steps())),
                _ -> {});
        try (Trained trained = lab.train(recipe, listener)) {
            return found(asked, recipe, trained);
        }
    }

    private static ToysTrained found(ToysAsked asked, Recipe recipe, Trained trained) {
        double[] losses = Objects.requireNonNull(trained.test().get("loss"), "loss");
        try (Scope _ = Scope.open()) {
            Turned turned = Turned.of(directions(trained.parameters()));
            List<List<ToyMoment>> moments = new ArrayList<>();
            DENSITIES.forEach(_ -> moments.add(new ArrayList<>()));
            for (long step : trained.snapshots()) {
                add(step, trained.snapshot(step), turned, moments);
            }
            List<SparsityToy> toys = new ArrayList<>();
            for (int toy = 0; toy < DENSITIES.size(); toy++) {
                toys.add(new SparsityToy(DENSITIES.get(toy), losses[toy], moments.get(toy)));
            }
            return new ToysTrained(
                    asked, recipe.task().weights(0), toys, turned.apart(), turned.apartUnturned(), command(asked));
        }
    }

    /// Of each toy, `[feature, dimension]`.
    private static List<Tensor> directions(Map<String, Tensor> parameters) {
        Tensor all = Objects.requireNonNull(parameters.get(WEIGHT), WEIGHT); // [toy, dimension, feature]
        List<Tensor> each = new ArrayList<>();
        for (int toy = 0; toy < all.dim(0); toy++) {
            each.add(all.select(0, toy).transpose(0, 1).contiguous());
        }
        return each;
    }

    private static void add(long step, Map<String, Tensor> parameters, Turned turned, List<List<ToyMoment>> moments) {
        try (Scope _ = Scope.open()) {
            List<Tensor> each = directions(parameters);
            Tensor bias = Objects.requireNonNull(parameters.get(BIAS), BIAS); // [toy, feature]
            for (int toy = 0; toy < each.size(); toy++) {
                Tensor directions = turned.apply(toy, each.get(toy));
                Geometry geometry = Geometry.of(directions);
                moments.get(toy)
                        .add(new ToyMoment(
                                step,
                                rows(directions),
                                floats(geometry.norms()),
                                floats(geometry.dimensionality()),
                                bias.select(0, toy).toFloats()));
            }
        } finally {
            parameters.values().forEach(Tensor::close);
        }
    }

    /// `[row][column]`
    private static float[][] rows(Tensor matrix) {
        float[] all = floats(matrix.toDoubles());
        int columns = Math.toIntExact(matrix.dim(1));
        float[][] rows = new float[all.length / columns][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = Arrays.copyOfRange(all, row * columns, (row + 1) * columns);
        }
        return rows;
    }

    /// As they were trained: more digits say nothing.
    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
