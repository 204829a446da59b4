package cutaway.cli;

import cutaway.tensor.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line: `cutaway <verb> <thing>`.
@Command(
        name = "cutaway",
        description = "Opens a transformer and shows what inside it causes an output.",
        versionProvider = Cutaway.Version.class,
        subcommands = {Models.class},
        mixinStandardHelpOptions = true)
public final class Cutaway implements Runnable {

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /// The command line, where what a user gave wrong is one sentence on stderr and exit code 2.
    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Cutaway());
        line.setExecutionExceptionHandler((failure, at, parsed) -> {
            if (failure instanceof BadInputException) {
                at.getErr().println("cutaway: " + failure.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
            throw failure;
        });
        return line;
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    /// The version that Maven wrote into the manifest of this jar.
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Cutaway.class.getPackage().getImplementationVersion();
            return new String[] {"cutaway " + (version == null ? "(not packaged)" : version)};
        }
    }
}
