package cutaway.cli;

import cutaway.model.hub.Hub;
import cutaway.server.Workbench;
import cutaway.server.http.HttpServer;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `cutaway serve`: the workbench in the browser.
@Command(
        name = "serve",
        description = "Opens the workbench in the browser: take a prediction apart by hand, follow a feature, collect"
                + " claims.",
        footer = {"", "Example:", "  cutaway serve --port 7979"},
        mixinStandardHelpOptions = true)
final class Serve implements Callable<Integer> {

    private static final int TOKEN_BYTES = 16;

    @Option(
            names = "--port",
            defaultValue = "7979",
            description = "Where to listen; 0 for any that is free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "An address of this machine. Any but its own lets others ask, and needs a token"
                    + " (default: ${DEFAULT-VALUE}).")
    private String host = "127.0.0.1";

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "What every question must carry, 16 characters or more; without a value, one is made and printed.")
    private @Nullable String token;

    @Mixin
    private final WorkbenchOptions workbench = new WorkbenchOptions();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Listening(String version, String address, String folder) {}

    @Override
    public Integer call() throws InterruptedException {
        Optional<String> secret = secret();
        Path home = workbench.home();
        List<String> named = workbench.models();
        named.forEach(Hub::resolve); // what is missing is fetched, or said, before anything listens
        Interruption.advise("jobs and claims are kept; start it again to go on.");
        try (Workbench open = Workbench.open(workbench.settings(home, named));
                HttpServer server = open.serve(host, port, secret)) {
            String address = "http://" + host + ":" + server.port() + "/"
                    + secret.map(it -> "#token=" + it).orElse("");
            if (console.isJson()) {
                console.json(new Listening(Cutaway.Version.number(), address, home.toString()));
            } else {
                console.line("the workbench is at %s", address);
                console.line("jobs and claims are kept in %s; Ctrl-C stops", home);
            }
            console.out().flush();
            open.warmUp();
            new CountDownLatch(1).await(); // until it is interrupted
        }
        return 0;
    }

    private Optional<String> secret() {
        if (token == null) {
            return Optional.empty();
        }
        if (token.isEmpty()) {
            byte[] drawn = new byte[TOKEN_BYTES];
            new SecureRandom().nextBytes(drawn);
            return Optional.of(HexFormat.of().formatHex(drawn));
        }
        if (token.length() < TOKEN_BYTES || !token.matches("[\\w.~-]+")) {
            throw new BadInputException("--token has " + token.length()
                    + " characters; give 16 or more, of letters, digits, '.', '_', '~' or '-', or no value to"
                    + " have one made.");
        }
        return Optional.of(token);
    }
}
