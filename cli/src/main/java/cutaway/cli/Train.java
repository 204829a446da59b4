package cutaway.cli;

import picocli.CommandLine.Command;

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
final class Train extends VerbGroup {}
