package cutaway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command line: `cutaway <verb> <thing>`.
@Command(
        name = "cutaway",
        description = "Opens a transformer and shows what inside it causes an output.",
        versionProvider = Cutaway.Version.class,
        mixinStandardHelpOptions = true)
public final class Cutaway implements Runnable {

    public static void main(String[] args) {
        System.exit(new CommandLine(new Cutaway()).execute(args));
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
