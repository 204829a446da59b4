package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.cli.report.Ink;
import cutaway.cli.report.StudyTable;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.studies.Findings;
import cutaway.studies.Study;
import cutaway.studies.StudyResult;
import cutaway.studies.StudyRun;
import cutaway.studies.Verdict;
import cutaway.tensor.BadInputException;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs studies, prints what came of them, and keeps it.
///
/// The model is opened when a study first asks for it, and stays open until this is closed.
final class StudyRunner implements StudyRun.Host, AutoCloseable {

    private final StudySize size;
    private final Console console;
    private @Nullable Model model;

    StudyRunner(StudySize size, Console console) {
        this.size = size;
        this.console = console;
    }

    /// @param parameters that were given, by name
    StudyResult run(Study study, Map<String, Double> parameters) {
        @Nullable Path out = size.out();
        if (out != null) {
            OutFolder.check(out);
        }
        StudyRun run = new StudyRun(study, size.size(), size.seeds(study), parameters, this);
        long begun = System.nanoTime();
        Findings findings;
        try {
            findings = study.run(run);
        } finally {
            console.stepsDone();
        }
        StudyResult result = StudyResult.of(
                study,
                run,
                findings,
                Cutaway.Version.number(),
                LocalDate.now().toString(),
                (System.nanoTime() - begun) / 1e9,
                console.command());
        return result;
    }

    /// Prints what came of it, then keeps it where `--out` says: the disk may refuse, and then it was seen at least.
    void show(StudyResult result) {
        if (!console.isJson()) {
            print(result);
        }
        if (size.out() != null) {
            keep(result, size.out());
        }
    }

    @Override
    public Model model() {
        if (model == null) {
            model = size.openModel(console);
        }
        return model;
    }

    @Override
    public boolean hasModel() {
        return size.hasModel();
    }

    @Override
    public Optional<Path> modelHere(String name) {
        return Hub.here(name);
    }

    @Override
    public Optional<Path> text() {
        return size.text();
    }

    @Override
    public void close() {
        if (model != null) {
            model.close();
        }
    }

    @Override
    public void tell(String what, double done) {
        if (Console.OVERWRITES) {
            console.step(what, String.format(Locale.ROOT, "%.0f %%", 100 * done));
        } else {
            console.progress(what, done);
        }
    }

    private void keep(StudyResult result, Path out) {
        String name = result.card().id();
        String json = console.compact(result);
        Path page = out.resolve(name + ".html");
        try {
            WholeFile.write(page, HtmlReport.study(json)); // the larger one first
            WholeFile.write(out.resolve(name + ".json"), json + "\n");
        } catch (IOException e) {
            page.toFile().delete(); // both or none
            throw new BadInputException(
                    "cannot write into " + out + " (" + e.getMessage() + "); give --out another folder.", e);
        }
    }

    private void print(StudyResult result) {
        console.line(
                "%s  %s (%d, %s)",
                name(result),
                result.card().title(),
                result.card().year(),
                result.card().source());
        StudyTable.of(result, Ink.widthOfTables()).lines().forEach(line -> console.line("  %s", line));
        result.notes().forEach(note -> console.line("  %s", note));
        console.line(
                "  %s: %d of %d bars, %s, %.0f s",
                result.verdict().words(),
                result.table().stream().filter(StudyResult.Line::isMet).count(),
                result.table().size(),
                result.seeds() == 1 ? "1 seed" : result.seeds() + " seeds",
                result.seconds());
    }

    private static String name(StudyResult result) {
        return result.card().id();
    }

    /// 1 where the instrument failed: then nothing that the study says counts.
    static int exitCode(StudyResult result) {
        return result.verdict() == Verdict.INSTRUMENT_FAILED ? 1 : 0;
    }
}
