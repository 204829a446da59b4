package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway lab`: small models trained at home. A verb is one class, named in `subcommands`.
@Command(
        name = "lab",
        description = "Trains small models at home, on tasks whose truth is known, or builds them.",
        subcommands = {LabList.class, LabTrain.class, LabBuild.class, LabGames.class, LabLoans.class},
        footer = {"", "Example:", "  cutaway lab train modular_addition --seeds 5 --head harmonic:4"},
        mixinStandardHelpOptions = true)
final class LabVerb extends VerbGroup {}
