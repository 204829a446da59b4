package cutaway.cli;

import cutaway.studies.Studies;
import cutaway.studies.StudyResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `cutaway study all`: every study, one after another.
@Command(
        name = "all",
        description = "Reruns every study, one after another; exits with 1 where an instrument failed.",
        footer = {"", "Example:", "  cutaway study all --quick"},
        mixinStandardHelpOptions = true)
final class StudyRunAll implements Callable<Integer> {

    @Mixin
    private final StudySize size = new StudySize();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        List<StudyResult> results = new ArrayList<>();
        try (StudyRunner runner = new StudyRunner(size, console)) {
            for (var study : Studies.ALL) {
                StudyResult result = runner.run(study, Map.of());
                results.add(result);
                runner.show(result);
            }
        }
        if (console.isJson()) {
            console.json(results);
        }
        return results.stream().mapToInt(StudyRunner::exitCode).max().orElse(0);
    }
}
