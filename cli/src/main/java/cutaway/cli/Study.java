package cutaway.cli;

import picocli.CommandLine.Command;

/// `cutaway study`: methods of papers, rerun. A verb is one class, named in `subcommands`.
@Command(
        name = "study",
        description = "Reruns the methods of papers: what they claim, what comes out here, beside what must lose.",
        subcommands = {StudyList.class, StudyRunOne.class, StudyRunAll.class},
        footer = {"", "Example:", "  cutaway study run group-testing --quick"},
        mixinStandardHelpOptions = true)
final class Study extends VerbGroup {}
