package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.features.train.Progress;
import cutaway.features.train.Recipe;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Says on stderr how far the dictionaries of a command are.
final class TrainingProgress {

    /// So many dictionaries are each named; of more, those that explain least and most.
    private static final int NAMED = 4;

    private final Console console;
    private final List<DictionaryRun> runs;
    private final long begun = System.nanoTime();

    TrainingProgress(Console console, List<DictionaryRun> runs) {
        this.console = console;
        this.runs = List.copyOf(runs);
    }

    /// Says of runs that go on from a checkpoint where they are.
    void resumed() {
        long least = runs.stream().mapToLong(DictionaryRun::before).min().orElse(0);
        long most = runs.stream().mapToLong(DictionaryRun::before).max().orElse(0);
        if (most > 0) {
            console.note(
                    least == most
                            ? "goes on after " + Ink.count(most, "step") + " made already"
                            : String.format(
                                    Locale.ROOT,
                                    "goes on after %,d steps of some dictionaries and %,d of others",
                                    least,
                                    most));
        }
    }

    /// Tells of the last point of a run, once all are as far as that one.
    void told(DictionaryRun run) {
        Progress point = run.points().getLast();
        if (runs.stream().anyMatch(other -> other.steps() < point.step())) {
            return;
        }
        Recipe recipe = run.recipe();
        String done = String.format(
                Locale.ROOT,
                "step %,d of %,d, %s, %,.0f tokens/s",
                point.step(),
                recipe.schedule().steps(),
                runs.size() == 1 ? words(point) : explained(),
                (point.step() - run.before()) * (double) recipe.batch() / seconds());
        if (Console.OVERWRITES) {
            console.step("train", done);
        } else {
            console.progress(done, (double) point.step() / recipe.schedule().steps());
        }
    }

    /// Of this session, above 0.
    double seconds() {
        return Math.max(1e-9, (System.nanoTime() - begun) / 1e9);
    }

    private static String words(Progress point) {
        return String.format(
                Locale.ROOT,
                "loss %.4g, explained %.3f, L0 %.1f, dead %.1f %%",
                point.loss(),
                point.explained(),
                point.l0(),
                100 * point.dead());
    }

    private String explained() {
        List<DictionaryRun> said =
                runs.stream().filter(run -> !run.points().isEmpty()).toList();
        if (said.size() <= NAMED) {
            return said.stream().map(TrainingProgress::explained).collect(Collectors.joining(", ", "explained ", ""));
        }
        Comparator<DictionaryRun> byExplained =
                Comparator.comparingDouble(run -> run.points().getLast().explained());
        return said.size() + " dictionaries, explained "
                + said.stream()
                        .min(byExplained)
                        .map(TrainingProgress::explained)
                        .orElse("") + " to "
                + said.stream()
                        .max(byExplained)
                        .map(TrainingProgress::explained)
                        .orElse("");
    }

    private static String explained(DictionaryRun run) {
        return String.format(Locale.ROOT, "%.3f %s", run.points().getLast().explained(), run.name());
    }
}
