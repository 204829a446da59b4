package cutaway.cli;

import cutaway.model.hub.Hub;
import cutaway.server.Workbench;
import cutaway.server.api.Limits;
import cutaway.server.features.Dictionaries;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What a workbench is opened with, for a page or for an agent.
final class WorkbenchOptions {

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "Where jobs and claims are kept (default: the folder workbench in Cutaway's cache).")
    private @Nullable Path folder;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description =
                    "A model to offer beside those in the cache: a file, a folder or a name; the first is the usual"
                            + " one. May be repeated (default: " + Hub.DEFAULT + ").")
    private List<String> models = new ArrayList<>();

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            defaultValue = "4GB",
            description = "What the weights of all open models may take together (default: ${DEFAULT-VALUE}).")
    private String memory = "4GB";

    @Option(
            names = "--dictionary",
            paramLabel = "DIR",
            description = "A dictionary to offer beside Cutaway's own and those in dictionaries/ of --folder. May be"
                    + " repeated.")
    private List<Path> dictionaries = new ArrayList<>();

    @Option(
            names = "--pages",
            paramLabel = "DIR",
            description = "Feature pages, or a folder of such, to show beside those in pages/ of --folder. May be"
                    + " repeated.")
    private List<Path> pages = new ArrayList<>();

    Path home() {
        return folder == null ? Hub.cacheFolder().resolve("workbench") : folder;
    }

    List<String> models() {
        return models.isEmpty() ? List.of(Hub.DEFAULT) : models;
    }

    Workbench.Settings settings(Path home, List<String> named) {
        return new Workbench.Settings(
                home,
                named,
                WeightOption.bytes("--memory", memory),
                Limits.USUAL,
                Optional.ofNullable(System.getenv("CUTAWAY_HOME")).map(root -> Path.of(root, "docs/studies")),
                Cutaway.Version.number(),
                places());
    }

    private Dictionaries.Places places() {
        for (Path given : Stream.concat(dictionaries.stream(), pages.stream()).toList()) {
            if (!Files.exists(given)) {
                throw new BadInputException(
                        "there is no \"" + given + "\"; give --dictionary and --pages what is there.");
            }
        }
        return new Dictionaries.Places(
                Optional.ofNullable(System.getenv("CUTAWAY_HOME")).map(root -> Path.of(root, "dictionaries")),
                dictionaries,
                pages);
    }
}
