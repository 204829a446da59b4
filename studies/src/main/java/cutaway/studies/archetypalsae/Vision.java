package cutaway.studies.archetypalsae;

import cutaway.features.judge.Identifiability;
import cutaway.lab.Recipe;
import cutaway.lab.Trained;
import cutaway.lab.net.VisionTransformer;
import cutaway.lab.task.Shapes;
import cutaway.lab.task.TaskData;
import cutaway.studies.Bar;
import cutaway.studies.StudyRun;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/// Small vision transformers that tell the lab's shapes, one a seed, and what their head reads of each patch.
final class Vision implements AutoCloseable {

    /// A step of the lab's training that it never reaches, from which images are drawn.
    private static final long LATER = 1_000_000;

    /// Of images, in pixels.
    private static final int SIZE = 16;

    private static final double NOISE = 0.1;
    private static final int TESTS = 1024;

    private static final VisionTransformer NET = new VisionTransformer(4, 3, 48, 4);
    private static final int PATCHES = (SIZE / NET.patch()) * (SIZE / NET.patch());

    private final StudyRun run;
    private final Trained trained;

    private Vision(StudyRun run, Trained trained) {
        this.run = run;
        this.trained = trained;
    }

    static Vision trained(StudyRun run) {
        Recipe recipe = Recipe.usual(new Shapes(SIZE, NOISE))
                .with(Map.of(
                        "net",
                        NET,
                        "steps",
                        (long) run.count("net-steps"),
                        "seeds",
                        LongStream.range(0, run.seedCount()).boxed().toList()));
        return new Vision(run, run.train("the vision transformer", recipe));
    }

    /// The share of held-out images whose shape it tells, of the median seed.
    double accuracy() {
        double[] each = Objects.requireNonNull(trained.test().get("accuracy"));
        return Bar.median(Arrays.stream(each).boxed().toList());
    }

    /// Patches of images; the classifier is the head, and collages are of the same shapes.
    Tokens tokens(long seed) {
        int count = run.count("tokens");
        return Tokens.of(
                drawn(seed, count, LATER),
                drawn(seed, count, LATER + 1),
                scale -> new Cell.Tried(
                        drawn(seed, TESTS, LATER + 2).times(scale),
                        Optional.of(head(seed)),
                        List.of(collages(seed, scale, 1), collages(seed, scale, 2))));
    }

    /// How well its own logits tell which shapes a collage holds: they are taken as latents, but for the head's
    /// bias, which moves no threshold's meaning.
    double logits(Tokens tokens, long seed) {
        List<Identifiability.Seen> seen = tokens.tried().collages().stream()
                .map(some -> new Identifiability.Seen(
                        Scope.free(() -> SparseRows.of(some.tokens()
                                .reshape(-1, PATCHES, NET.dModel())
                                .mean(1, false)
                                .linear(head(seed), null))),
                        some.present()))
                .toList();
        return Identifiability.of(tokens.tried().collages().getFirst().names(), seen.getFirst(), seen.getLast(), seed)
                .accuracy();
    }

    /// `[class, d]`
    private Tensor head(long seed) {
        return Objects.requireNonNull(trained.parameters().get("head.weight")).select(0, seed);
    }

    /// @param which of the two sets
    private Cell.Objects collages(long seed, double scale, long which) {
        Collages drawn = Collages.of(run.count("collages"), SIZE, NOISE, 100 * seed + which);
        return new Cell.Objects(
                Stream.of(Shapes.Kind.values()).map(Shapes.Kind::name).toList(),
                Scope.keep(
                        () -> patches(drawn.forEach(trained.recipe().instances().size()), seed)
                                .times(scale)),
                PATCHES,
                drawn.present());
    }

    /// Patches of images of the task, `[count, d]`.
    private Tensor drawn(long seed, int count, long step) {
        Recipe recipe = trained.recipe();
        int images = (count + PATCHES - 1) / PATCHES;
        return Scope.keep(() -> {
            try (TaskData data = new TaskData(recipe.task(), recipe.instances(), images, Dtype.F32)) {
                return patches(data.batch(step).x(), seed).slice(0, 0, count).copy();
            }
        });
    }

    /// @param images `[instance, n, 1, size, size]`
    /// @return `[n * patch, d]`
    private Tensor patches(Tensor images, long seed) {
        Tensor[] taken = new Tensor[1];
        return Scope.keep(() -> {
            trained.outputs(images, (name, value) -> {
                if (name.equals("final_normalized")) {
                    taken[0] = Scope.detach(value.select(0, seed).copy());
                }
                return value;
            });
            try (Tensor all = Objects.requireNonNull(taken[0])) {
                return all.reshape(-1, NET.dModel()).copy();
            }
        });
    }

    @Override
    public void close() {
        trained.close();
    }
}
