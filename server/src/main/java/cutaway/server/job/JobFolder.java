package cutaway.server.job;

import cutaway.server.api.Json;
import cutaway.server.api.Refusal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// Where jobs and what came of them are kept: `ID.job.json` and `ID.result.json`, each whole or not there.
final class JobFolder {

    private static final String JOB = ".job.json";
    private static final String RESULT = ".result.json";

    private final Path folder;

    JobFolder(Path folder) {
        this.folder = folder;
    }

    /// All jobs, the oldest first. A file that cannot be read is left where it is, and is no job.
    List<Job> all() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().endsWith(JOB))
                    .flatMap(file -> read(file).stream())
                    .sorted(Comparator.comparing(Job::created).thenComparing(Job::id))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<Job> read(Path file) {
        try {
            return Optional.of(Json.MAPPER.readValue(Files.readString(file), Job.class));
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /// @throws Refusal when the disk refuses
    void put(Job job) {
        Json.put(folder.resolve(job.id() + JOB), job);
    }

    /// @throws Refusal when the disk refuses
    void putResult(String id, Object result) {
        Json.put(folder.resolve(id + RESULT), result);
    }

    /// What came of a job, as JSON.
    Optional<String> result(String id) {
        Path file = folder.resolve(id + RESULT);
        try {
            return Files.isRegularFile(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            throw new Refusal(507, "cannot read " + file.getFileName() + " (" + e.getMessage() + "); run it again.");
        }
    }

    void remove(String id) {
        try {
            Files.deleteIfExists(folder.resolve(id + RESULT));
            Files.deleteIfExists(folder.resolve(id + JOB));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
