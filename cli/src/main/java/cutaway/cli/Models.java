package cutaway.cli;

import cutaway.model.hub.CachedModel;
import cutaway.model.hub.Hub;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `cutaway models`: what is in the cache; with a name, fetches that model where it is missing.
@Command(
        name = "models",
        description = "Lists the models in the cache, or fetches one.",
        footer = {"", "Example:", "  cutaway models smollm2-135m-instruct"},
        mixinStandardHelpOptions = true)
final class Models implements Callable<Integer> {

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "A model to fetch, unless it is here already.")
    @Nullable
    private String name;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        if (name != null) {
            out.println(Hub.resolve(name));
            return 0;
        }
        List<CachedModel> models = Hub.cached();
        for (CachedModel model : models) {
            out.printf("%s  %,d bytes  sha256 %s%n    %s%n", model.name(), model.size(), model.sha256(), model.path());
        }
        if (models.isEmpty()) {
            out.println("no models yet; fetch one: cutaway models smollm2-135m-instruct");
        }
        return 0;
    }
}
