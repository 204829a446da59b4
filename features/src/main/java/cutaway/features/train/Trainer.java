package cutaway.features.train;

import cutaway.features.coder.Coder;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Checkpoint;
import cutaway.tensor.training.Pace;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Trains a coder from beginning to end: batch after batch, with a checkpoint now and then.
///
/// A run that was stopped goes on from its last checkpoint and ends bit for bit as one that was not: the batches are a
/// function of the step's number, and a checkpoint holds everything else.
public final class Trainer {

    private static final Origin NOWHERE = new Origin("", List.of(), List.of(), Map.of());

    /// Where batches come from.
    public interface Source {

        /// The batch of a step, the same whenever it is asked for; its tensors belong to the scope that is open.
        Batch batch(long step);
    }

    /// @param x inputs, `[n, dIn]`
    /// @param y what is to be reconstructed, `[n, dOut]`; for autoencoders the inputs
    public record Batch(Tensor x, Tensor y) {}

    private final Training training;
    private final Source source;
    private final Path folder;
    private final String recipe;
    private final Pace pace;
    private final long begun = System.nanoTime();
    private double before;
    private Consumer<Progress> each = _ -> {};

    /// @param folder where the checkpoint is kept
    /// @param recipe what the run is made by, as text: a checkpoint of another recipe is refused
    public Trainer(Training training, Source source, Path folder, String recipe, Pace pace) {
        this.training = training;
        this.source = source;
        this.folder = folder;
        this.recipe = recipe;
        this.pace = pace;
    }

    /// Goes on from the folder's checkpoint, where there is one.
    ///
    /// @return how many steps were made before
    public long resume() {
        training.restore(folder, recipe);
        return training.steps();
    }

    /// Makes the steps that are left.
    ///
    /// @param before seconds that the run has taken already
    /// @param each is told after the first step, then as often as the pace says, and after the last
    /// @throws BadInputException when the run collapses: the last checkpoint is kept, the cause named
    public void run(double before, Consumer<Progress> each) {
        begin(before, each);
        while (!isDone()) {
            try (Scope _ = Scope.open()) {
                advance(source.batch(steps()));
            }
        }
    }

    /// Says whom to tell of the steps that follow; see [#run].
    void begin(double secondsBefore, Consumer<Progress> listener) {
        before = secondsBefore;
        each = listener;
    }

    /// One step, with what the pace has follow it.
    ///
    /// @param batch of the step that comes next
    void advance(Batch batch) {
        Map<String, Double> losses = step(batch);
        if (steps() == 1 || steps() % pace.report() == 0 || isDone()) {
            each.accept(progress(batch, losses));
        }
        if (steps() % pace.keep() == 0 || isDone()) {
            keep();
        }
    }

    boolean isDone() {
        return training.isDone();
    }

    /// How many steps were made.
    long steps() {
        return training.steps();
    }

    Path folder() {
        return folder;
    }

    Source source() {
        return source;
    }

    private Map<String, Double> step(Batch batch) {
        try {
            return training.step(batch.x, batch.y);
        } catch (Collapse e) {
            throw new BadInputException(
                    "training stopped: " + e.getMessage() + "; " + Checkpoint.left(folder)
                            + ". Lower the learning rate, or look for"
                            + " activations that are far larger than the others.",
                    e);
        }
    }

    /// Writes the checkpoint now.
    ///
    /// @throws BadInputException when the disk refuses; the last checkpoint is kept
    public void keep() {
        Checkpoint.write(folder, training.state(), training.steps(), recipe);
    }

    private Progress progress(Batch batch, Map<String, Double> losses) {
        Coder coder = training.coder();
        try (Dictionary dictionary = coder.dictionary(NOWHERE)) {
            return Scope.free(() -> {
                SparseRows codes = dictionary.encode(batch.x);
                Tensor error = dictionary.decode(codes, batch.x).minus(batch.y);
                Tensor spread = batch.y.minus(batch.y.mean(0, true));
                double unexplained = Math.pow(error.norm(), 2) / Math.pow(spread.norm(), 2);
                return new Progress(
                        training.steps(),
                        before + (System.nanoTime() - begun) / 1e9,
                        losses,
                        (double) codes.values().length / codes.rows(),
                        1 - unexplained,
                        coder.deadShare());
            });
        }
    }
}
