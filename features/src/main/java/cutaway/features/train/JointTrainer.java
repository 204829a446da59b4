package cutaway.features.train;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;

/// Trains several coders in one pass over the data: each batch is read once and given to all.
///
/// Each run keeps its own checkpoint and ends bit for bit as it would alone, for nothing but the batch is shared. Where
/// runs were stopped at different steps, those that are behind go on first, until all are at the same one.
public final class JointTrainer {

    /// @param seconds that the run has taken already
    /// @param each is told what [Trainer#run] tells
    public record Run(Trainer trainer, double seconds, Consumer<Progress> each) {}

    private final Trainer.Source source;
    private final List<Trainer> trainers;

    /// @param runs of one source, at least one
    public JointTrainer(List<Run> runs) {
        trainers = runs.stream().map(Run::trainer).toList();
        source = trainers.getFirst().source();
        if (trainers.stream().anyMatch(trainer -> !trainer.source().equals(source))) {
            throw new IllegalArgumentException("runs over several sources; expected one");
        }
        runs.forEach(run -> run.trainer.begin(run.seconds, run.each));
    }

    /// Makes the steps that are left of all runs.
    ///
    /// @throws BadInputException when one collapses: it keeps its last checkpoint, the others are kept as they are
    public void run() {
        for (OptionalLong step = next(); step.isPresent(); step = next()) {
            try (Scope _ = Scope.open()) {
                advance(step.getAsLong(), source.batch(step.getAsLong()));
            }
        }
    }

    /// The first step that a run has still to make.
    private OptionalLong next() {
        return trainers.stream()
                .filter(trainer -> !trainer.isDone())
                .mapToLong(Trainer::steps)
                .min();
    }

    private void advance(long step, Trainer.Batch batch) {
        for (Trainer trainer : trainers) {
            if (trainer.isDone() || trainer.steps() != step) {
                continue;
            }
            try {
                trainer.advance(batch);
            } catch (BadInputException e) {
                throw trainers.size() > 1 && e.getCause() instanceof Collapse ? others(trainer, e) : e;
            }
        }
    }

    /// Keeps the other runs as they are, which one that collapsed does not harm.
    private BadInputException others(Trainer collapsed, BadInputException why) {
        trainers.stream().filter(trainer -> trainer != collapsed).forEach(Trainer::keep);
        return new BadInputException(
                "of " + trainers.size() + " dictionaries, " + collapsed.folder().getFileName() + " failed: "
                        + why.getMessage() + " The others are kept where they are: without that"
                        + " one, the same command goes on with them.",
                why);
    }
}
