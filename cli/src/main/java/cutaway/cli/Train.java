package cutaway.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `cutaway train`: what is learned from a model's activations. A verb is one class, named in `subcommands`.
@Command(
        name = "train",
        description = "Learns from a model's activations.",
        subcommands = {TrainDictionary.class},
        footer = {
            "",
            "Example:",
            "  cutaway train dictionary --activations acts --site resid_post[15] --k 32 --width 4096 --out resid-15"
        },
        mixinStandardHelpOptions = true)
final class Train implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
