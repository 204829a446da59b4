package cutaway.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `cutaway lab`: small models trained at home. A verb is one class, named in `subcommands`.
@Command(
        name = "lab",
        description = "Trains small models at home, on tasks whose truth is known.",
        subcommands = {LabList.class, LabTrain.class},
        footer = {"", "Example:", "  cutaway lab train modular_addition --seeds 5 --head harmonic:4"},
        mixinStandardHelpOptions = true)
final class LabVerb implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
