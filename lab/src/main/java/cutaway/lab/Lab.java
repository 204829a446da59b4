package cutaway.lab;

import cutaway.lab.task.TaskData;
import cutaway.lab.train.Progress;
import cutaway.lab.train.Trainer;
import cutaway.lab.train.Training;
import cutaway.model.hub.Hub;
import cutaway.tensor.training.Curve;
import cutaway.tensor.training.Pace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// Trains recipes, each once: what was trained is found in the cache from then on.
///
/// @param cache the folder that all trainings are kept in
public record Lab(Path cache) {

    /// Tells nobody.
    public static final Listener SILENT = new Listener(_ -> {}, _ -> {});

    /// A run writes about so many checkpoints.
    private static final long CHECKPOINTS = 50;

    /// Whom a training tells of itself.
    ///
    /// @param begun how many steps were made before, once that is known; all of them where it was done
    /// @param step how many steps are made, after each
    /// @param progress each point of the curve, when it is made
    public record Listener(Consumer<Long> begun, LongConsumer step, Consumer<Progress> progress) {

        /// Is not told of steps between the points.
        public Listener(Consumer<Long> begun, Consumer<Progress> progress) {
            this(begun, _ -> {}, progress);
        }
    }

    /// That of the user's cache.
    public static Lab usual() {
        return new Lab(Hub.cacheFolder().resolve("lab"));
    }

    /// Where a recipe is kept, trained or not.
    public Path folder(Recipe recipe) {
        return LabFolder.of(cache, recipe).path();
    }

    /// Trains a recipe, goes on with it where it was stopped, or opens it where it was trained before.
    ///
    /// @throws cutaway.tensor.BadInputException when the folder is of another version, when numbers become
    ///     infinite, or when the disk refuses; the last checkpoint is kept
    public Trained train(Recipe recipe, Listener listener) {
        return train(recipe, listener, Math.max(1, recipe.steps() / CHECKPOINTS));
    }

    /// @param keep steps between two checkpoints, which decides nothing but what is lost when it is stopped
    public Trained train(Recipe recipe, Listener listener, long keep) {
        LabFolder folder = LabFolder.of(cache, recipe);
        folder.prepare(recipe);
        if (!folder.isDone()) {
            try (FileChannel _ = folder.lock()) {
                if (!folder.isDone()) { // by another process, meanwhile
                    run(recipe, folder, listener, keep);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else {
            listener.begun.accept(recipe.steps());
        }
        return new Trained(recipe, folder);
    }

    private static void run(Recipe recipe, LabFolder folder, Listener listener, long keep) {
        try (SmallNet net = SmallNet.start(recipe);
                TaskData data = new TaskData(
                        recipe.task(),
                        recipe.instances(),
                        recipe.batch(),
                        recipe.precision().dtype());
                Training training = new Training(
                        net,
                        recipe.descent().optimiser(net.parameters(), net.matrices()),
                        recipe.rate(),
                        recipe.steps(),
                        recipe.clip())) {
            Trainer trainer = new Trainer(
                    training,
                    data,
                    data.test(),
                    folder.path(),
                    RecipeFile.text(recipe),
                    new Pace(recipe.every(), keep),
                    recipe.snapshots().of(recipe.steps()));
            long before = trainer.resume();
            Curve<Progress> curve = Curve.of(folder.path(), before, Progress.class);
            listener.begun.accept(before);
            trainer.run(
                    curve.seconds(),
                    new Trainer.Listener(
                            listener.step,
                            point -> {
                                curve.add(point);
                                listener.progress.accept(point);
                            },
                            (step, parameters) -> folder.write(folder.snapshot(step), parameters, recipe, step)));
            folder.write(folder.model(), net.parameters(), recipe, recipe.steps());
            folder.removeCheckpoint();
        }
    }
}
