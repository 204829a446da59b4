package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ThroughProbes;
import cutaway.interp.probe.TurnedThing;
import cutaway.interp.prompts.AnswerToken;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway probe saliency`: what an answer changes by where what probes read is turned.
@Command(
        name = "saliency",
        description = {
            "Turns what each probe reads in a prompt's run to every other class, by gradient steps on what the model"
                    + " holds there, and says what the logit of the answer changes by (latent saliency, Li et al. 2022,"
                    + " arXiv:2210.13382, section 5).",
            "Beside it, the mean size of the change under random directions of that length: a thing that changes no"
                    + " more is not one that the answer hangs on."
        },
        footer = {
            "",
            "Example:",
            "  cutaway probe saliency \"Yesterday, the children\" --probe tense.safetensors --probe topic.safetensors"
        },
        mixinStandardHelpOptions = true)
final class ProbeSaliency implements Callable<Integer> {

    @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The text.")
    private @Nullable String prompt;

    @Option(
            names = "--ids",
            split = ",",
            preprocessor = CommaList.class,
            converter = TokenId.class,
            paramLabel = "ID",
            description = "Token ids instead of a text, such as 504,314.")
    private int @Nullable [] ids;

    @Option(
            names = "--probe",
            required = true,
            preprocessor = CommaList.class,
            paramLabel = "FILE",
            description = "A probe of any kind that cutaway probe fit --out wrote; those of one thing at several sites"
                    + " are joined by commas, and all of them are turned. May be repeated for other things.")
    private List<String> things = new ArrayList<>();

    @Option(
            names = "--of",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "NAME",
            description = "Of probes that read several things, such as the squares of a board: those that are turned,"
                    + " joined by commas (default: all).")
    private List<String> of = new ArrayList<>();

    @Option(
            names = "--answer",
            paramLabel = "TOKEN",
            description = "The next token whose logit is asked for, with its space (default: the likeliest).")
    private @Nullable String answer;

    @Option(
            names = "--at",
            paramLabel = "POS",
            defaultValue = "-1",
            description = "Position that is changed, from 0 or from -1 backwards (default: ${DEFAULT-VALUE}).")
    private int at;

    @Option(
            names = "--draws",
            paramLabel = "N",
            defaultValue = "10",
            description = "Random directions for each turn (default: ${DEFAULT-VALUE}).")
    private int draws;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of the random directions (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param answer text of the token; absent where the model has no tokenizer
    /// @param logit of the token in the unchanged run, nats
    private record Found(
            String version,
            ModelFacts model,
            List<Integer> ids,
            int token,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String answer,

            double logit,
            int position,
            List<Thing> things) {}

    /// @param of its name; absent where the probes read one thing
    /// @param probes files, in the order of the run
    /// @param sites of them
    /// @param turned to each class that was not read
    private record Thing(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String of,

            List<String> probes,
            List<String> sites,
            List<TurnedThing> turned) {}

    /// The likeliest token, or the one that is asked for, nats.
    private record Answer(int token, double logit) {}

    @Override
    public Integer call() {
        if ((prompt == null) == (ids == null)) {
            throw new BadInputException(
                    "give either a prompt or --ids; for example: cutaway probe saliency \"Yesterday,"
                            + " the children\" --probe tense.safetensors");
        }
        if (draws < 1) {
            throw new BadInputException("--draws is " + draws + "; give a number of directions, 1 or more.");
        }
        if (answer != null && prompt == null) {
            throw new BadInputException("--answer is a text, and --ids stand for a model without; leave it out.");
        }
        try (Model opened = weights.open(model.path(), console)) {
            int[] tokens = ids == null ? opened.encode(String.valueOf(prompt)).ids() : ids;
            Answer asked = asked(opened, tokens);
            List<Thing> found = new ArrayList<>();
            for (String thing : things) {
                found.addAll(things(opened, tokens, thing, asked.token));
            }
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    Arrays.stream(tokens).boxed().toList(),
                    asked.token,
                    prompt == null ? null : opened.tokenizer().token(asked.token),
                    asked.logit,
                    at < 0 ? at + tokens.length : at,
                    found));
        }
        return 0;
    }

    private Answer asked(Model opened, int[] tokens) {
        return Scope.free(() -> {
            Tensor last = opened.logits(tokens).select(0, tokens.length - 1L); // [vocab]
            int token = answer == null ? (int) last.argmax(-1).toLongs()[0] : AnswerToken.id(opened, answer, "answer");
            return new Answer(token, last.select(0, token).item());
        });
    }

    private List<Thing> things(Model opened, int[] tokens, String files, int token) {
        List<NamedProbe> probes = new ArrayList<>();
        try {
            List<String> names = List.of(files.split(",", -1));
            names.forEach(file -> probes.add(NamedProbe.read(Path.of(file))));
            probes.forEach(probe -> SiteNames.check(probe.site(), opened.sizes()));
            List<NamedProbe> ordered = ThroughProbes.inOrder(probes);
            List<String> read = ordered.stream()
                    .map(probe -> names.get(probes.indexOf(probe)))
                    .toList();
            List<String> sites =
                    ordered.stream().map(probe -> probe.facts().site()).toList();
            Source run = Source.of(tokens, List.of());
            List<String> questions = of.isEmpty() ? ordered.getFirst().facts().questions() : of;
            if (questions.isEmpty()) {
                return List.of(
                        new Thing(null, read, sites, TurnedThing.each(opened, run, at, ordered, token, draws, seed)));
            }
            List<Thing> all = new ArrayList<>();
            for (String question : questions) {
                List<NamedProbe> about =
                        ordered.stream().map(probe -> probe.about(question)).toList();
                all.add(new Thing(question, read, sites, TurnedThing.each(opened, run, at, about, token, draws, seed)));
            }
            return all;
        } finally {
            probes.forEach(NamedProbe::close);
        }
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line("%s, cutaway %s", found.model.name(), found.version);
        console.line(
                "the logit of %s is %.3f nats; its change where a thing is turned at position %d%n",
                found.answer == null ? "token " + found.token : Console.quoted(found.answer),
                found.logit,
                found.position);
        List<AlignedTable.Head> heads = List.of(
                new AlignedTable.Head("probe", false),
                new AlignedTable.Head("site", false),
                new AlignedTable.Head("thing", false),
                new AlignedTable.Head("read", false),
                new AlignedTable.Head("turned to", false),
                new AlignedTable.Head("change", true),
                new AlignedTable.Head("random directions", true));
        List<List<String>> rows = new ArrayList<>();
        boolean isAllRead = true;
        for (Thing thing : found.things) {
            for (TurnedThing turned : thing.turned) {
                isAllRead &= turned.isRead();
                rows.add(List.of(
                        String.join(", ", thing.probes),
                        String.join(", ", thing.sites),
                        thing.of == null ? "" : thing.of,
                        turned.from(),
                        turned.to(),
                        turned.isRead() ? number("%+.3f", turned.saliency().change()) : "not read",
                        turned.isRead() ? number("%.3f", turned.saliency().random()) : "-"));
            }
        }
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
        if (!isAllRead) {
            console.line("%nnot read: the steps ended before every probe read that class");
        }
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
