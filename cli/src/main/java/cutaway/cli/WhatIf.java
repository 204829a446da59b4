package cutaway.cli;

import cutaway.cli.report.Ink;
import cutaway.cli.report.WhatIfRecord;
import cutaway.cli.report.WhatIfRecord.AtRow;
import cutaway.cli.report.WhatIfRecord.ScoredBy;
import cutaway.cli.report.WhatIfText;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Json;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.whatif.Counterfactual;
import cutaway.interp.whatif.DatapointFile;
import cutaway.interp.whatif.Datapoints;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Distances;
import cutaway.interp.whatif.Distances.Norm;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.Fairness.Scored;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.PromptScorer;
import cutaway.interp.whatif.RowTemplate;
import cutaway.interp.whatif.ScoreCurves;
import cutaway.interp.whatif.Scorer;
import cutaway.interp.whatif.Slice;
import cutaway.interp.whatif.Strategy;
import cutaway.lab.table.TableNet;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `cutaway whatif`: how a model does on the slices of a table.
@Command(
        name = "whatif",
        description = {
            "Scores every row of a table between 0 and 1, and says how the scores do on its slices: confusion, rates,"
                    + " the gaps between slices, and the thresholds that each strategy chooses.",
            "The score comes from a model that runs on a prompt made of each row (--template), by the probability of"
                    + " --yes against --no or by a probe (--probe); or from a small net that learns a column (--learn)."
        },
        footer = {
            "",
            "Example:",
            "  cutaway whatif docs/examples/loans.csv --learn approved --label repaid --slice region --row 98",
            "  cutaway whatif loans.csv --template \"Income: {income}. Debt: {debt}. Repaid (yes or no):\" --label"
                    + " repaid --slice region",
            "",
            "STRATEGY: single (one threshold for all), group (the cheapest in each slice), demographic_parity,"
                    + " equal_opportunity or equal_accuracy (the cheapest at which the share predicted 1, the true"
                    + " positive rate or the accuracy is alike, within --tolerance)."
        },
        mixinStandardHelpOptions = true)
final class WhatIf implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "A table: CSV with a line of names, or JSON lines.")
    @SuppressWarnings("NullAway.Init") // set by picocli
    private Path file;

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description = "The prompt of a row, with columns in braces: \"Income: {income}.\"")
    private @Nullable String template;

    @Option(
            names = "--yes",
            paramLabel = "TOKEN",
            defaultValue = " yes",
            description = "With --template: the token whose probability is the score (default: \"${DEFAULT-VALUE}\").")
    private String yes = " yes";

    @Option(
            names = "--no",
            paramLabel = "TOKEN",
            defaultValue = " no",
            description = "With --template: the token that it is set against (default: \"${DEFAULT-VALUE}\").")
    private String no = " no";

    @Option(
            names = "--probe",
            paramLabel = "FILE",
            description = "With --template and --class: the score is what a probe that cutaway probe fit --out wrote"
                    + " reads in the prompt's last token.")
    private @Nullable Path probe;

    @Option(names = "--class", paramLabel = "NAME", description = "With --probe: the class whose probability it is.")
    private @Nullable String positive;

    @Option(
            names = "--edit",
            paramLabel = "EDITS",
            description = "With --template: a JSON file with a list of edits; the table is scored with and without"
                    + " them.")
    private @Nullable Path edit;

    @Option(
            names = "--learn",
            paramLabel = "COLUMN",
            description = "In place of --template: the column, 1 or 0, that a small net learns from the others.")
    private @Nullable String learn;

    @Option(
            names = "--without",
            preprocessor = CommaList.class,
            split = ",",
            paramLabel = "COLUMNS",
            description = "Columns that the net is not given and distances do not count, joined by commas; --learn and"
                    + " --label are left out anyway.")
    private List<String> without = new ArrayList<>();

    @Option(
            names = "--label",
            paramLabel = "COLUMN",
            description = "What is true, 1 or 0, yes or no (default: the column of --learn).")
    private @Nullable String label;

    @Option(
            names = "--slice",
            preprocessor = CommaList.class,
            split = ",",
            paramLabel = "COLUMNS",
            description = "One column or two, joined by a comma, whose values tell slices apart.")
    private List<String> by = new ArrayList<>();

    @Option(
            names = "--bins",
            paramLabel = "N",
            defaultValue = "4",
            description = "Slices of a column of numbers, of about as many rows each, 2 to 20 (default:"
                    + " ${DEFAULT-VALUE}).")
    private int bins;

    @Option(
            names = "--strategy",
            paramLabel = "STRATEGY",
            defaultValue = "single",
            description = "What the thresholds of the table are chosen for (default: ${DEFAULT-VALUE}).")
    private String strategy = "single";

    @Option(
            names = "--cost-ratio",
            paramLabel = "X",
            defaultValue = "1",
            description = "Cost of a false positive over that of a false negative (default: ${DEFAULT-VALUE}).")
    private double costRatio;

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            defaultValue = "0.02",
            description = "By how much the rate that is held alike may differ (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(
            names = "--row",
            paramLabel = "N",
            description = "A row, from 0: its nearest counterfactual, and how its score hangs on the columns in which"
                    + " the two differ.")
    private @Nullable Integer row;

    @Option(
            names = "--norm",
            paramLabel = "NORM",
            defaultValue = "l1",
            description = "How differences of columns are added, l1 or l2 (default: ${DEFAULT-VALUE}).")
    private String norm = "l1";

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the net (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final ModelOption model = new ModelOption();

    @Mixin
    private final WeightOption weights = new WeightOption();

    @Mixin
    private final Console console = new Console();

    @Override
    public Integer call() {
        Strategy asked = Choice.of("--strategy", strategy, Strategy.values());
        Norm distance = Choice.of("--norm", norm, Norm.values());
        if ((template == null) == (learn == null)) {
            throw new BadInputException(
                    template == null
                            ? "nothing is said to score rows by; give --template TEXT, or --learn COLUMN."
                            : "--template and --learn are two ways to score rows; give one.");
        }
        if ((probe == null) != (positive == null) || (template == null && (probe != null || edit != null))) {
            throw new BadInputException("--probe goes with --template and --class, --edit with --template.");
        }
        Datapoints table = DatapointFile.read(file);
        without.forEach(table::index);
        by.forEach(table::index);
        if (row != null) {
            table.row(row);
        }
        String truth = label == null ? learn : label;
        Labels labels = truth == null ? null : Labels.of(table, truth);
        if (labels == null && !by.isEmpty()) {
            throw new BadInputException("slices are judged by a label; name its column with --label.");
        }
        Asked question = new Asked(table, labels, asked, distance);
        if (learn != null) {
            try (Scorer net =
                    TableNet.train(table, learn, features(table), seed, done -> console.progress("training", done))) {
                print(new WhatIfRecord(
                        Cutaway.Version.number(),
                        null,
                        file.toString(),
                        table.rows(),
                        table.names(),
                        truth,
                        by,
                        norm,
                        List.of(model(net, question))));
            }
            return 0;
        }
        RowTemplate prompts = new RowTemplate(String.valueOf(template), table);
        List<Edit> edits = edit == null ? List.of() : Json.editsIn(edit);
        try (Model opened = weights.open(model.path(), console)) {
            List<ScoredBy> scored = new ArrayList<>();
            for (List<Edit> some : edits.isEmpty() ? List.of(edits) : List.of(List.<Edit>of(), edits)) {
                scored.add(prompted(opened, prompts, some, question));
            }
            print(new WhatIfRecord(
                    Cutaway.Version.number(),
                    model.facts(opened, weights),
                    file.toString(),
                    table.rows(),
                    table.names(),
                    truth,
                    by,
                    norm,
                    scored));
        }
        return 0;
    }

    /// What is asked of every model.
    private record Asked(Datapoints table, @Nullable Labels labels, Strategy strategy, Norm norm) {}

    private ScoredBy prompted(Model opened, RowTemplate prompts, List<Edit> edits, Asked question) {
        if (probe == null || positive == null) {
            return model(PromptScorer.ofOptions(opened, prompts, edits, yes, no), question);
        }
        try (NamedProbe read = NamedProbe.read(probe)) {
            return model(PromptScorer.ofProbe(opened, prompts, edits, read, positive), question);
        }
    }

    private List<String> features(Datapoints table) {
        return table.names().stream()
                .filter(name -> !name.equals(learn) && !name.equals(label) && !without.contains(name))
                .toList();
    }

    private ScoredBy model(Scorer scorer, Asked question) {
        int[] done = new int[1];
        double[] scores = scorer.scores(
                question.table.all(),
                (_, _) -> console.progress("scoring", (double) ++done[0] / question.table.rows()));
        double[] thresholds = new double[scores.length];
        Arrays.fill(thresholds, 0.5);
        List<Fairness> strategies = new ArrayList<>();
        ScoreCurves curves = null;
        if (question.labels != null) {
            curves = ScoreCurves.of(scores, question.labels);
            List<Slice> slices =
                    by.isEmpty() ? List.of(Slice.whole(question.table)) : Slice.by(question.table, by, bins);
            Scored scored = new Scored(scores, question.labels, slices);
            strategies.add(Fairness.of(scored, question.strategy, costRatio, tolerance));
            for (Strategy other : Strategy.values()) {
                if (other != question.strategy && !by.isEmpty()) {
                    strategies.add(Fairness.of(scored, other, costRatio, tolerance));
                }
            }
            thresholds = strategies.getFirst().ofRows(slices, scores.length);
        }
        return new ScoredBy(
                scorer.about(),
                Arrays.stream(scores).boxed().toList(),
                curves == null ? null : curves.rocArea(),
                curves == null ? null : curves.precisionArea(),
                strategies,
                row == null ? null : atRow(scorer, question, scores, thresholds, row));
    }

    private AtRow atRow(Scorer scorer, Asked question, double[] scores, double[] thresholds, int at) {
        Datapoints table = question.table;
        List<String> point = table.row(at);
        Counterfactual nearest = Counterfactual.of(
                        table,
                        new Distances(table, features(table)),
                        question.norm,
                        point,
                        scores[at],
                        thresholds[at],
                        scores,
                        thresholds)
                .orElse(null);
        List<Dependence> dependence = new ArrayList<>();
        if (nearest != null) {
            nearest.differing().stream()
                    .limit(3)
                    .forEach(column ->
                            dependence.add(Dependence.of(scorer, table, column, point, 0, seed, Scorer.Heard.NOBODY)));
        }
        return new AtRow(at, point, scores[at], nearest, dependence);
    }

    private void print(WhatIfRecord found) {
        if (console.isJson()) {
            console.json(found);
        } else {
            WhatIfText.lines(found, Ink.widthOfTables()).forEach(line -> console.line("%s", line));
        }
    }
}
