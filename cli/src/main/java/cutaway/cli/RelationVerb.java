package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway relation`: relations of facts as affine maps. A verb is one class, named in `subcommands`.
@Command(
        name = "relation",
        description = "Relations of facts, such as a country's capital, as affine maps of the subject.",
        subcommands = {RelationFit.class, RelationEdit.class, RelationRead.class},
        footer = {"", "Example:", "  cutaway relation fit docs/examples/capitals.json --examples 3"},
        mixinStandardHelpOptions = true)
final class RelationVerb extends VerbGroup {}
