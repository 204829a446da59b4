package cutaway.cli;

import cutaway.cli.WhatIfQuestion.At;
import cutaway.cli.WhatIfQuestion.Judged;
import cutaway.cli.report.Ink;
import cutaway.cli.report.WhatIfRecord;
import cutaway.cli.report.WhatIfRecord.ScoredBy;
import cutaway.cli.report.WhatIfText;
import cutaway.interp.edit.Edit;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.whatif.DatapointFile;
import cutaway.interp.whatif.Datapoints;
import cutaway.interp.whatif.Distances.Norm;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.PromptScorer;
import cutaway.interp.whatif.RowTemplate;
import cutaway.interp.whatif.Scorer;
import cutaway.interp.whatif.Slice;
import cutaway.interp.whatif.Strategy;
import cutaway.lab.table.TableNet;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
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
                + " --yes against --no or by a probe (--probe); or from a small net that learns a column (--learn).",
            "A second model is set beside it on the same rows: the first with edits (--edit) or steered (--steer),"
                    + " or another (--against-...)."
        },
        footer = {
            "",
            "Example:",
            "  cutaway whatif docs/examples/loans.csv --learn approved --label repaid --slice region --row 98",
            "  cutaway whatif docs/examples/loans.csv --learn approved --against-learn repaid --label repaid --slice"
                    + " region",
            "  cutaway whatif loans.csv --template \"Income: {income}. Debt: {debt}. Repaid (yes or no):\" --label"
                    + " repaid --slice region --row 3 --saliency",
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
            names = "--learn",
            paramLabel = "COLUMN",
            description = "In place of --template: the column, 1 or 0, that a small net learns from the others.")
    private @Nullable String learn;

    @Option(
            names = "--without",
            preprocessor = CommaList.class,
            split = ",",
            paramLabel = "COLUMNS",
            description = "Columns that nets are not given and distances do not count, joined by commas; those that are"
                    + " learned and --label are left out anyway.")
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

    @Option(
            names = "--saliency",
            description = "With --template and --row: what each token of the row's prompt is worth to the margin, by"
                    + " the gradient and measured by leaving it out.")
    private boolean saliency;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the net (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Mixin
    private final AgainstOption against = new AgainstOption();

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
        if ((probe == null) != (positive == null) || (template == null && probe != null)) {
            throw new BadInputException("--probe goes with --template and --class.");
        }
        if (saliency && (row == null || (template == null && !against.isOther()))) {
            throw new BadInputException("--saliency is of the prompt of a row; give --template and --row.");
        }
        against.check(template);
        Fairness.check(costRatio, tolerance);
        Slice.check(by.isEmpty() ? List.of("any") : by, bins);
        Datapoints table = DatapointFile.read(file);
        without.forEach(table::index);
        by.forEach(table::index);
        if (row != null) {
            table.row(row);
        }
        for (String column : learned()) {
            Labels.of(table, column);
        }
        for (String text : prompts()) {
            new RowTemplate(text, table);
        }
        String truth = label == null ? learn : label;
        Labels labels = truth == null ? null : Labels.of(table, truth);
        if (labels == null && !by.isEmpty()) {
            throw new BadInputException("slices are judged by a label; name its column with --label.");
        }
        List<Slice> slices = by.isEmpty() ? List.of(Slice.whole(table)) : Slice.by(table, by, bins);
        WhatIfQuestion question = new WhatIfQuestion(
                table,
                features(table),
                labels,
                slices,
                new Judged(by.isEmpty() ? List.of(asked) : firstThenOthers(asked), costRatio, tolerance),
                row == null ? null : new At(row, distance, saliency, seed));
        List<ScoredBy> scored = new ArrayList<>();
        ModelFacts facts = null;
        if (learn != null) {
            scored.add(learned(learn, question));
        } else {
            RowTemplate prompts = new RowTemplate(String.valueOf(template), table);
            try (Model opened = weights.open(model.path(), console)) {
                facts = model.facts(opened, weights);
                scored.add(prompted(opened, prompts, List.of(), probe, positive, null, question));
                if (against.isEdited()) {
                    scored.add(prompted(opened, prompts, against.edits(opened), probe, positive, null, question));
                }
            }
        }
        if (against.isOther()) {
            scored.add(other(facts, question));
        }
        print(new WhatIfRecord(
                Cutaway.Version.number(),
                facts,
                file.toString(),
                table.rows(),
                table.names(),
                truth,
                by,
                norm,
                scored,
                scored.size() < 2 ? null : question.compared(scored)));
        return 0;
    }

    private static List<Strategy> firstThenOthers(Strategy first) {
        return Stream.concat(Stream.of(first), Arrays.stream(Strategy.values()).filter(other -> other != first))
                .toList();
    }

    /// Columns that nets are to learn.
    private List<String> learned() {
        return Stream.of(learn, against.learn).filter(Objects::nonNull).toList();
    }

    private List<String> prompts() {
        return Stream.of(template, against.template).filter(Objects::nonNull).toList();
    }

    private ScoredBy learned(String column, WhatIfQuestion question) {
        try (Scorer net = TableNet.train(
                question.table(), column, question.features(), seed, done -> console.progress("training", done))) {
            return question.of(net, null, console);
        }
    }

    private ScoredBy other(@Nullable ModelFacts first, WhatIfQuestion question) {
        if (against.learn != null) {
            return learned(against.learn, question);
        }
        String text = against.template == null ? String.valueOf(template) : against.template;
        RowTemplate prompts = new RowTemplate(text, question.table());
        String name = against.model == null ? model.name() : against.model;
        try (Model opened = weights.open(Hub.resolve(name), console)) {
            ModelFacts facts = ModelOption.facts(name, opened, weights);
            return prompted(
                    opened,
                    prompts,
                    List.of(),
                    against.probe,
                    against.positive,
                    facts.equals(first) ? null : facts,
                    question);
        }
    }

    private ScoredBy prompted(
            Model opened,
            RowTemplate prompts,
            List<Edit> edits,
            @Nullable Path read,
            @Nullable String named,
            @Nullable ModelFacts other,
            WhatIfQuestion question) {
        if (read == null || named == null) {
            return question.of(PromptScorer.ofOptions(opened, prompts, edits, yes, no), other, console);
        }
        try (NamedProbe reading = NamedProbe.read(read)) {
            return question.of(PromptScorer.ofProbe(opened, prompts, edits, reading, named), other, console);
        }
    }

    private List<String> features(Datapoints table) {
        return table.names().stream()
                .filter(name -> !name.equals(learn)
                        && !name.equals(label)
                        && !name.equals(against.learn)
                        && !without.contains(name))
                .toList();
    }

    private void print(WhatIfRecord found) {
        if (console.isJson()) {
            console.json(found);
        } else {
            WhatIfText.lines(found, Ink.widthOfTables()).forEach(line -> console.line("%s", line));
        }
    }
}
