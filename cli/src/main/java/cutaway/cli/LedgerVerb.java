package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway ledger`: claims that the workbench has exported.
@Command(
        name = "ledger",
        description = "Measures claims again that the workbench has exported.",
        subcommands = {LedgerRerun.class},
        footer = {"", "Example:", "  cutaway ledger rerun claims.jsonl"},
        mixinStandardHelpOptions = true)
final class LedgerVerb extends VerbGroup {}
