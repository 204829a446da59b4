package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway features export`: feature pages for other programs.
@Command(
        name = "export",
        description = "Writes feature pages as other programs read them.",
        subcommands = {FeaturesExportNeuronpedia.class},
        footer = {
            "",
            "Example:",
            "  cutaway features export neuronpedia pages --model-id smollm2-135m --source 15-res --dictionary resid-15"
                    + " --out neuronpedia"
        },
        mixinStandardHelpOptions = true)
final class FeaturesExport extends VerbGroup {}
