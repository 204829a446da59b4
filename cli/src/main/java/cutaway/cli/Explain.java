package cutaway.cli;

import cutaway.cli.report.HtmlReport;
import cutaway.cli.report.Ink;
import cutaway.cli.report.TerminalReport;
import cutaway.interp.explain.Explainer;
import cutaway.interp.explain.Explanation;
import cutaway.model.Model;
import cutaway.tensor.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway explain`: what inside the model causes its answer.
@Command(
        name = "explain",
        description = "Shows what inside the model causes its answer, each claim measured beside a control.",
        footer = {
            "",
            "Example:",
            "  cutaway explain \"When Mary and John went to the store, John gave a drink to\" --answer \" Mary\""
                    + " --against \" John\""
        },
        mixinStandardHelpOptions = true)
final class Explain implements Callable<Integer> {

    @Parameters(paramLabel = "PROMPT", description = "The text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String prompt;

    @Option(
            names = "--contrast",
            paramLabel = "PROMPT",
            description =
                    "A prompt with as many tokens and another answer; without it, Cutaway makes one and says how.")
    private @Nullable String contrast;

    @Option(
            names = "--answer",
            paramLabel = "TOKEN",
            description = "The next token to explain, with its space; without it, the model's own top token.")
    private @Nullable String answer;

    @Option(
            names = "--against",
            paramLabel = "TOKEN",
            description = "The token to set it against; without it, the contrast's top token other than the answer.")
    private @Nullable String against;

    @Option(names = "--out", paramLabel = "DIR", description = "A folder to write explain.json and report.html into.")
    private @Nullable Path out;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final SplicedOption dictionaries = new SplicedOption();

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    private final Ink ink = Ink.ofTerminal();

    @Override
    public Integer call() {
        if (out != null) {
            OutFolder.check(out);
        }
        dictionaries.check();
        Explanation found;
        try (DictionaryOption.Opened bases = dictionaries.open();
                Model opened = weights.open(model.path(), console)) {
            Explainer.Question question = new Explainer.Question(
                    prompt,
                    Optional.ofNullable(contrast),
                    Optional.ofNullable(answer),
                    Optional.ofNullable(against),
                    bases.bases(),
                    dictionaries.withoutError(),
                    seed);
            Explanation.ModelFacts facts = model.facts(opened, weights);
            Explainer explainer =
                    new Explainer(opened, facts, Cutaway.Version.number(), console.command(), new Progress(facts));
            found = explainer.explain(question);
        } finally {
            console.stepsDone();
        }
        if (out != null) {
            write(out, found);
        }
        if (console.isJson()) {
            console.json(found);
        } else {
            TerminalReport.causes(found, ink).forEach(line -> console.line("%s", line));
            if (out != null) {
                console.line("%n  wrote %s and %s", out.resolve("explain.json"), out.resolve("report.html"));
            }
        }
        return 0;
    }

    /// Shows the answer as soon as there is one, and then how far the search for its causes is.
    private final class Progress implements Explainer.Progress {

        private final Explanation.ModelFacts facts;

        Progress(Explanation.ModelFacts facts) {
            this.facts = facts;
        }

        @Override
        public void answered(Explanation.Prompt answered) {
            if (!console.isJson()) {
                console.stepsDone();
                TerminalReport.answer(Cutaway.Version.number(), facts, answered, seed, ink)
                        .forEach(line -> console.line("%s", line));
                console.out().flush();
            }
        }

        @Override
        public void at(String step, String done) {
            console.step(step, done);
        }
    }

    private void write(Path folder, Explanation found) {
        try {
            WholeFile.write(folder.resolve("explain.json"), console.pretty(found));
            WholeFile.write(folder.resolve("report.html"), HtmlReport.page(console.compact(found.withoutEdits())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
