package cutaway.cli;

import cutaway.cli.report.WhatIfRecord.AtRow;
import cutaway.cli.report.WhatIfRecord.ScoredBy;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.whatif.Comparison;
import cutaway.interp.whatif.Comparison.Predicted;
import cutaway.interp.whatif.Counterfactual;
import cutaway.interp.whatif.Datapoints;
import cutaway.interp.whatif.Dependence;
import cutaway.interp.whatif.Distances;
import cutaway.interp.whatif.Distances.Norm;
import cutaway.interp.whatif.Fairness;
import cutaway.interp.whatif.Fairness.Scored;
import cutaway.interp.whatif.Labels;
import cutaway.interp.whatif.PromptScorer;
import cutaway.interp.whatif.ScoreCurves;
import cutaway.interp.whatif.Scorer;
import cutaway.interp.whatif.Slice;
import cutaway.interp.whatif.Strategy;
import cutaway.interp.whatif.TokenSaliency;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What `cutaway whatif` asks of every model of a table.
///
/// @param features columns that distances count
/// @param labels what is true of each row; null where nobody says
/// @param at a row that is looked at by itself; null for none
record WhatIfQuestion(
        Datapoints table,
        List<String> features,
        @Nullable Labels labels,
        List<Slice> slices,
        Judged judged,
        @Nullable At at) {

    /// How thresholds are chosen.
    ///
    /// @param strategies the first gives the thresholds of the table
    /// @param costRatio cost of a false positive over that of a false negative
    /// @param tolerance by how much a rate that is held alike may differ
    record Judged(List<Strategy> strategies, double costRatio, double tolerance) {

        private List<Fairness> of(Scored scored) {
            return strategies.stream()
                    .map(strategy -> Fairness.of(scored, strategy, costRatio, tolerance))
                    .toList();
        }
    }

    /// One row.
    ///
    /// @param saliency whether the tokens of its prompt are asked about
    /// @param seed of the values that its columns take
    record At(int row, Norm norm, boolean saliency, long seed) {}

    /// @param another of the model, where it is not the first one
    ScoredBy of(Scorer scorer, @Nullable ModelFacts another, Console console) {
        int[] done = new int[1];
        double[] scores =
                scorer.scores(table.all(), (_, _) -> console.progress("scoring", (double) ++done[0] / table.rows()));
        double[] thresholds = new double[scores.length];
        Arrays.fill(thresholds, 0.5);
        List<Fairness> strategies = List.of();
        ScoreCurves curves = null;
        if (labels != null) {
            curves = ScoreCurves.of(scores, labels);
            strategies = judged.of(new Scored(scores, labels, slices));
            thresholds = strategies.getFirst().ofRows(slices, scores.length);
        }
        return new ScoredBy(
                scorer.about(),
                another,
                Arrays.stream(scores).boxed().toList(),
                curves == null ? null : curves.rocArea(),
                curves == null ? null : curves.precisionArea(),
                strategies,
                at == null ? null : atRow(at, scorer, scores, thresholds));
    }

    private AtRow atRow(At asked, Scorer scorer, double[] scores, double[] thresholds) {
        List<String> point = table.row(asked.row);
        Counterfactual nearest = Counterfactual.of(
                        table,
                        new Distances(table, features),
                        asked.norm,
                        point,
                        scores[asked.row],
                        thresholds[asked.row],
                        scores,
                        thresholds)
                .orElse(null);
        List<Dependence> dependence = nearest == null
                ? List.of()
                : nearest.differing().stream()
                        .limit(3)
                        .map(column -> Dependence.of(scorer, table, column, point, 0, asked.seed, Scorer.Heard.NOBODY))
                        .toList();
        TokenSaliency tokens = asked.saliency && scorer instanceof PromptScorer prompted
                ? TokenSaliency.of(prompted, prompted.prompt(point), true, () -> {})
                : null;
        return new AtRow(asked.row, point, scores[asked.row], nearest, dependence, tokens);
    }

    /// The first model beside the last.
    Comparison compared(List<ScoredBy> scored) {
        return Comparison.of(predicted(scored.getFirst()), predicted(scored.getLast()), labels, slices);
    }

    private Predicted predicted(ScoredBy one) {
        double[] scores = one.scores().stream().mapToDouble(Double::doubleValue).toArray();
        return one.strategies().isEmpty()
                ? Predicted.half(scores)
                : new Predicted(scores, one.strategies().getFirst().ofRows(slices, scores.length));
    }
}
