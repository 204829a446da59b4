package cutaway.model.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// A model that was pulled from the hub, complete: an entry of `pulled.json` in the folder of its repository. Its files
/// are in the folder COMMIT beside it.
///
/// @param name `OWNER/REPO`
/// @param file the GGUF file that is opened, or empty for the folder
/// @param revision as it was asked for
/// @param commit what the revision meant then
/// @param license as the repository states it, or empty
/// @param sha256 of the model, as its results name it
record Pulled(
        String name, String file, String revision, String commit, String license, String sha256, List<Piece> files) {

    private static final String RECORD = "pulled.json";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /// A file, checked when it had this time: while size and time are those, its hash holds.
    ///
    /// @param modified in milliseconds since 1970
    record Piece(String path, long size, ContentHash.Kind kind, String hash, long modified) {

        static Piece of(HubFile file, Path at) throws IOException {
            return new Piece(
                    file.path(), file.size(), file.hash().kind(), file.hash().hex(), time(at));
        }

        ContentHash content() {
            return new ContentHash(kind, hash);
        }

        boolean isUntouched(Path at) throws IOException {
            return Files.size(at) == size && time(at) == modified;
        }

        private static long time(Path at) throws IOException {
            return Files.getLastModifiedTime(at).toMillis();
        }
    }

    /// Whether it is what a user means by a name; without a file, any of its repository.
    boolean is(HubName asked) {
        boolean sameRevision = revision.equals(asked.revision())
                || (asked.revision().length() >= 7 && commit.startsWith(asked.revision()));
        return sameRevision && asked.file().map(this::holds).orElse(true);
    }

    private boolean holds(String path) {
        return !file.isEmpty() && files.stream().anyMatch(piece -> piece.path().equals(path));
    }

    /// As a user types it.
    String typed() {
        return name + (file.isEmpty() ? "" : ":" + file) + (revision.equals(HubName.MAIN) ? "" : "@" + revision);
    }

    /// What is opened.
    Path path(Path home) {
        return file.isEmpty() ? home.resolve(commit) : home.resolve(commit).resolve(file);
    }

    boolean isComplete(Path home) {
        return files.stream()
                .allMatch(piece -> Files.isRegularFile(home.resolve(commit).resolve(piece.path())));
    }

    long size() {
        return files.stream().mapToLong(Piece::size).sum();
    }

    /// The models of a repository's folder, in the order in which they were pulled. A record that cannot be read is
    /// none: what it told of is checked and taken up by the next pull.
    static List<Pulled> read(Path home) {
        try {
            return List.of(JSON.readValue(Files.readAllBytes(home.resolve(RECORD)), Pulled[].class));
        } catch (IOException | JacksonException | NullPointerException e) {
            return List.of();
        }
    }

    static void write(Path home, List<Pulled> models) throws IOException {
        CacheFiles.write(home.resolve(RECORD), JSON.writeValueAsBytes(models));
    }
}
