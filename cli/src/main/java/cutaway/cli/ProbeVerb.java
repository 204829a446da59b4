package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway probe`: what can be told from activations. A verb is one class, named in `subcommands`.
@Command(
        name = "probe",
        description = "Probes: what can be told from a model's activations, steering along what tells it and editing"
                + " through it.",
        subcommands = {ProbeFit.class, ProbeSaliency.class, ProbeCompare.class, ProbeHeads.class},
        footer = {
            "",
            "Example:",
            "  cutaway probe fit docs/examples/topics.jsonl --class tense --sites resid_post[15] --out"
                    + " tense.safetensors"
        },
        mixinStandardHelpOptions = true)
final class ProbeVerb extends VerbGroup {}
