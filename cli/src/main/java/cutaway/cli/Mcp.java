package cutaway.cli;

import cutaway.model.hub.Hub;
import cutaway.server.Workbench;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cutaway mcp`: the workbench for an agent, over stdin and stdout.
@Command(
        name = "mcp",
        description =
                "Lets an agent investigate a model: the workbench's answers, jobs and ledger as tools of the Model"
                        + " Context Protocol, over stdin and stdout. cutaway serve offers the same over HTTP, at /mcp.",
        footer = {"", "Example:", "  cutaway mcp --folder investigation"},
        mixinStandardHelpOptions = true)
final class Mcp implements Callable<Integer> {

    @Mixin
    private final WorkbenchOptions workbench = new WorkbenchOptions();

    @Override
    public Integer call() throws InterruptedException {
        Path home = workbench.home();
        List<String> named = workbench.models();
        OutputStream out = System.out;
        System.setOut(System.err); // stdout is the protocol's alone
        try {
            named.forEach(Hub::resolve); // what is missing is fetched, or said, before anything is answered
            Interruption.advise("jobs and claims are kept in " + home + ".");
            try (Workbench open = Workbench.open(workbench.settings(home, named))) {
                open.agents().talk(System.in, out);
            }
        } finally {
            System.setOut(new java.io.PrintStream(out, true, java.nio.charset.StandardCharsets.UTF_8));
        }
        return 0;
    }
}
