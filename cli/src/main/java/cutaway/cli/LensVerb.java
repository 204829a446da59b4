package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway lens`: what a model would say if it ended early. A verb is one class, named in `subcommands`.
@Command(
        name = "lens",
        description = "What a model would say if it ended early: the logit lens, and a tuned lens that is trained.",
        subcommands = {LensTrain.class, LensShow.class},
        footer = {"", "Example:", "  cutaway lens train docs --layers 5,15,25 --out lens.safetensors"},
        mixinStandardHelpOptions = true)
final class LensVerb extends VerbGroup {}
