package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.features.use.ActiveFeatures;
import cutaway.features.use.FeatureBasis;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.AnswerToken;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features active`: what a dictionary says of a prompt, and what that does.
@Command(
        name = "active",
        description = "Shows the features that are most active on a prompt, and by how much the log probability of the"
                + " next token changes without each of them, beside a random direction of the same norm.",
        footer = {
            "",
            "Example:",
            "  cutaway features active dictionaries/smollm2-135m-instruct/resid-15 \"The capital of France is\""
        },
        mixinStandardHelpOptions = true)
final class FeaturesActive implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DICTIONARY", description = "The folder of a dictionary.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dictionary;

    @Parameters(index = "1", paramLabel = "PROMPT", description = "A text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String prompt;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "10",
            description = "How many, by the norm of what they add (default: $" + "{DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--answer",
            paramLabel = "TOKEN",
            description = "The next token whose log probability is asked for (default: the most likely one).")
    private @Nullable String answer;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the random directions (default: $" + "{DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param logProbability of the answer in the unedited run, nats
    /// @param sinks positions that were left out, because the dictionary was trained without attention sinks
    private record Result(
            String version,
            String dictionary,
            String site,
            ModelFacts model,
            String prompt,
            List<String> tokens,
            String answer,
            double logProbability,
            List<Integer> sinks,
            List<ActiveFeatures.Row> features) {}

    @Override
    public Integer call() {
        if (top < 1) {
            throw new BadInputException("--top is " + top + "; give a number of features, 1 or more.");
        }
        try (FeatureBasis basis = FeatureBasis.open(DictionaryOption.name(dictionary), dictionary);
                Model of = weights.open(model.path(), console)) {
            basis.check(of.sizes());
            int[] ids = of.encode(prompt).ids();
            int asked = answer == null ? likeliest(of, ids) : AnswerToken.id(of, answer, "answer");
            ActiveFeatures found = ActiveFeatures.of(
                    of,
                    basis,
                    new Source(null, Arrays.stream(ids).boxed().toList(), List.of()),
                    new Metric.LogProbability(asked),
                    top,
                    seed,
                    done -> console.step("features", done + " runs"));
            console.stepsDone();
            print(new Result(
                    Cutaway.Version.number(),
                    dictionary.toString(),
                    basis.place(),
                    model.facts(of, weights),
                    prompt,
                    Arrays.stream(ids).mapToObj(of.tokenizer()::token).toList(),
                    of.tokenizer().token(asked),
                    found.baseline(),
                    found.unread(),
                    found.rows()));
        }
        return 0;
    }

    private static int likeliest(Model model, int[] ids) {
        return Scope.free(() -> (int)
                model.logits(ids).select(0, ids.length - 1).top(1).indices().toLongs()[0]);
    }

    private void print(Result result) {
        if (console.isJson()) {
            console.json(result);
            return;
        }
        console.line(
                "%s  features of %s, on %s, cutaway %s",
                result.dictionary, result.site, result.model.name(), result.version);
        console.line(
                "log p(%s) is %.3f nats; its change without each feature%s",
                quoted(result.answer), result.logProbability, result.sinks.isEmpty() ? "\n" : "");
        if (!result.sinks.isEmpty()) {
            console.line(
                    "attention sinks, which this dictionary was trained without and is not asked of: %s%n",
                    result.sinks.stream()
                            .map(at -> at + " " + quoted(result.tokens.get(at)))
                            .collect(Collectors.joining(", ")));
        }
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("feature", true),
                new AlignedTable.Head("at", true),
                new AlignedTable.Head("token", false),
                new AlignedTable.Head("activation", true),
                new AlignedTable.Head("change", true),
                new AlignedTable.Head("random direction", true));
        List<List<String>> rows = result.features.stream()
                .map(row -> List.of(
                        Integer.toString(row.feature()),
                        Integer.toString(row.position()),
                        quoted(result.tokens.get(row.position())),
                        shown("%.2f", row.activation()),
                        shown("%+.3f", row.effect()),
                        shown("%+.3f", row.placebo())))
                .toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static String shown(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }

    private static String quoted(String token) {
        return "\"" + token + "\"";
    }
}
