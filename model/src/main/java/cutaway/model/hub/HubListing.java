package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a repository holds at one commit: the hub's answer to `/api/models/OWNER/REPO/revision/REVISION?blobs=true`,
///
///     {"sha": COMMIT, "siblings": [{"rfilename": "config.json", "size": 700, "blobId": SHA1},
///                                  {"rfilename": "model.safetensors", "size": 9, "blobId": SHA1 of the pointer,
///                                   "lfs": {"size": 9, "sha256": SHA256, "pointerSize": 134}}]}
///
/// @param license as the repository states it, or empty
record HubListing(HubName name, String commit, String license, List<HubFile> files) {

    private static final Pattern UNSAFE = Pattern.compile("(.*/)?\\.{0,2}(/.*)?|.*[\\\\\\p{Cntrl}].*", Pattern.DOTALL);

    /// @throws BadInputException where the answer is not of this form, or names a file outside of the repository
    static HubListing of(HubName name, byte[] answer) {
        JsonNode json;
        try {
            json = JsonMapper.shared().readTree(answer);
        } catch (JacksonException e) {
            throw odd(name, "an answer that is not JSON", e);
        }
        String commit = json.path("sha").asString("");
        if (!commit.matches("[0-9a-f]{40}") || !json.path("siblings").isArray()) {
            throw odd(name, "an answer without \"sha\" and \"siblings\"", null);
        }
        List<HubFile> files = new ArrayList<>();
        for (JsonNode sibling : json.path("siblings")) {
            files.add(file(name, sibling));
        }
        return new HubListing(
                name, commit, json.path("cardData").path("license").asString(""), List.copyOf(files));
    }

    private static HubFile file(HubName name, JsonNode sibling) {
        String path = sibling.path("rfilename").asString("");
        if (UNSAFE.matcher(path).matches()) {
            throw odd(
                    name,
                    "a file named \"" + path.replaceAll("\\p{Cntrl}", "?") + "\", which would leave its folder",
                    null);
        }
        JsonNode lfs = sibling.path("lfs");
        boolean large = lfs.isObject();
        long size = (large ? lfs : sibling).path("size").asLong(-1);
        ContentHash.Kind kind = large ? ContentHash.Kind.SHA_256 : ContentHash.Kind.GIT_BLOB;
        String hex =
                large ? lfs.path("sha256").asString("") : sibling.path("blobId").asString("");
        if (size < 0 || !kind.accepts(hex)) {
            throw odd(name, path + " without its size and hash", null);
        }
        return new HubFile(path, size, new ContentHash(kind, hex));
    }

    private static BadInputException odd(HubName name, String what, @Nullable Throwable cause) {
        String message = "the hub answered for %s with %s; nothing was fetched. Is HF_ENDPOINT right?"
                .formatted(name.id(), what);
        return cause == null ? new BadInputException(message) : new BadInputException(message, cause);
    }

    Optional<HubFile> file(String path) {
        return files.stream().filter(file -> file.path().equals(path)).findFirst();
    }

    boolean holds(String path) {
        return file(path).isPresent();
    }
}
