package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.hub.CachedModel;
import cutaway.model.hub.FoundModel;
import cutaway.model.hub.Hub;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway models`: what is in the cache; with a known name, fetches that model where it is missing.
@Command(
        name = "models",
        description = "Lists the models in the cache, or fetches a known one.",
        subcommands = Models.Remove.class,
        footer = {"", "Example:", "  cutaway models", "  cutaway models " + Hub.DEFAULT},
        mixinStandardHelpOptions = true)
final class Models implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "A known model to fetch, unless it is here already; others: cutaway pull.")
    @Nullable
    private String name;

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Result(
            @JsonProperty("default") String defaultModel, List<Cached> cached, List<Found> huggingFaceCache) {}

    /// @param path of the file or folder
    /// @param size in bytes
    record Cached(String name, String path, long size, String sha256) {

        static Cached of(CachedModel model) {
            return new Cached(model.name(), model.path().toString(), model.size(), model.sha256());
        }
    }

    private record Found(String name, String path) {}

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
        List<FoundModel> found = Hub.found();
        if (console.isJson()) {
            console.json(new Result(
                    Hub.DEFAULT,
                    models.stream().map(Cached::of).toList(),
                    found.stream()
                            .map(model -> new Found(model.name(), model.path().toString()))
                            .toList()));
            return 0;
        }
        models.forEach(model -> print(console, model));
        for (FoundModel model : found) {
            console.line("%s  in Hugging Face's cache, read where it is", model.name());
            console.line("    %s", model.path());
        }
        if (models.stream().noneMatch(model -> model.name().equals(Hub.DEFAULT))) {
            console.line("the default, %s, is not here yet; fetch it: cutaway models %s", Hub.DEFAULT, Hub.DEFAULT);
        }
        return 0;
    }

    /// Name, size and hash in one line, the path in another.
    static void print(Console console, CachedModel model) {
        String mark = model.name().equals(Hub.DEFAULT) ? "  (the default)" : "";
        console.line("%s%s  %,d bytes  sha256 %s", model.name(), mark, model.size(), model.sha256());
        console.line("    %s", model.path());
    }

    /// `cutaway models rm`: frees what a model takes.
    @Command(
            name = "rm",
            description = {
                "Removes a model from Cutaway's cache.",
                "OWNER/REPO removes all that was pulled of it and what is half fetched; with :FILE or @REVISION only"
                        + " that. Files outside of Cutaway's cache are never touched."
            },
            footer = {"", "Example:", "  cutaway models rm HuggingFaceTB/SmolLM2-135M"},
            mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {

        @Parameters(paramLabel = "NAME", description = "A name as cutaway models lists it.")
        @SuppressWarnings("NullAway.Init") // set by picocli
        private String name;

        @Mixin
        private final Console console = new Console();

        /// What `--json` prints.
        ///
        /// @param freed in bytes
        private record Removed(String name, long freed) {}

        @Override
        public Integer call() {
            long freed = Hub.remove(name);
            if (console.isJson()) {
                console.json(new Removed(name, freed));
            } else {
                console.line("removed %s: %.1f MB freed", name, freed / 1e6);
            }
            return 0;
        }
    }
}
