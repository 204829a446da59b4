package cutaway.cli;

import cutaway.studies.Studies;
import cutaway.studies.StudyResult;
import cutaway.tensor.BadInputException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway study run ID`: one paper's method, rerun.
@Command(
        name = "run",
        description = {
            "Reruns a study and says what came of it: each line of the table is a bar with the paper's own figure, ours"
                    + " (the median over seeds), the control that must lose, and whether the bar is met.",
            "The verdict follows from the bars. Where the method misses what was planted, or speaks of nothing, the"
                    + " exit code is 1; a claim that is missed exits 0 and says so."
        },
        footer = {
            "",
            "Example:",
            "  cutaway study run group-testing --quick",
            "  cutaway study run toy-superposition --seeds 5 --out toy",
            "  cutaway study run sae-dark-matter --text book.txt"
        },
        mixinStandardHelpOptions = true)
final class StudyRunOne implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "Which study; cutaway study list says which there are.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String id;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "The value of a parameter, such as --set steps=2000; cutaway study list says which there are.")
    private Map<String, Double> parameters = new LinkedHashMap<>();

    @Mixin
    private final StudySize size = new StudySize();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        var study = Studies.named(id);
        if (size.text().isPresent() && study.text().isEmpty()) {
            throw new BadInputException("the study " + id + " takes no text; leave --text out.");
        }
        try (StudyRunner runner = new StudyRunner(size, console)) {
            StudyResult result = runner.run(study, parameters);
            runner.show(result);
            if (console.isJson()) {
                console.json(result);
            }
            return StudyRunner.exitCode(result);
        }
    }
}
