package cutaway.cli;

import cutaway.cli.report.AlignedTable;
import cutaway.cli.report.Ink;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.geometry.ComponentRoles;
import cutaway.interp.geometry.NumberedPrompts;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway geometry components`: what heads and MLPs do where a number comes out of others.
@Command(
        name = "components",
        description = {
            "Says what each head and MLP does where a number comes out of others, such as a + b (Kantamneni & Tegmark"
                + " 2025): its total effect, with its output taken from a run in which one number is another, its"
                + " direct effect on the logits (path patching) and what is left, the indirect one, as shares of what"
                + " separates the two runs; and how much of the variance of what it writes at the last token the curve"
                + " of each number tells, at values that were not fitted.",
            "Roles follow from these, the first that fits: idle (no effect of --least-effect), writes (at least half"
                + " of the effect is direct), copies (curves of the numbers given tell --least-told together, and a"
                + " tenth more than that of the one that comes out), builds (that one tells --least-told), other. The"
                + " effects shown are of the number whose change passes on most; --json has all."
        },
        footer = {
            "",
            "Example:",
            "  cutaway lab train sums --out sums",
            "  cutaway geometry components docs/examples/sums.jsonl --inputs a,b --output sum --model sums/seed-0",
            "",
            "The prompts are JSON lines such as {\"text\": \"31 + 27 =\", \"a\": 31, \"b\": 27, \"sum\": 58,"
                + " \"answer\": \" 58\"}; without an answer, that of the model is taken. Each is held against one of"
                + " them, of as many tokens, that differs in one number given."
        },
        mixinStandardHelpOptions = true)
final class GeometryComponents implements Callable<Integer> {

    @Parameters(paramLabel = "PROMPTS", description = "JSON lines with a text, and the numbers as fields.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path prompts;

    @Option(
            names = "--inputs",
            preprocessor = CommaList.class,
            paramLabel = "FIELDS",
            defaultValue = "a,b",
            description = "The numbers that are given, joined by commas (default: ${DEFAULT-VALUE}).")
    private String inputs = "a,b";

    @Option(
            names = "--output",
            paramLabel = "FIELD",
            defaultValue = "sum",
            description = "The number that comes out (default: ${DEFAULT-VALUE}).")
    private String output = "sum";

    @Option(
            names = "--sites",
            preprocessor = CommaList.class,
            paramLabel = "SITES",
            defaultValue = "head_z,mlp_out",
            description = "Heads' z and MLP outputs, joined by commas (default: ${DEFAULT-VALUE}).")
    private String sites = "head_z,mlp_out";

    @Option(
            names = "--features",
            paramLabel = "FEATURES",
            description = "What is made of a number, as in cutaway geometry fit (default: a helix of --periods).")
    private @Nullable String features;

    @Option(
            names = "--periods",
            paramLabel = "N",
            defaultValue = "6",
            description = "Periods to choose for each component and number, on the values fitted (default:"
                    + " ${DEFAULT-VALUE}).")
    private int periods;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "20",
            description = "Pairs of prompts for each number given, at most (default: ${DEFAULT-VALUE}).")
    private int pairs;

    @Option(
            names = "--at",
            paramLabel = "POSITION",
            defaultValue = "-1",
            description = "The token whose vectors are told, from 0, or from -1, the last, backwards (default:"
                    + " ${DEFAULT-VALUE}).")
    private int at = -1;

    @Option(
            names = "--held-out",
            paramLabel = "SHARE",
            defaultValue = "0.25",
            description = "Share of a number's values that is not fitted (default: ${DEFAULT-VALUE}).")
    private double heldOut;

    @Option(
            names = "--least-effect",
            paramLabel = "SHARE",
            defaultValue = "0.05",
            description = "Effects below it count as none (default: ${DEFAULT-VALUE}).")
    private double leastEffect;

    @Option(
            names = "--least-told",
            paramLabel = "R2",
            defaultValue = "0.4",
            description = "What a curve has to tell for a role (default: ${DEFAULT-VALUE}).")
    private double leastTold;

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
    private record Found(String version, ModelFacts model, String prompts, ComponentRoles found) {}

    @Override
    public Integer call() {
        ComponentRoles.Settings settings = new ComponentRoles.Settings(
                Optional.ofNullable(features),
                periods,
                heldOut,
                pairs,
                at,
                List.of(sites.split(",(?![^\\[]*])", -1)),
                new ComponentRoles.Rule(leastEffect, leastTold),
                seed);
        NumberedPrompts read = NumberedPrompts.read(prompts, List.of(inputs.split(",", -1)), output);
        try (Model opened = weights.open(model.path(), console)) {
            print(new Found(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    prompts.toString(),
                    ComponentRoles.of(opened, read, settings, console::progress)));
        }
        return 0;
    }

    private void print(Found found) {
        if (console.isJson()) {
            console.json(found);
            return;
        }
        ComponentRoles roles = found.found;
        console.line(
                "%s  %,d prompts, pairs of %s, %s, cutaway %s",
                found.prompts, roles.prompts(), roles.pairs(), found.model.name(), found.version);
        List<AlignedTable.Head> heads = new ArrayList<>(List.of(
                new AlignedTable.Head("component", false),
                new AlignedTable.Head("changed", false),
                new AlignedTable.Head("total", true),
                new AlignedTable.Head("direct", true),
                new AlignedTable.Head("indirect", true)));
        roles.names().forEach(name -> heads.add(new AlignedTable.Head("R2 " + name, true)));
        heads.add(new AlignedTable.Head("given", true));
        heads.add(new AlignedTable.Head("shuffled", true));
        heads.add(new AlignedTable.Head("role", false));
        List<List<String>> rows =
                roles.rows().stream().map(row -> cells(row, roles.names())).toList();
        new AlignedTable(heads, rows, Ink.widthOfTables()).lines().forEach(line -> console.line("%s", line));
    }

    private static List<String> cells(ComponentRoles.Row row, List<String> names) {
        ComponentRoles.Share share = Objects.requireNonNull(row.effects().get(row.changed()));
        List<String> cells = new ArrayList<>(List.of(
                row.site(), row.changed(), number(share.total()), number(share.direct()), number(share.indirect())));
        names.forEach(name -> cells.add(number(row.told().getOrDefault(name, 0.0))));
        cells.add(number(row.together()));
        cells.add(number(row.shuffled()));
        cells.add(row.words());
        return cells;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
