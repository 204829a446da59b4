package cutaway.studies.combinatorialinterp;

import cutaway.interp.codes.SignCodes;
import cutaway.lab.task.Clauses;
import cutaway.studies.Bar;
import cutaway.studies.Figure;
import cutaway.studies.StudyRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Formulas beside those that the bars are of: other sizes, and how long codes are of how many clauses.
///
/// @param settings overlaps in other settings, medians over seeds
/// @param counts of clauses, all of them disjoint, every variable in one
/// @param lengths of a clause's code at each, in neurons, medians over seeds
record OtherFormulas(List<Setting> settings, double[] counts, double[] lengths) {

    private static final int WIDTH = 4;

    /// Neurons of the nets whose codes are measured.
    private static final int NEURONS = 32;

    private static final int[] COUNTS = {2, 4, 8, 16};

    /// @param auc of overlaps for pairs of one clause
    /// @param shuffled the same with each neuron's weights shuffled
    /// @param accuracy on new examples
    record Setting(String name, double auc, double shuffled, double accuracy) {}

    /// A line `log length = intercept + slope log clauses`, by least squares.
    ///
    /// @param explained share of the variance of `log length` (R2)
    record Fit(double intercept, double slope, double explained) {}

    static OtherFormulas train(StudyRun run) {
        List<Setting> settings = List.of(
                setting(run, new Clauses(32, 24, 2, true, Clauses.Form.DISJUNCTIVE), 32),
                setting(run, new Clauses(64, 8, 4, false, Clauses.Form.DISJUNCTIVE), 24),
                setting(run, new Clauses(64, 16, 4, false, Clauses.Form.DISJUNCTIVE), 24));
        double[] lengths = Arrays.stream(COUNTS)
                .mapToDouble(count -> {
                    Clauses task = new Clauses(WIDTH * count, count, WIDTH, false, Clauses.Form.DISJUNCTIVE);
                    try (ClauseNets nets = ClauseNets.train(run, task, NEURONS)) {
                        return median(run, seed -> length(nets.codes(seed), nets.formula(seed)));
                    }
                })
                .toArray();
        return new OtherFormulas(
                settings, Arrays.stream(COUNTS).asDoubleStream().toArray(), lengths);
    }

    private static Setting setting(StudyRun run, Clauses task, int neurons) {
        try (ClauseNets nets = ClauseNets.train(run, task, neurons)) {
            return new Setting(
                    task.clauses() + (task.overlapping() ? " overlapping" : "") + " of " + task.width() + ", "
                            + task.variables() + " inputs, " + neurons + " neurons",
                    median(run, seed -> ClauseNets.auc(nets.codes(seed), nets.formula(seed))),
                    median(run, seed -> ClauseNets.auc(nets.shuffled(seed), nets.formula(seed))),
                    median(run, seed -> nets.accuracies()[seed]));
        }
    }

    private static double median(StudyRun run, IntToDoubleFunction ofSeed) {
        return Bar.median(
                IntStream.range(0, run.seedCount()).mapToDouble(ofSeed).boxed().toList());
    }

    /// Neurons in the code of a clause, the mean over clauses.
    static double length(SignCodes codes, List<List<Integer>> formula) {
        return formula.stream()
                .mapToInt(clause -> codes.code(clause).size())
                .average()
                .orElse(Double.NaN);
    }

    /// Of lengths that are above 0.
    static Fit fit(double[] counts, double[] lengths) {
        int[] there =
                IntStream.range(0, counts.length).filter(i -> lengths[i] > 0).toArray();
        double[] x = Arrays.stream(there).mapToDouble(i -> Math.log(counts[i])).toArray();
        double[] y = Arrays.stream(there).mapToDouble(i -> Math.log(lengths[i])).toArray();
        double meanX = Arrays.stream(x).average().orElse(Double.NaN);
        double meanY = Arrays.stream(y).average().orElse(Double.NaN);
        double products = 0;
        double squares = 0;
        double all = 0;
        for (int i = 0; i < x.length; i++) {
            products += (x[i] - meanX) * (y[i] - meanY);
            squares += (x[i] - meanX) * (x[i] - meanX);
            all += (y[i] - meanY) * (y[i] - meanY);
        }
        double slope = products / squares;
        return new Fit(meanY - slope * meanX, slope, all == 0 ? 1 : slope * products / all);
    }

    List<Figure> figures(double auc, double shuffled) {
        List<String> names = new ArrayList<>(List.of("8 of 4, 32 inputs, 32 neurons", "the same, shuffled"));
        List<Double> values = new ArrayList<>(List.of(auc, shuffled));
        settings.forEach(one -> {
            names.addAll(List.of(one.name, one.name + ", shuffled"));
            values.addAll(List.of(one.auc, one.shuffled));
        });
        Fit fit = fit(counts, lengths);
        double[] foretold = Arrays.stream(counts)
                .map(count -> Math.exp(fit.intercept + fit.slope * Math.log(count)))
                .toArray();
        return List.of(
                new Figure(
                        "Overlaps in other settings",
                        "AUC of overlaps for pairs of one clause, medians over seeds, beside nets of which each"
                                + " neuron's weights are shuffled.",
                        new Figure.Bars(Figure.Axis.of("AUC"), names, values)),
                new Figure(
                        "How long codes are",
                        "Neurons in the code of a clause of four, of " + NEURONS + " neurons, the mean over clauses and"
                                + " the median over seeds; the line is fitted to the logarithms.",
                        new Figure.Curves(
                                Figure.Axis.log("clauses"),
                                Figure.Axis.log("neurons in a code"),
                                List.of(
                                        Figure.Series.points("code length", counts, lengths),
                                        Figure.Series.reference("fit", counts, foretold)))));
    }

    List<String> notes() {
        Fit fit = fit(counts, lengths);
        List<String> notes = new ArrayList<>();
        settings.forEach(one -> notes.add(String.format(
                Locale.ROOT,
                "%s: AUC %.2f (shuffled %.2f), accuracy %.3f.",
                one.name,
                one.auc,
                one.shuffled,
                one.accuracy)));
        notes.add(String.format(
                Locale.ROOT,
                "Codes of %d to %d disjoint clauses in %d neurons have lengths of %.1f to %.1f: clauses to the power of"
                        + " %.2f (R2 %.2f).",
                COUNTS[0],
                COUNTS[COUNTS.length - 1],
                NEURONS,
                lengths[0],
                lengths[lengths.length - 1],
                fit.slope,
                fit.explained));
        return notes;
    }
}
