package cutaway.cli;

import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.relations.StoredRelation;
import cutaway.interp.relations.StoredRelation.Likely;
import cutaway.interp.site.Positions;
import cutaway.model.Model;
import cutaway.model.tokenizer.Encoding;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway relation read`: every token of a prompt as the subject of relations.
@Command(
        name = "read",
        description = "Reads every token of a prompt through relations (attribute lens): the likeliest objects, were"
                + " the token a subject.",
        footer = {
            "",
            "Example:",
            "  cutaway relation read capital.safetensors \"My flight from Italy to Norway\"",
            "  cutaway relation read relations/ language.safetensors \"My flight from Italy to Norway\" --at -1"
        },
        mixinStandardHelpOptions = true)
final class RelationRead implements Callable<Integer> {

    @Parameters(
            arity = "2..*",
            paramLabel = "RELATION... PROMPT",
            hideParamSyntax = true,
            description = "What cutaway relation fit --out wrote, files or folders of them (each file of a folder that"
                    + " ends in .safetensors); last the text.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private List<String> given;

    @Option(
            names = "--top",
            paramLabel = "N",
            defaultValue = "3",
            description = "Objects of each token (default: ${DEFAULT-VALUE}).")
    private int top;

    @Option(
            names = "--at",
            paramLabel = "POSITION",
            description = "One token alone, from 0, or from -1, the last, backwards (default: every token).")
    private @Nullable Integer at;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    /// A token of the prompt with what it would have for an object.
    private record AtToken(int position, String token, List<Likely> objects) {}

    /// A relation with what every token would have for an object.
    private record Through(StoredRelation.About relation, List<AtToken> tokens) {}

    /// What `--json` prints.
    private record Found(String version, ModelFacts model, String prompt, List<Through> relations) {}

    @Override
    public Integer call() {
        List<StoredRelation> relations = StoredRelation.readAll(
                given.subList(0, given.size() - 1).stream().map(Path::of).toList());
        String prompt = given.getLast();
        try (Model opened = weights.open(model.path(), console)) {
            Encoding encoding = opened.encode(prompt);
            Positions asked = at == null ? Positions.ALL : Positions.of(at);
            int[] positions = asked.in(encoding.ids().length);
            List<Through> through = relations.stream()
                    .map(relation -> through(relation, opened, encoding, positions))
                    .toList();
            if (console.isJson()) {
                console.json(new Found(Cutaway.Version.number(), model.facts(opened, weights), prompt, through));
                return 0;
            }
            through.forEach(this::print);
        }
        return 0;
    }

    private Through through(StoredRelation relation, Model opened, Encoding encoding, int[] positions) {
        List<List<Likely>> objects = relation.objects(opened, encoding.ids(), Math.max(1, top));
        return new Through(
                relation.about(),
                IntStream.of(positions)
                        .mapToObj(i -> new AtToken(i, encoding.tokens().get(i), objects.get(i)))
                        .toList());
    }

    private void print(Through through) {
        console.line(
                "%s  after block %d, faithful to %.2f of the facts held out, cutaway %s",
                through.relation.name(),
                through.relation.layer(),
                through.relation.faithfulness(),
                Cutaway.Version.number());
        through.tokens.forEach(read ->
                console.line("  %3d  %-16s  %s", read.position, Console.quoted(read.token), text(read.objects)));
    }

    static String text(List<Likely> tokens) {
        return tokens.stream()
                .map(it -> String.format(Locale.ROOT, "%s %.2f", Console.quoted(it.token()), it.probability()))
                .collect(Collectors.joining(", "));
    }
}
