package cutaway.lab;

import cutaway.features.exchange.NewFolder;
import cutaway.tensor.training.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;

/// A trained model as a folder of the user's: `model.safetensors`, `recipe.json` (a recipe, to train it again),
/// `curve.jsonl` and the snapshots.
public final class Export {

    private Export() {}

    /// The folder is complete or not there.
    ///
    /// @throws cutaway.tensor.BadInputException when there is something there already
    /// @throws java.io.UncheckedIOException when the disk refuses
    public static void write(Trained trained, Path target) {
        NewFolder.write(target, folder -> fill(trained, folder));
    }

    private static void fill(Trained trained, Path folder) throws IOException {
        Path from = trained.folder();
        for (String name : new String[] {LabFolder.MODEL, Curve.FILE}) {
            Files.copy(from.resolve(name), folder.resolve(name));
        }
        Files.writeString(folder.resolve(LabFolder.RECIPE), RecipeFile.pretty(trained.recipe()));
        SortedSet<Long> steps = trained.snapshots();
        if (!steps.isEmpty()) {
            Path snapshots = Files.createDirectories(folder.resolve(LabFolder.SNAPSHOTS));
            for (long step : steps) {
                Path one = new LabFolder(from).snapshot(step);
                Files.copy(one, snapshots.resolve(one.getFileName()));
            }
        }
    }
}
