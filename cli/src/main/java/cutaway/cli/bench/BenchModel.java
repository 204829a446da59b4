package cutaway.cli.bench;

import cutaway.model.export.Export;
import cutaway.model.gguf.BlockType;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/// The weights that Cutaway and its rivals open: a model as a Hugging Face folder in float32.
final class BenchModel {

    private BenchModel() {}

    /// The folder, written once into the cache.
    ///
    /// @param model a file or folder that Cutaway opens
    static Path folder(Path model, Consumer<String> progress) {
        String name = model.getFileName().toString().replaceFirst("\\.gguf$", "");
        Path folder = Hub.cacheFolder().resolve("bench-models").resolve(name + "-by-cutaway");
        if (!Files.exists(folder.resolve("config.json"))) {
            progress.accept("writing " + folder);
            make(folder.resolveSibling(""));
            var _ = Export.toFolder(model, folder, BlockType.F32, (step, share) -> {});
        }
        return folder;
    }

    private static void make(Path parent) {
        try {
            Files.createDirectories(parent);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot make " + parent + " for the bench's weights (" + e.getMessage() + ").", e);
        }
    }
}
