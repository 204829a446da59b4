package cutaway.server.tables;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.interp.whatif.Counterfactual;
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
import cutaway.interp.whatif.Scorer.Heard;
import cutaway.interp.whatif.Slice;
import cutaway.interp.whatif.Strategy;
import cutaway.lab.table.TableNet;
import cutaway.server.api.Json;
import cutaway.server.api.MayBeLeftOut;
import cutaway.server.api.Refusal;
import cutaway.server.api.Route;
import cutaway.server.job.Jobs;
import cutaway.server.model.Desk;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// What is asked of a table's scores: slices and thresholds, a datapoint with its values changed, its nearest
/// counterfactual, partial dependence. Only what changes values runs the model again.
public final class WhatIfAnswers {

    private static final int SCORINGS = 4;

    /// Rows that the mean of partial dependence is over, at most.
    private static final int MOST_LEARNED = 1_000;

    private static final int MOST_PROMPTED = 50;

    private final Tables tables;
    private final Scorers scorers;
    private final Jobs jobs;
    private final Desk desk;
    private final Map<String, Scores> kept = new LinkedHashMap<>();

    public WhatIfAnswers(Tables tables, Scorers scorers, Jobs jobs, Desk desk) {
        this.tables = tables;
        this.scorers = scorers;
        this.jobs = jobs;
        this.desk = desk;
    }

    /// A job that is done, and the table that it scored.
    record Scores(ScoringAsked asked, Scoring scoring, Datapoints table) {

        double[] values() {
            return scoring.scores().stream().mapToDouble(Double::doubleValue).toArray();
        }
    }

    /// @param job that scored the table
    /// @param label column of what is true
    /// @param by one column or two whose values tell slices apart; none: all rows are one slice
    /// @param bins slices of a column of numbers; 4 where nobody says
    /// @param strategy what thresholds are chosen for; null for those that are given
    /// @param thresholds of the slices, or one for all; null where a strategy chooses
    /// @param costRatio cost of a false positive over that of a false negative
    /// @param tolerance the greatest difference between slices of the rate that is held alike
    public record FairnessAsked(
            @JsonProperty(required = true) String job,
            @JsonProperty(required = true) String label,
            @MayBeLeftOut @Nullable List<String> by,
            @MayBeLeftOut @Nullable Integer bins,
            @MayBeLeftOut @Nullable Strategy strategy,
            @MayBeLeftOut @Nullable List<Double> thresholds,
            @JsonProperty(required = true) double costRatio,
            @JsonProperty(required = true) double tolerance) {}

    /// @param thresholds of each row, that of its slice
    public record FairnessFound(
            String about, Fairness fairness, ScoreCurves curves, List<Double> thresholds, double milliseconds) {}

    /// @param row of the table
    /// @param values to run the model on in its place, in the order of the columns; null for its own, whose
    ///     score is known
    /// @param judged how thresholds are chosen, of the same job; null for 1/2
    public record PointAsked(
            @JsonProperty(required = true) String job,
            @JsonProperty(required = true) int row,
            @MayBeLeftOut @Nullable List<String> values,
            @JsonProperty(required = true) Norm norm,
            @MayBeLeftOut @Nullable FairnessAsked judged) {}

    /// @param values of the row, in the order of the columns
    /// @param seen columns that the model sees; another value in any other changes no score
    /// @param score of the row, as it was scored
    /// @param threshold of the row's slice
    /// @param edited score of the values that were given, run now; null where none were
    /// @param prompt of the values; null for a net
    /// @param nearest to the values, of the rows that are predicted otherwise; null where there is none
    public record PointFound(
            int row,
            List<String> columns,
            List<String> values,
            List<String> seen,
            double score,
            double threshold,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double edited,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            String prompt,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Counterfactual nearest,

            double milliseconds) {}

    /// @param values of the datapoint, in the order of the columns
    /// @param rows that the mean is over; 0 for none
    public record DependenceAsked(
            @JsonProperty(required = true) String job,
            @JsonProperty(required = true) String column,
            @JsonProperty(required = true) List<String> values,
            @JsonProperty(required = true) int rows,
            @MayBeLeftOut long seed) {}

    public List<Route<?, ?>> routes() {
        List<Route<?, ?>> routes = new ArrayList<>(own());
        routes.addAll(new PairAnswers(this).routes());
        return routes;
    }

    private List<Route<?, ?>> own() {
        return List.of(
                Route.get(
                        "/api/whatif/probes",
                        "Stored probes that a table's rows can be scored by, or a model steered along.",
                        KeptProbe.KeptProbes.class,
                        at -> new KeptProbe.KeptProbes(scorers.folder(), scorers.kept())),
                Route.post(
                        "/api/whatif/fairness",
                        "How a table's scores do on slices, and the thresholds that a strategy chooses.",
                        FairnessAsked.class,
                        FairnessFound.class,
                        (asked, at) -> fairness(asked)),
                Route.post(
                        "/api/whatif/point",
                        "A datapoint, maybe with other values on which the model runs again, and its nearest"
                                + " counterfactual.",
                        PointAsked.class,
                        PointFound.class,
                        (asked, at) -> point(asked)),
                Route.post(
                        "/api/whatif/dependence",
                        "The score as one column's value changes, of a datapoint and in the mean.",
                        DependenceAsked.class,
                        Dependence.class,
                        (asked, at) -> dependence(asked)));
    }

    synchronized Scores scores(String job) {
        Scores known = kept.remove(job);
        if (known == null) {
            Scoring scoring = Json.read(jobs.result(job, ScoringWork.NAME), Scoring.class);
            ScoringAsked asked = Json.read(jobs.job(job).asked(), ScoringAsked.class);
            known = new Scores(asked, scoring, tables.table(asked.table()).datapoints());
            if (kept.size() >= SCORINGS) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        if (!tables.table(known.asked.table()).sha256().equals(known.scoring.sha256())) {
            throw new Refusal(
                    409, "the table " + known.asked.table() + " was changed since it was scored; score it anew.");
        }
        kept.put(job, known);
        return known;
    }

    private FairnessFound fairness(FairnessAsked asked) {
        long start = System.nanoTime();
        Scores scores = scores(asked.job);
        double[] values = scores.values();
        List<Slice> slices = slices(asked, scores);
        Fairness found = fairness(asked, scores, slices);
        return new FairnessFound(
                scores.scoring.about(),
                found,
                ScoreCurves.of(values, Labels.of(scores.table, asked.label)),
                Arrays.stream(found.ofRows(slices, values.length)).boxed().toList(),
                (System.nanoTime() - start) / 1e6);
    }

    static List<Slice> slices(FairnessAsked asked, Scores scores) {
        return asked.by == null || asked.by.isEmpty()
                ? List.of(Slice.whole(scores.table))
                : Slice.by(scores.table, asked.by, asked.bins == null ? 4 : asked.bins);
    }

    static Fairness fairness(FairnessAsked asked, Scores scores, List<Slice> slices) {
        Scored scored = new Scored(scores.values(), Labels.of(scores.table, asked.label), slices);
        if (asked.strategy != null) {
            return Fairness.of(scored, asked.strategy, asked.costRatio, asked.tolerance);
        }
        List<Double> given = asked.thresholds == null ? List.of() : asked.thresholds;
        if (given.size() != 1 && given.size() != slices.size()) {
            throw new Refusal(
                    400,
                    "there are " + given.size() + " thresholds for " + slices.size()
                            + " slices; give one for all, one for each, or a strategy.");
        }
        double[] thresholds = slices.stream()
                .mapToDouble(slice -> given.get(given.size() == 1 ? 0 : slices.indexOf(slice)))
                .toArray();
        Strategy of = given.size() == 1 ? Strategy.SINGLE : Strategy.GROUP;
        return Fairness.at(scored, thresholds, of, asked.costRatio, asked.tolerance);
    }

    private PointFound point(PointAsked asked) {
        long start = System.nanoTime();
        Scores scores = scores(asked.job);
        Datapoints table = scores.table;
        List<String> own = table.row(asked.row);
        double[] values = scores.values();
        double[] thresholds = new double[values.length];
        Arrays.fill(thresholds, 0.5);
        String label = null;
        if (asked.judged != null) {
            if (!asked.judged.job.equals(asked.job)) {
                throw new Refusal(400, "the thresholds are of another job than the datapoint; give one job for both.");
            }
            List<Slice> slices = slices(asked.judged, scores);
            thresholds = fairness(asked.judged, scores, slices).ofRows(slices, values.length);
            label = asked.judged.label;
        }
        List<String> shown = asked.values == null ? own : checked(asked.values, table);
        Double edited = asked.values == null ? null : run(scores, shown);
        Counterfactual nearest = Counterfactual.of(
                        table,
                        new Distances(table, features(scores, label)),
                        asked.norm,
                        shown,
                        edited == null ? values[asked.row] : edited,
                        thresholds[asked.row],
                        values,
                        thresholds)
                .orElse(null);
        return new PointFound(
                asked.row,
                table.names(),
                own,
                seen(scores),
                values[asked.row],
                thresholds[asked.row],
                edited,
                prompt(scores, shown),
                nearest,
                (System.nanoTime() - start) / 1e6);
    }

    private static List<String> features(Scores scores, @Nullable String label) {
        return scores.table.names().stream()
                .filter(name -> !name.equals(label)
                        && !name.equals(scores.asked.learn())
                        && !scores.asked.leftOut().contains(name))
                .toList();
    }

    /// Columns that the model sees.
    private static List<String> seen(Scores scores) {
        Datapoints table = scores.table;
        String template = scores.asked.template();
        if (template != null) {
            return new RowTemplate(template, table)
                    .columns().stream().map(table.names()::get).toList();
        }
        return TableNet.seen(
                table,
                table.names().stream()
                        .filter(name -> !name.equals(scores.asked.learn())
                                && !scores.asked.leftOut().contains(name))
                        .toList());
    }

    private static List<String> checked(List<String> values, Datapoints table) {
        if (values.size() != table.columns().size() || values.contains(null)) {
            throw new Refusal(
                    400,
                    "there are " + values.size() + " values; the table has "
                            + table.columns().size() + " columns, each with one.");
        }
        for (int i = 0; i < values.size(); i++) {
            table.columns().get(i).check(values.get(i));
        }
        return values;
    }

    private double run(Scores scores, List<String> values) {
        return desk.ask(() -> scorers.with(
                scores.asked, scores.table, _ -> {}, (scorer, _) -> scorer.scores(List.of(values), Heard.NOBODY)[0]));
    }

    /// Runs a prompt as those of a table were.
    ///
    /// @param use gets what it calls between runs too
    /// @throws Refusal when the table was scored by a net
    <T> T prompted(Scores scores, String prompt, BiFunction<PromptScorer, Runnable, T> use) {
        scorers.checkPrompt(scores.asked, prompt);
        return desk.askAtLength(pass -> scorers.with(
                scores.asked, scores.table, _ -> {}, (scorer, _) -> use.apply((PromptScorer) scorer, pass)));
    }

    private @Nullable String prompt(Scores scores, List<String> values) {
        return scores.asked.template() == null
                ? null
                : new RowTemplate(scores.asked.template(), scores.table).filled(values);
    }

    private Dependence dependence(DependenceAsked asked) {
        Scores scores = scores(asked.job);
        int most = scores.asked.learn() == null ? MOST_PROMPTED : MOST_LEARNED;
        if (asked.rows < 0 || asked.rows > most) {
            throw new Refusal(400, "the mean is over " + asked.rows + " rows; give 0 to " + most + ".");
        }
        List<String> values = checked(asked.values, scores.table);
        return desk.askAtLength(pass -> scorers.with(
                scores.asked,
                scores.table,
                _ -> {},
                (scorer, _) -> Dependence.of(
                        scorer, scores.table, asked.column, values, asked.rows, asked.seed, (_, _) -> pass.run())));
    }
}
