package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.lens.LensLine;
import cutaway.interp.lens.TunedLens;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway lens show`: a prompt through the logit lens and a tuned one.
@Command(
        name = "show",
        description =
                "Shows what each layer would say after a prompt, by the logit lens and by a tuned lens beside it.",
        footer = {
            "",
            "Example:",
            "  cutaway lens show \"The Eiffel Tower is located in the city of\" --lens lens.safetensors"
        },
        mixinStandardHelpOptions = true)
final class LensShow implements Callable<Integer> {

    @Parameters(paramLabel = "PROMPT", description = "The text, whose last token is read at.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String prompt;

    @Option(names = "--lens", required = true, paramLabel = "FILE", description = "What cutaway lens train wrote.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path lens;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    private record Shown(
            String version, ModelFacts model, String prompt, List<Integer> ids, String lens, List<LensLine> layers) {}

    @Override
    public Integer call() {
        try (TunedLens read = TunedLens.read(lens);
                Model opened = weights.open(model.path(), console)) {
            int[] ids = opened.encode(prompt).ids();
            Shown shown = new Shown(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    prompt,
                    Arrays.stream(ids).boxed().toList(),
                    lens.toString(),
                    LensLine.read(opened, ids, read));
            if (console.isJson()) {
                console.json(shown);
            } else {
                print(opened, shown);
            }
        }
        return 0;
    }

    private void print(Model opened, Shown shown) {
        LensLine end = shown.layers.getLast();
        String answer = token(opened, end.logitLens().token());
        console.line("%s  cutaway %s", shown.model.name(), shown.version);
        console.line("p is the probability of %s, which the model says; KL is from what it says, in nats", answer);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("in front of layer", true),
                new AlignedTable.Head("logit lens", false),
                new AlignedTable.Head("p", true),
                new AlignedTable.Head("KL", true),
                new AlignedTable.Head("tuned lens", false),
                new AlignedTable.Head("p", true),
                new AlignedTable.Head("KL", true));
        List<List<String>> rows =
                shown.layers.stream().map(line -> row(opened, line)).toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static List<String> row(Model opened, LensLine line) {
        LensLine.Said plain = line.logitLens();
        LensLine.Said tuned = line.tunedLens();
        return List.of(
                tuned == null ? "the end" : Integer.toString(line.layer()),
                token(opened, plain.token()),
                number(plain.answer()),
                number(plain.divergence()),
                tuned == null ? "" : token(opened, tuned.token()),
                tuned == null ? "" : number(tuned.answer()),
                tuned == null ? "" : number(tuned.divergence()));
    }

    private static String token(Model opened, int id) {
        return id < opened.tokenizer().vocabSize()
                ? Console.quoted(opened.tokenizer().token(id))
                : Integer.toString(id);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
