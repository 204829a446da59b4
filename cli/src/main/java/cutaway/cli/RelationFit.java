package cutaway.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.relations.Facts;
import cutaway.interp.relations.Relation;
import cutaway.interp.relations.RelationSettings;
import cutaway.interp.relations.RelationTrial;
import cutaway.interp.relations.StoredRelation;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway relation fit`: a relation as the affine map that a few prompts expand to.
@Command(
        name = "fit",
        description = {
            "Holds a model's way from a subject to its object against the affine map that a few prompts expand to at"
                    + " first order (Hernandez et al. 2023). Told is, on facts that the model knows and that chose"
                    + " nothing: on how many the map gives the model's token, beside four baselines; and how many edits"
                    + " through the map turned round give the object of another subject, beside edits as long in random"
                    + " directions."
        },
        footer = {
            "",
            "Example:",
            "  cutaway relation fit docs/examples/capitals.json --examples 3 --layers 12,16 --out capital.safetensors",
            "",
            "FACTS is in the form of the LRE dataset: {\"name\": \"country capital\", \"prompt_templates\": [\"The"
                    + " capital of {} is\"], \"samples\": [{\"subject\": \"France\", \"object\": \"Paris\"}, ...]}"
        },
        mixinStandardHelpOptions = true)
final class RelationFit implements Callable<Integer> {

    @Parameters(paramLabel = "FACTS", description = "A JSON file with a template and facts.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path facts;

    @Option(
            names = "--examples",
            paramLabel = "N",
            defaultValue = "5",
            description = "Facts whose Jacobians are averaged, and which are shown before each prompt (default:"
                    + " ${DEFAULT-VALUE}).")
    private int examples;

    @Option(
            names = "--layers",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            description = "After whose blocks the subject may be read; the best is chosen (default: every fourth).")
    private List<Integer> layers = new ArrayList<>();

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--out", paramLabel = "FILE", description = "Where to write the map (safetensors).")
    private @Nullable Path out;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param asked facts beside the examples
    /// @param known of them
    /// @param tested half of those
    /// @param layer after whose block the subject is read
    /// @param beta stretch of the map
    /// @param rank of the map turned round
    /// @param out the file that was written; absent without one
    private record Found(
            String version,
            ModelFacts model,
            String name,
            long seed,
            int asked,
            int known,
            int tested,
            int layer,
            double beta,
            double faithfulness,
            List<RelationTrial.AtLayer> byLayer,
            List<RelationTrial.Rival> baselines,
            int rank,
            RelationTrial.Causality causality,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String out) {}

    @Override
    public Integer call() {
        Relation relation = Relation.read(facts);
        if (out != null) {
            OutFile.check(out);
        }
        try (Model opened = weights.open(model.path(), console)) {
            RelationSettings usual = RelationSettings.usual(opened.sizes().layers(), examples, seed);
            RelationSettings settings = layers.isEmpty()
                    ? usual
                    : usual.at(layers.stream().sorted().distinct().toList());
            settings.check(opened.sizes().layers());
            Facts asked = Facts.of(opened, relation, settings);
            RelationTrial trial =
                    RelationTrial.of(opened, asked, settings, done -> console.progress("taking Jacobians", done));
            if (out != null) {
                StoredRelation.of(asked, trial, opened).write(out);
            }
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    trial.name(),
                    seed,
                    trial.asked(),
                    trial.known(),
                    trial.tested(),
                    trial.relation().layer(),
                    trial.relation().beta(),
                    trial.faithfulness(),
                    trial.byLayer(),
                    trial.baselines(),
                    trial.rank(),
                    trial.causality(),
                    out == null ? null : out.toString()));
        }
        return 0;
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        console.line(
                "%s  the model knows %d of %d facts, %d tested, %s, cutaway %s",
                found.name, found.known, found.asked, found.tested, found.model.name(), found.version);
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of("map after block " + found.layer + ", beta " + number(found.beta), number(found.faithfulness)));
        found.baselines.forEach(rival -> rows.add(
                List.of(rival.baseline().text() + " after block " + rival.layer(), number(rival.faithfulness()))));
        table("what stands for the model", "faithfulness", rows);
        table(
                "edits through the map turned round, rank " + found.rank,
                "give the other object",
                List.of(
                        List.of("the map", number(found.causality.success())),
                        List.of("random directions, as long", number(found.causality.random()))));
        console.line(
                "by block, on the facts that chose: %s",
                String.join(
                        ", ",
                        found.byLayer.stream()
                                .map(at -> at.layer() + ": " + number(at.faithfulness()))
                                .toList()));
        if (found.out != null) {
            console.line("wrote %s", found.out);
        }
    }

    private void table(String left, String right, List<List<String>> rows) {
        List<AlignedTable.Head> heads = List.of(new AlignedTable.Head(left, false), new AlignedTable.Head(right, true));
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
