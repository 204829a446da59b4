package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.cli.report.JudgementTable;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.judge.Disentangling;
import cutaway.features.judge.EntityModel;
import cutaway.features.judge.EntityPrompts;
import cutaway.features.judge.Judgement;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway features disentangle`: whether a few latents hold one attribute of an entity and no other.
@Command(
        name = "disentangle",
        description = {
            "Gives an entity (Paris) the codes of another (Tokyo) for the few latents that hold an attribute (its"
                + " country), and asks the model: is that attribute now the other's (cause), and do other attributes"
                + " stay (isolation)? The score is the mean of both, as RAVEL has it.",
            "0.5 costs nothing: changing nothing has no cause and all isolation, changing everything the contrary."
        },
        footer = {
            "",
            "Example:",
            "  cutaway features disentangle dictionaries/layer15 --entities docs/examples/cities.json",
            "",
            "Only entities count for which the model answers every prompt rightly. Half of them is for choosing"
                    + " latents, pairs are of the other half. Intervals are 95 %%, over entities drawn anew."
        },
        mixinStandardHelpOptions = true)
final class FeaturesDisentangle implements Callable<Integer> {

    private static final List<String> RIVALS = List.of("chance", "PCA", "whole");

    @Parameters(paramLabel = "DICTIONARY", description = "The folder of a dictionary.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path dictionary;

    @Option(
            names = "--entities",
            required = true,
            paramLabel = "FILE",
            description = "JSON: \"prompts\", a text with {entity} for each attribute, and \"entities\", each with"
                    + " \"entity\" and an answer for each attribute.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path entities;

    @Option(
            names = "--latents",
            split = ",",
            preprocessor = CommaList.class,
            paramLabel = "N",
            defaultValue = "1,5,20",
            description = "How many latents are changed (default: ${DEFAULT-VALUE}).")
    private List<Integer> latents = new ArrayList<>();

    @Option(
            names = "--sources",
            paramLabel = "N",
            defaultValue = "2",
            description = "Others that each entity gets codes of (default: ${DEFAULT-VALUE}).")
    private int sources;

    @Option(
            names = "--seed",
            defaultValue = "0",
            description = "Seed of every random draw (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// What `--json` prints.
    ///
    /// @param given entities of the file
    /// @param known those that the model answers all prompts rightly for
    private record Result(
            String version,
            String dictionary,
            String trainedOn,
            List<String> sites,
            int width,
            ModelFacts model,
            String entities,
            int given,
            List<String> known,
            Disentangling.Settings settings,
            List<Judgement.Row> rows) {}

    @Override
    public Integer call() {
        Disentangling.Settings settings = new Disentangling.Settings(latents, sources, seed);
        EntityPrompts given = EntityPrompts.read(entities);
        try (Dictionary opened = checked(DictionaryFiles.openOne(dictionary), settings);
                Model of = weights.open(model.path(), console)) {
            console.step("asking for attributes", "");
            EntityPrompts known = known(opened, of, given);
            List<Judgement.Row> rows;
            try (EntityModel asked = new EntityModel(of, opened, known);
                    Scope _ = Scope.open()) {
                rows = Disentangling.rows(opened, asked.entities(), asked, settings, console::step);
            }
            console.stepsDone();
            print(new Result(
                    Cutaway.Version.number(),
                    dictionary.toString(),
                    opened.origin().model(),
                    opened.origin().inputs().stream().map(Site::text).toList(),
                    opened.width(),
                    model.facts(of, weights),
                    entities.toString(),
                    given.entities().size(),
                    known.entities().stream().map(EntityPrompts.Entity::name).toList(),
                    settings,
                    rows));
        }
        return 0;
    }

    /// Before the model is opened.
    private Dictionary checked(Dictionary opened, Disentangling.Settings settings) {
        try {
            Disentangling.check(opened);
            settings.latents().stream()
                    .filter(k -> k > opened.width())
                    .findFirst()
                    .ifPresent(k -> {
                        throw new BadInputException("--latents is " + k + ", and " + dictionary + " has "
                                + opened.width() + "; give numbers up to that.");
                    });
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private EntityPrompts known(Dictionary opened, Model of, EntityPrompts given) {
        try (EntityModel asked = new EntityModel(of, opened, given)) {
            List<Integer> right = asked.known();
            if (right.size() < Disentangling.LEAST) {
                throw new BadInputException("the model answers every prompt rightly for " + right.size() + " of the "
                        + given.entities().size() + " entities of " + entities
                        + "; at least " + Disentangling.LEAST
                        + " are needed: give others that it knows, or other prompts.");
            }
            return given.only(right);
        }
    }

    private void print(Result result) {
        if (console.isJson()) {
            console.json(result);
            return;
        }
        console.line(
                "%s  %d latents at %s, on %s, cutaway %s",
                result.dictionary, result.width, String.join(", ", result.sites), result.model.name(), result.version);
        console.line(
                "%s  %d of %d entities are answered rightly; half of these to choose latents, half to test",
                result.entities, result.known.size(), result.given);
        console.line(
                "chance: as many latents drawn at random; 0.5 costs nothing; intervals are 95 %%, over entities%n");
        JudgementTable.of(result.rows, RIVALS, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }
}
