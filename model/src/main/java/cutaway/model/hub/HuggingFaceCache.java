package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The models that Hugging Face's own programs keep on this machine, read where they are and never written:
///
///     models--OWNER--REPO/refs/REVISION            the commit that it meant when it was fetched
///     models--OWNER--REPO/snapshots/COMMIT/FILE    links to the content
///
/// @param folder of the cache, such as `~/.cache/huggingface/hub`
record HuggingFaceCache(Path folder) {

    private static final String PREFIX = "models--";

    /// Where the environment puts it.
    static HuggingFaceCache of(Map<String, String> environment) {
        for (String variable : List.of("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")) {
            String named = environment.getOrDefault(variable, "");
            if (!named.isEmpty()) {
                return new HuggingFaceCache(expanded(named));
            }
        }
        String home = environment.getOrDefault("HF_HOME", "");
        if (!home.isEmpty()) {
            return new HuggingFaceCache(expanded(home).resolve("hub"));
        }
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = shared.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(shared);
        return new HuggingFaceCache(base.resolve("huggingface").resolve("hub"));
    }

    private static Path expanded(String path) {
        return path.startsWith("~/") ? Path.of(System.getProperty("user.home"), path.substring(2)) : Path.of(path);
    }

    /// The model of this name; empty where it is not here, or not complete.
    ///
    /// @throws BadInputException where several files could be meant
    Optional<Path> find(HubName name) {
        return snapshot(name).flatMap(snapshot -> {
            if (name.file().isPresent()) {
                Path file = snapshot.resolve(name.file().get());
                return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
            }
            if (isModel(snapshot)) {
                return Optional.of(snapshot);
            }
            List<String> files = ggufs(snapshot);
            if (files.size() > 1) {
                throw new BadInputException("%s: several of its files are in %s; name one: %s."
                        .formatted(
                                name,
                                folder,
                                files.stream()
                                        .map(file -> name.withFile(file).toString())
                                        .collect(Collectors.joining(", "))));
            }
            return files.stream().findFirst().map(snapshot::resolve);
        });
    }

    /// The complete models of revision `main`.
    List<FoundModel> all() {
        List<FoundModel> found = new ArrayList<>();
        try {
            for (Path repository : CacheFiles.children(folder)) {
                String id = repository.getFileName().toString();
                Optional<HubName> name = id.startsWith(PREFIX)
                        ? HubName.parse(id.substring(PREFIX.length()).replaceFirst("--", "/"))
                        : Optional.empty();
                name.ifPresent(known -> snapshot(known).ifPresent(snapshot -> found.addAll(models(known, snapshot))));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(found);
    }

    private static List<FoundModel> models(HubName name, Path snapshot) {
        List<FoundModel> models = new ArrayList<>();
        if (isModel(snapshot)) {
            models.add(new FoundModel(name.toString(), snapshot));
        }
        for (String file : ggufs(snapshot)) {
            models.add(new FoundModel(name.withFile(file).toString(), snapshot.resolve(file)));
        }
        return models;
    }

    private Optional<Path> snapshot(HubName name) {
        Path repository = folder.resolve(PREFIX + name.folder());
        Path ref = repository.resolve("refs").resolve(name.revision());
        String commit = name.revision();
        try {
            if (Files.isRegularFile(ref, LinkOption.NOFOLLOW_LINKS)) {
                commit = Files.readString(ref).strip();
            }
        } catch (IOException e) {
            return Optional.empty();
        }
        Path snapshot = repository.resolve("snapshots").resolve(commit);
        return commit.matches("[0-9a-f]{40}") && Files.isDirectory(snapshot) ? Optional.of(snapshot) : Optional.empty();
    }

    /// Whether a folder has config.json and all its safetensors.
    private static boolean isModel(Path snapshot) {
        if (!Files.isRegularFile(snapshot.resolve(Selection.CONFIG))) {
            return false;
        }
        if (Files.isRegularFile(snapshot.resolve(Selection.SINGLE))) {
            return true;
        }
        Path index = snapshot.resolve(Selection.INDEX);
        if (!Files.isRegularFile(index)) {
            return false;
        }
        try {
            JsonNode map = JsonMapper.shared().readTree(index.toFile()).path("weight_map");
            Set<String> shards = new TreeSet<>();
            map.values().forEach(shard -> shards.add(shard.asString("")));
            return !shards.isEmpty() && shards.stream().allMatch(shard -> Files.isRegularFile(snapshot.resolve(shard)));
        } catch (JacksonException e) {
            return false;
        }
    }

    private static List<String> ggufs(Path snapshot) {
        try (Stream<Path> files = Files.walk(snapshot, 3)) {
            return files.filter(file -> file.toString().endsWith(".gguf") && Files.isRegularFile(file))
                    .map(file -> snapshot.relativize(file).toString().replace('\\', '/'))
                    .filter(Selection::isFirst)
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of();
        }
    }
}
