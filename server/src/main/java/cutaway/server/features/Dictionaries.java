package cutaway.server.features;

import cutaway.features.pages.FeaturePages;
import cutaway.server.api.Refusal;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The dictionaries that a reader can name, and the feature pages of each.
///
/// A question carries a name out of this list, never a path: a page must not open any file. The folders are listed
/// anew each time, so that what was made meanwhile is there.
public final class Dictionaries {

    private static final String PAGES = "pages.json";

    private final Places places;
    private final Path folder;

    /// @param places outside of the workbench's folder
    /// @param folder of the workbench: `dictionaries/*` and `pages/*` in it count, and what was made here, in
    ///     `pages/DICTIONARY/*`
    public Dictionaries(Places places, Path folder) {
        this.places = places;
        this.folder = folder;
    }

    /// Where dictionaries and pages lie.
    ///
    /// @param shipped a folder for each model, in it one for each dictionary; empty where there is none
    /// @param given dictionaries that the user named when the server was started
    /// @param pages folders of feature pages, or folders of such, that the user named
    public record Places(Optional<Path> shipped, List<Path> given, List<Path> pages) {

        public static final Places NONE = new Places(Optional.empty(), List.of(), List.of());

        public Places {
            given = List.copyOf(given);
            pages = List.copyOf(pages);
        }
    }

    /// A dictionary on this machine.
    ///
    /// @param pages names of its feature pages
    public record DictionaryEntry(String name, List<String> pages) {}

    /// All that can be named.
    public List<DictionaryEntry> offered() {
        List<DictionaryEntry> offered = new ArrayList<>();
        paths().forEach((name, path) -> offered.add(
                new DictionaryEntry(name, List.copyOf(pages(name, path).keySet()))));
        return offered;
    }

    /// Where a dictionary lies.
    ///
    /// @throws Refusal when none of this name is offered
    public Path path(String name) {
        Path path = paths().get(name);
        if (path == null) {
            throw new Refusal(
                    404,
                    "there is no dictionary \"" + name + "\" here; there are: " + String.join(", ", paths().keySet())
                            + ". Others: --dictionary when the server is started.");
        }
        return path;
    }

    /// The feature pages of a dictionary, by name.
    ///
    /// @throws Refusal when no dictionary of this name is offered
    public Map<String, FeaturePages> pages(String name) {
        return pages(name, path(name));
    }

    /// Where new pages of a dictionary go, in the workbench's folder.
    ///
    /// @param pages a name that is no path
    /// @throws Refusal when no dictionary of this name is offered
    Path newPages(String name, String pages) {
        path(name);
        return made(name).resolve(pages);
    }

    /// The folder of what was made here of one dictionary.
    private Path made(String name) {
        return folder.resolve("pages").resolve(name.replace("/", "__"));
    }

    private Map<String, Path> paths() {
        Map<String, Path> paths = new LinkedHashMap<>();
        places.shipped.ifPresent(shipped -> {
            for (Path model : children(shipped)) {
                for (Path one : Files.isDirectory(model) ? children(model) : List.<Path>of()) {
                    if (Files.isDirectory(one)) {
                        put(paths, model.getFileName() + "/" + one.getFileName(), one);
                    }
                }
            }
        });
        children(folder.resolve("dictionaries")).forEach(one -> put(paths, last(one), one));
        places.given.forEach(one -> put(paths, last(one), one));
        return paths;
    }

    private Map<String, FeaturePages> pages(String name, Path dictionary) {
        Map<String, FeaturePages> found = new LinkedHashMap<>();
        for (Path own : Files.isDirectory(dictionary) ? children(dictionary) : List.<Path>of()) {
            opened(own).ifPresent(pages -> put(found, last(own), pages));
        }
        children(made(name)).forEach(own -> opened(own).ifPresent(pages -> put(found, last(own), pages)));
        List<Path> elsewhere = new ArrayList<>(children(folder.resolve("pages")));
        for (Path given : places.pages) {
            elsewhere.addAll(Files.isRegularFile(given.resolve(PAGES)) ? List.of(given) : children(given));
        }
        String label = name.substring(name.lastIndexOf('/') + 1);
        for (Path path : elsewhere) {
            opened(path)
                    .filter(pages -> last(Path.of(pages.facts().dictionary())).equals(label))
                    .ifPresent(pages -> put(found, last(path), pages));
        }
        return found;
    }

    /// Empty where no pages lie there, or such as cannot be read.
    private static Optional<FeaturePages> opened(Path path) {
        if (!Files.isRegularFile(path.resolve(PAGES))) {
            return Optional.empty();
        }
        try {
            return Optional.of(FeaturePages.open(path));
        } catch (BadInputException e) {
            return Optional.empty();
        }
    }

    private static <T> void put(Map<String, T> all, String name, T value) {
        String free = name;
        for (int i = 2; all.containsKey(free); i++) {
            free = name + "-" + i;
        }
        all.put(free, value);
    }

    private static String last(Path path) {
        Path name = path.toAbsolutePath().normalize().getFileName();
        return name == null ? "dictionary" : name.toString();
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
