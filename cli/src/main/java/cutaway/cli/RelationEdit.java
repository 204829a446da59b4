package cutaway.cli;

import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.relations.StoredRelation;
import cutaway.interp.relations.StoredRelation.Likely;
import cutaway.interp.relations.StoredRelation.Swapped;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway relation edit`: a subject with the object of another.
@Command(
        name = "edit",
        description = {
            "Adds to a subject's state what the relation's map, turned round, says will give it the object of another"
                    + " subject; prints the next tokens before and after, and after an edit as long in random"
                    + " directions."
        },
        footer = {
            "",
            "Example:",
            "  cutaway relation edit capital.safetensors --subject France --to Spain",
            "",
            "The prompt is the relation's own, behind the facts that it was fitted on; --template asks otherwise."
        },
        mixinStandardHelpOptions = true)
final class RelationEdit implements Callable<Integer> {

    private static final int TOP = 3;

    @Parameters(paramLabel = "RELATION", description = "What cutaway relation fit --out wrote.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path relation;

    @Option(names = "--subject", required = true, paramLabel = "TEXT", description = "Of whom the prompt is.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String subject;

    @Option(names = "--to", required = true, paramLabel = "TEXT", description = "The subject whose object it gets.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String other;

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description = "Another prompt, with {} for the subject: \"The largest city near the capital of {} is\".")
    private @Nullable String template;

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
    private record Found(String version, ModelFacts model, StoredRelation.About relation, Swapped swapped) {}

    @Override
    public Integer call() {
        StoredRelation stored = StoredRelation.read(relation);
        try (Model opened = weights.open(model.path(), console)) {
            Swapped swapped = stored.swap(opened, subject, other, template, TOP, seed);
            if (console.isJson()) {
                console.json(
                        new Found(Cutaway.Version.number(), model.facts(opened, weights), stored.about(), swapped));
                return 0;
            }
            console.line(
                    "%s  after block %d, rank %d, cutaway %s",
                    stored.about().name(),
                    stored.about().layer(),
                    stored.about().rank(),
                    Cutaway.Version.number());
            console.line("%s", swapped.prompt());
            line("as it is", swapped.before());
            line("of " + other, swapped.other());
            line("edited", swapped.after());
            line("edited at random", swapped.random());
        }
        return 0;
    }

    private void line(String what, List<Likely> tokens) {
        console.line("  %-24s  %s", what, RelationRead.text(tokens));
    }
}
