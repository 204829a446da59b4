package cutaway.cli;

import cutaway.model.hub.CachedModel;
import cutaway.model.hub.Hub;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `cutaway pull`: a model of the Hugging Face hub, into the cache.
@Command(
        name = "pull",
        description = {
            "Fetches a model into the cache: one of the Hugging Face hub, or a known name.",
            "Only the files that are needed, each checked by its hash. What was interrupted goes on where it stopped."
                    + " HF_ENDPOINT names a mirror, HF_TOKEN the token for a private or gated model."
        },
        footer = {
            "",
            "Example:",
            "  cutaway pull HuggingFaceTB/SmolLM2-135M",
            "  cutaway pull bartowski/SmolLM2-135M-Instruct-GGUF:SmolLM2-135M-Instruct-Q4_K_M.gguf"
        },
        mixinStandardHelpOptions = true)
final class Pull implements Callable<Integer> {

    @Parameters(
            paramLabel = "NAME",
            description = "OWNER/REPO[:FILE][@REVISION]: FILE is the GGUF file that is meant where there are several,"
                    + " REVISION a branch, a tag or a commit (default: main). Or a known name, such as " + Hub.DEFAULT
                    + ".")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String name;

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        CachedModel model = Hub.pull(name);
        if (console.isJson()) {
            console.json(Models.Cached.of(model));
        } else {
            Models.print(console, model);
            console.line("use it: --model %s", model.name());
        }
        return 0;
    }
}
