package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.hub.CachedModel;
import cutaway.model.hub.Hub;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway models`: what is in the cache; with a name, fetches that model where it is missing.
@Command(
        name = "models",
        description = "Lists the models in the cache, or fetches one.",
        footer = {"", "Example:", "  cutaway models " + Hub.DEFAULT},
        mixinStandardHelpOptions = true)
final class Models implements Callable<Integer> {

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A model to fetch, unless it is here already.")
    @Nullable
    private String name;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Result(@JsonProperty("default") String defaultModel, List<Cached> cached) {}

    /// @param path of the file
    /// @param size in bytes
    private record Cached(String name, String path, long size, String sha256) {}

    @Override
    public Integer call() {
        if (name != null) {
            String path = Hub.resolve(name).toString();
            if (!console.isJson()) {
                console.line("%s", path);
                return 0;
            }
        }
        List<CachedModel> models = Hub.cached();
        if (console.isJson()) {
            console.json(new Result(
                    Hub.DEFAULT,
                    models.stream()
                            .map(model ->
                                    new Cached(model.name(), model.path().toString(), model.size(), model.sha256()))
                            .toList()));
            return 0;
        }
        for (CachedModel model : models) {
            String mark = model.name().equals(Hub.DEFAULT) ? "  (the default)" : "";
            console.line("%s%s  %,d bytes  sha256 %s", model.name(), mark, model.size(), model.sha256());
            console.line("    %s", model.path());
        }
        if (models.stream().noneMatch(model -> model.name().equals(Hub.DEFAULT))) {
            console.line("the default, %s, is not here yet; fetch it: cutaway models %s", Hub.DEFAULT, Hub.DEFAULT);
        }
        return 0;
    }
}
