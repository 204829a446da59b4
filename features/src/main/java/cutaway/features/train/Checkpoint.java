package cutaway.features.train;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A training run as it is kept on disk to go on from: one safetensors file with all its state, and in the header what
/// it belongs to. The file is replaced as a whole, so there is always a good one.
final class Checkpoint {

    private static final String STEPS = "steps";
    private static final String RECIPE = "recipe";

    private Checkpoint() {}

    /// @param recipe what the run is made by, as text; another one will not go on from this file
    /// @throws java.io.UncheckedIOException when the disk refuses; the last checkpoint is still there then
    static void write(Path path, Training training, String recipe) {
        TensorFile.write(
                path,
                new LinkedHashMap<>(training.state()),
                Map.of(STEPS, Long.toString(training.steps()), RECIPE, recipe));
    }

    /// Puts a run where it was when the checkpoint was written.
    ///
    /// @throws BadInputException when the file is of another recipe, or damaged
    static void restore(Path path, Training training, String recipe) {
        try (SafetensorsFile file = SafetensorsFile.open(path);
                Scope _ = Scope.open()) {
            String of = file.metadata().getOrDefault(RECIPE, "");
            if (!of.equals(recipe)) {
                throw new BadInputException(path + " was written by another run (" + of
                        + "); give the same recipe to go on with it, or another folder to begin anew.");
            }
            Map<String, Tensor> state = TensorFile.readAll(file);
            training.restore(state, steps(path, file));
        }
    }

    private static long steps(Path path, SafetensorsFile file) {
        try {
            return Long.parseLong(file.metadata().getOrDefault(STEPS, ""));
        } catch (NumberFormatException e) {
            throw new BadInputException(path + " does not say how many steps it was written after.", e);
        }
    }
}
