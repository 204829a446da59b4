package cutaway.model.hub;

import cutaway.tensor.BadInputException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// From what a user calls a model to its file.
///
/// A path that exists wins. A known name is fetched on its first use into
/// `${CUTAWAY_CACHE:-${XDG_CACHE_HOME:-~/.cache}/cutaway}/models/NAME/` and checked by its SHA-256.
public final class Hub {

    /// The name of the model that is meant where none is named.
    public static final String DEFAULT = "smollm2-135m-instruct";

    private Hub() {}

    /// The file or folder of a model.
    ///
    /// @param nameOrPath a path, or a name such as `smollm2-135m-instruct`
    /// @throws BadInputException where neither a file nor a known model has this name, or it cannot be fetched
    public static Path resolve(String nameOrPath) {
        return resolve(nameOrPath, userCache());
    }

    /// The models in the user's cache, in the order of their names.
    public static List<CachedModel> cached() {
        return userCache().cached();
    }

    static Path resolve(String nameOrPath, ModelCache cache) {
        Path path;
        try {
            path = Path.of(nameOrPath);
        } catch (InvalidPathException e) {
            throw unknown(nameOrPath, cache.known());
        }
        if (!nameOrPath.isEmpty() && Files.exists(path)) {
            return path;
        }
        for (KnownModel model : cache.known()) {
            if (model.name().equals(nameOrPath)) {
                return cache.fetched(model);
            }
        }
        if (nameOrPath.contains("/") || nameOrPath.contains(File.separator) || nameOrPath.endsWith(".gguf")) {
            throw new BadInputException(
                    "no file or folder \"%s\" (looked for %s); give the path of a GGUF file or of a folder with safetensors, or one of the names: %s."
                            .formatted(nameOrPath, path.toAbsolutePath().normalize(), names(cache.known())));
        }
        throw unknown(nameOrPath, cache.known());
    }

    static ModelCache userCache() {
        return new ModelCache(
                cacheFolder(System.getenv()),
                KnownModel.ALL,
                new PipDownload(System.getenv().getOrDefault("PATH", ""), System.err));
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

    private static BadInputException unknown(String name, List<KnownModel> known) {
        String guess = known.stream()
                .map(KnownModel::name)
                .min(Comparator.comparingInt(candidate -> distance(name, candidate)))
                .filter(candidate -> distance(name, candidate) <= Math.max(1, name.length() / 3))
                .map(candidate -> " Did you mean " + candidate + "?")
                .orElse(" Or give the path of a GGUF file or of a folder with safetensors.");
        return new BadInputException("no model \"%s\"; known: %s.%s".formatted(name, names(known), guess));
    }

    private static String names(List<KnownModel> known) {
        return known.stream().map(KnownModel::name).sorted().collect(Collectors.joining(", "));
    }

    /// Insertions, deletions and replacements that turn what was typed into the name, or into a beginning of it.
    static int distance(String typed, String name) {
        String a = typed.toLowerCase(Locale.ROOT);
        int[] row = new int[name.length() + 1]; // [letters of the name]
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (a.charAt(i - 1) == name.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        int best = row[row.length - 1];
        for (int j = Math.min(4, row.length - 1); j < row.length; j++) {
            best = Math.min(best, row[j]);
        }
        return best;
    }
}
