package cutaway.cli;

import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.relations.StoredRelation;
import cutaway.interp.relations.StoredRelation.Likely;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway relation read`: every token of a prompt as a relation's subject.
@Command(
        name = "read",
        description = "Reads every token of a prompt through a relation (attribute lens): the likeliest objects, were"
                + " the token its subject.",
        footer = {"", "Example:", "  cutaway relation read capital.safetensors \"My flight from Italy to Norway\""},
        mixinStandardHelpOptions = true)
final class RelationRead implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "RELATION", description = "What cutaway relation fit --out wrote.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path relation;

    @Parameters(index = "1", paramLabel = "PROMPT", description = "The text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private String prompt;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "3",
            description = "Objects of each token (default: ${DEFAULT-VALUE}).")
    private int top;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// A token of the prompt with what it would have for an object.
    private record AtToken(int position, String token, List<Likely> objects) {}

    /// What `--json` prints.
    private record Found(String version, ModelFacts model, StoredRelation.About relation, List<AtToken> tokens) {}

    @Override
    public Integer call() {
        StoredRelation stored = StoredRelation.read(relation);
        try (Model opened = weights.open(model.path(), console)) {
            Encoding encoding = opened.encode(prompt);
            List<List<Likely>> objects = stored.objects(opened, encoding.ids(), Math.max(1, top));
            List<AtToken> tokens = IntStream.range(0, objects.size())
                    .mapToObj(i -> new AtToken(i, encoding.tokens().get(i), objects.get(i)))
                    .toList();
            if (console.isJson()) {
                console.json(new Found(Cutaway.Version.number(), model.facts(opened, weights), stored.about(), tokens));
                return 0;
            }
            console.line(
                    "%s  after block %d, cutaway %s",
                    stored.about().name(), stored.about().layer(), Cutaway.Version.number());
            tokens.forEach(
                    at -> console.line("  %3d  %-16s  %s", at.position, Console.quoted(at.token), text(at.objects)));
        }
        return 0;
    }

    static String text(List<Likely> tokens) {
        return tokens.stream()
                .map(it -> String.format(Locale.ROOT, "%s %.2f", Console.quoted(it.token()), it.probability()))
                .collect(Collectors.joining(", "));
    }
}
