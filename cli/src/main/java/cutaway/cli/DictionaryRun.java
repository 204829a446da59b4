package cutaway.cli;

import cutaway.cli.report.TrainingRecord;
import cutaway.features.coder.Coder;
import cutaway.features.store.ActivationStore;
import cutaway.features.train.JointTrainer;
import cutaway.features.train.Progress;
import cutaway.features.train.Recipe;
import cutaway.features.train.StoreSource;
import cutaway.features.train.Trainer;
import cutaway.features.train.Training;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.training.Curve;
import cutaway.tensor.training.Pace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/// One dictionary while it is trained, alone or with others: coder, optimiser, checkpoint and curve.
final class DictionaryRun implements AutoCloseable {

    /// What is asked for.
    ///
    /// @param name that tells it from the others of the command
    /// @param words what makes it sparse, in words
    record Asked(String name, String words, Recipe recipe) {}

    private final Asked asked;
    private final Coder coder;
    private final Training training;
    private final Trainer trainer;
    private final Curve<Progress> curve;
    private final long before;

    /// Goes on from the checkpoint in its folder, where there is one.
    ///
    /// @param first the first batch
    /// @param state where its checkpoint and its curve are
    DictionaryRun(Asked asked, StoreSource source, Trainer.Batch first, Path state, Pace pace) {
        this.asked = asked;
        Recipe recipe = asked.recipe;
        coder = recipe.coder().create(recipe.width(), recipe.seed(), first.x(), first.y());
        training = new Training(coder, recipe.schedule(), recipe.options());
        try {
            trainer = new Trainer(training, source, state, recipe.text(), pace);
            before = trainer.resume();
            make(state);
            curve = Curve.of(state, before, Progress.class);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static void make(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new BadInputException("cannot make the folder " + folder + " (" + e.getMessage() + ").", e);
        }
    }

    String name() {
        return asked.name;
    }

    Recipe recipe() {
        return asked.recipe;
    }

    Coder coder() {
        return coder;
    }

    /// How many steps were made.
    long steps() {
        return training.steps();
    }

    /// How many of them in an earlier session.
    long before() {
        return before;
    }

    /// What it has said of itself so far, in order.
    List<Progress> points() {
        return curve.points();
    }

    /// The run as it goes together with others.
    ///
    /// @param told whenever it has said something of itself
    JointTrainer.Run joined(Consumer<DictionaryRun> told) {
        return new JointTrainer.Run(trainer, curve.seconds(), point -> {
            curve.add(point);
            told.accept(this);
        });
    }

    /// @param seconds of this session
    TrainingRecord record(ActivationStore store, double seconds, String command) {
        long parameters = coder.parameters().values().stream()
                .mapToLong(tensor -> tensor.shape().count())
                .sum();
        Recipe recipe = asked.recipe;
        return new TrainingRecord(
                Cutaway.Version.number(),
                store.facts().model().name(),
                store.facts().model().sha256(),
                recipe.inputs().stream().map(Site::text).toList(),
                recipe.outputs().stream().map(Site::text).toList(),
                asked.words,
                recipe.width(),
                parameters,
                recipe.batch(),
                recipe.schedule().steps(),
                recipe.schedule().rate(),
                recipe.seed(),
                store.facts().texts(),
                store.vectors(),
                curve.seconds(),
                (steps() - before) * (double) recipe.batch() / Math.max(1e-9, seconds),
                command,
                points().stream()
                        .map(point -> new TrainingRecord.Point(
                                point.step(), point.losses(), point.l0(), point.explained(), point.dead()))
                        .toList());
    }

    @Override
    public void close() {
        training.close();
        coder.close();
    }
}
