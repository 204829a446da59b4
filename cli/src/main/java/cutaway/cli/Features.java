package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway features`: sparse dictionaries. A verb is one class, named in `subcommands`.
@Command(
        name = "features",
        description = "Sparse dictionaries: what a file of them holds, what it is worth, what each latent is about, and"
                + " other forms of it.",
        subcommands = {
            FeaturesShow.class,
            FeaturesGeometry.class,
            FeaturesBench.class,
            FeaturesError.class,
            FeaturesEncode.class,
            FeaturesSelect.class,
            FeaturesConvert.class,
            FeaturesActive.class,
            FeaturesJudge.class,
            FeaturesProbe.class,
            FeaturesDisentangle.class,
            FeaturesPages.class,
            FeaturesPage.class,
            FeaturesExplain.class,
            FeaturesExport.class
        },
        footer = {"", "Example:", "  cutaway features show gemma-scope-2b-pt-res/layer_20/width_16k/average_l0_71"},
        mixinStandardHelpOptions = true)
final class Features extends VerbGroup {}
