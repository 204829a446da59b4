package cutaway.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The command line: `cutaway <verb> <thing>`. A verb is one class, named in `subcommands`.
@Command(
        name = "cutaway",
        description = "Opens a transformer and shows what inside it causes an output.",
        versionProvider = Cutaway.Version.class,
        subcommands = {
            Explain.class,
            Circuit.class,
            Sweep.class,
            Agree.class,
            Run.class,
            Generate.class,
            Harvest.class,
            Check.class,
            Tokens.class,
            Models.class,
            Pull.class,
            Export.class,
            Features.class,
            Query.class,
            Train.class,
            Study.class,
            LabVerb.class,
            GeometryVerb.class,
            RelationVerb.class,
            ProbeVerb.class,
            LensVerb.class,
            CodesVerb.class,
            WhatIf.class,
            Serve.class,
            LedgerVerb.class,
            Mcp.class,
            JavaVerb.class,
            Bench.class
        },
        footer = {"", "Example:", "  cutaway explain \"The Eiffel Tower is located in the city of\""},
        mixinStandardHelpOptions = true)
public final class Cutaway implements Runnable {

    @Option(
            names = "--trace",
            scope = ScopeType.INHERIT,
            description = "Where something fails, also print the stack trace.")
    private boolean trace;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    public static void main(String[] args) {
        Interruption interruption = Interruption.watched();
        int code = execute(commandLine(), args);
        interruption.done();
        System.exit(code);
    }

    /// Runs a verb: 0 for done, 1 for an answer that is no, 2 for what a user gave wrong, 70 for a fault of Cutaway.
    static int execute(CommandLine line, String... args) {
        try {
            return line.execute(args);
        } catch (Error e) { // picocli hands on exceptions only
            return Failures.report(e, line);
        }
    }

    static CommandLine commandLine() {
        return new CommandLine(new Cutaway())
                .setExecutionExceptionHandler((failure, at, parsed) -> Failures.report(failure, at))
                .setParameterExceptionHandler((failure, args) -> Failures.misused(failure));
    }

    boolean trace() {
        return trace;
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /// The version that Maven wrote into the manifest of this jar.
    static final class Version implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"cutaway " + number()};
        }

        static String number() {
            String version = Cutaway.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }
    }
}
