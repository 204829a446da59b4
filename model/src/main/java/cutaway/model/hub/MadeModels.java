package cutaway.model.hub;

import cutaway.model.Fingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// The models that a script put together in the cache from another form of file: `models/NAME/config.json`,
/// with safetensors beside it.
///
/// @param folder the cache
record MadeModels(Path folder) {

    /// What makes each.
    static final Map<String, String> SCRIPTS = Map.of(Hub.MINILM, "scripts/minilm");

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]*");
    private static final String CONFIG = "config.json";
    private static final String STAMP = "made.json";
    private static final JsonMapper JSON = JsonMapper.shared();

    /// The hash of the files while they have these sizes and times, so that a list of models hashes nothing twice.
    ///
    /// @param size of all, in bytes
    /// @param modified of the newest, in milliseconds since 1970
    private record Stamp(long size, long modified, String sha256) {}

    Optional<Path> find(String name) {
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        Path home = folder.resolve("models").resolve(name);
        return Files.isRegularFile(home.resolve(CONFIG)) ? Optional.of(home) : Optional.empty();
    }

    List<CachedModel> all() {
        List<CachedModel> found = new ArrayList<>();
        try {
            for (Path home : CacheFiles.children(folder.resolve("models"))) {
                String name = home.getFileName().toString();
                if (find(name).isPresent()) {
                    Stamp now = stamp(home);
                    found.add(new CachedModel(name, home, now.size, now.sha256));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(found);
    }

    /// @return the bytes that were freed; empty where there is no such model
    Optional<Long> remove(String name) throws IOException {
        Optional<Path> home = find(name);
        return home.isEmpty() ? Optional.empty() : Optional.of(CacheFiles.remove(home.get()));
    }

    private static Stamp stamp(Path home) throws IOException {
        long size = 0;
        long modified = 0;
        for (Path file : CacheFiles.children(home)) {
            if (!file.endsWith(STAMP) && Files.isRegularFile(file)) {
                size += Files.size(file);
                modified = Math.max(modified, Files.getLastModifiedTime(file).toMillis());
            }
        }
        Stamp last = read(home.resolve(STAMP));
        if (last != null && last.size == size && last.modified == modified) {
            return last;
        }
        Stamp fresh = new Stamp(size, modified, Fingerprint.of(home));
        if (Files.isWritable(home)) {
            CacheFiles.write(home.resolve(STAMP), JSON.writeValueAsBytes(fresh));
        }
        return fresh;
    }

    private static @Nullable Stamp read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), Stamp.class);
        } catch (IOException | JacksonException e) {
            return null; // hashed again
        }
    }
}
