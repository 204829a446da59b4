package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway geometry`: shapes that activations make. A verb is one class, named in `subcommands`.
@Command(
        name = "geometry",
        description = "Shapes that activations make: curves that labels lie on, and graphs that states are smooth on.",
        subcommands = {
            GeometryFit.class,
            GeometryComponents.class,
            GeometryEnergy.class,
            GeometryHomology.class,
            GeometryAlign.class,
            GeometryJoint.class
        },
        footer = {"", "Example:", "  cutaway geometry energy --graph grid:3x3 --walks 2 --lengths 50,200,400"},
        mixinStandardHelpOptions = true)
final class GeometryVerb extends VerbGroup {}
