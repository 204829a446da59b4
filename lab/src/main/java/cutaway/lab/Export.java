package cutaway.lab;

import cutaway.features.exchange.NewFolder;
import cutaway.tensor.training.Curve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;

/// A trained model as a folder of the user's: `model.safetensors`, `recipe.json` (a recipe, to train it again),
/// `curve.jsonl` and the snapshots; of transformers also a folder for each instance, such as `seed-0`, that opens
/// like a model from outside: `config.json`, `model.safetensors`, `tokenizer.json`.
public final class Export {

    private Export() {}

    /// Whether a folder is what [#write] makes of a recipe.
    public static boolean isThere(Recipe recipe, Path target) {
        try {
            return Files.exists(target.resolve(LabFolder.MODEL))
                    && Files.readString(target.resolve(LabFolder.RECIPE)).equals(RecipeFile.pretty(recipe));
        } catch (IOException e) {
            return false;
        }
    }

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
        if (OpenModel.isOf(trained.recipe())) {
            for (int i = 0; i < trained.recipe().instances().size(); i++) {
                Path one = Files.createDirectories(folder.resolve(OpenModel.name(trained.recipe(), i)));
                OpenModel.write(trained.recipe(), i, trained.parameters(), one);
            }
        }
    }
}
