package cutaway.model;

import cutaway.model.family.Family;
import cutaway.model.family.Settings;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Which models are decoders, in which a position sees only those before it, as far as their settings tell: the weights
/// stay closed. A file of settings is read once, and again when it was changed.
public final class Decoders {

    private final Map<Path, Read> read = new ConcurrentHashMap<>();

    private record Read(FileTime changed, long size, boolean isDecoder) {}

    /// Whether the model at a path is one. What cannot be read counts as one; opening it says what is wrong.
    ///
    /// @param model a GGUF file, which holds decoders alone, or a Hugging Face folder
    public boolean contain(Path model) {
        Path config = model.resolve("config.json");
        try {
            BasicFileAttributes file = Files.readAttributes(config, BasicFileAttributes.class);
            if (!file.isRegularFile()) {
                return true;
            }
            Read known = read.get(config);
            if (known == null || !known.changed.equals(file.lastModifiedTime()) || known.size != file.size()) {
                known = new Read(file.lastModifiedTime(), file.size(), isDecoder(config));
                read.put(config, known);
            }
            return known.isDecoder;
        } catch (IOException e) {
            return true;
        }
    }

    private static boolean isDecoder(Path config) {
        try {
            Settings settings = Settings.ofJson(config);
            return Family.listed(settings.string("model_type"))
                    .map(family -> family.isCausal(settings))
                    .orElse(true);
        } catch (BadInputException e) {
            return true;
        }
    }
}
