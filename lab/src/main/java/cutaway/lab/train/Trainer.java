package cutaway.lab.train;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.Pace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/// Makes all steps of a training, with a checkpoint now and then, once a minute at least.
///
/// A run that was stopped, however it was, goes on from its last checkpoint and ends bit for bit as one that was not:
/// batches are a function of the step's number, and a checkpoint holds everything else.
public final class Trainer {

    /// The work of a run that is lost at most when it is stopped, in nanoseconds, however long its pace.
    private static final long LOST = 60_000_000_000L;

    /// Whom a run tells of itself.
    ///
    /// @param step is told the number of every step, once it is made
    /// @param progress is told after the first step, then as often as the pace says, and after the last
    /// @param snapshot is given the parameters after each step that is to be looked at later, 0 for the start
    public record Listener(LongConsumer step, Consumer<Progress> progress, Snapshot snapshot) {}

    /// Takes parameters after a step; they change with the next.
    @FunctionalInterface
    public interface Snapshot {
        void take(long step, Map<String, Tensor> parameters);
    }

    private final Training training;
    private final Source source;
    private final Optional<Batch> test;
    private final Path folder;
    private final String recipe;
    private final Pace pace;
    private final SortedSet<Long> snapshots;
    private final long begun = System.nanoTime();
    private long kept = begun;

    /// @param test held-out examples, where there are any
    /// @param folder where the checkpoint is kept
    /// @param recipe what the run is made by, as text: a checkpoint of another recipe is refused
    /// @param snapshots after which steps parameters are to be looked at
    public Trainer(
            Training training,
            Source source,
            Optional<Batch> test,
            Path folder,
            String recipe,
            Pace pace,
            SortedSet<Long> snapshots) {
        this.training = training;
        this.source = source;
        this.test = test;
        this.folder = folder;
        this.recipe = recipe;
        this.pace = pace;
        this.snapshots = new TreeSet<>(snapshots);
    }

    /// Goes on from the folder's checkpoint, where there is one.
    ///
    /// @return how many steps were made before
    public long resume() {
        training.goOnAfter(Checkpoint.restore(folder, training.state(), recipe));
        return training.steps();
    }

    /// Makes the steps that are left.
    ///
    /// @param before seconds that the run has taken already
    /// @throws BadInputException when the run collapses, naming step and place: the last checkpoint is kept
    public void run(double before, Listener listener) {
        try {
            if (training.steps() == 0) {
                take(listener);
            }
            while (!training.isDone()) {
                advance(before, listener);
            }
        } catch (Collapse e) {
            throw new BadInputException(
                    "training stopped: " + e.getMessage() + "; " + Checkpoint.left(folder) + taken()
                            + ". Lower the learning rate, or clip the gradients.",
                    e);
        }
    }

    /// Which snapshots there are, for the end of a sentence.
    private String taken() {
        SortedSet<Long> until = snapshots.headSet(training.steps());
        return until.isEmpty()
                ? ""
                : "; snapshots were kept after " + (until.size() == 1 ? "step " : "the steps ")
                        + until.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private void advance(double before, Listener listener) {
        Batch batch = source.batch(training.steps());
        training.step(batch);
        long steps = training.steps();
        if (steps == 1 || steps % pace.report() == 0 || training.isDone()) {
            listener.progress.accept(progress(before, batch));
        }
        listener.step.accept(steps);
        take(listener);
        if (steps % pace.keep() == 0 || training.isDone() || System.nanoTime() - kept >= LOST) {
            training.check(source.batch(steps)); // a state whose loss is not finite is none to go on from
            Checkpoint.write(folder, training.state(), steps, recipe);
            kept = System.nanoTime();
        }
    }

    private void take(Listener listener) {
        if (snapshots.contains(training.steps())) {
            training.checkParameters();
            listener.snapshot.take(training.steps(), training.objective().parameters());
        }
    }

    private Progress progress(double before, Batch batch) {
        Map<String, List<Double>> values = new LinkedHashMap<>();
        training.measures(batch).forEach((name, each) -> values.put(name, boxed(each)));
        test.ifPresent(held ->
                training.measures(held).forEach((name, each) -> values.put(Progress.TEST + name, boxed(each))));
        return new Progress(training.steps(), before + (System.nanoTime() - begun) / 1e9, values);
    }

    private static List<Double> boxed(double[] values) {
        return Arrays.stream(values).boxed().toList();
    }
}
