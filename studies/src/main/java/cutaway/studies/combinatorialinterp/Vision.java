package cutaway.studies.combinatorialinterp;

import cutaway.lab.task.Strip;
import cutaway.studies.Bar;
import cutaway.studies.Figure;
import cutaway.studies.StudyRun;
import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/// Vision in one dimension, which no bar is of: nets that see whether a pattern is anywhere in a strip. The
/// clauses are the patterns at each place. Pairs of inputs no further apart than a pattern is wide are told
/// from each other: those that are lit together in a pattern from those that are not.
///
/// @param auc of overlaps, of the trained nets, medians over seeds here and below
/// @param before before training
/// @param shuffled with each neuron's weights shuffled
/// @param accuracy on new examples
record Vision(double auc, double before, double shuffled, double accuracy) {

    private static final Strip TASK = new Strip(32, 2, 10, 3);
    private static final int NEURONS = 64;

    static Vision train(StudyRun run) {
        int reach = TASK.width() - 1;
        try (ClauseNets nets = ClauseNets.train(run, TASK, NEURONS)) {
            return new Vision(
                    median(run, seed -> ClauseNets.auc(nets.codes(seed), nets.formula(seed), reach)),
                    median(run, seed -> ClauseNets.auc(nets.codesAtTheStart(seed), nets.formula(seed), reach)),
                    median(run, seed -> ClauseNets.auc(nets.shuffled(seed), nets.formula(seed), reach)),
                    median(run, seed -> nets.accuracies()[seed]));
        }
    }

    private static double median(StudyRun run, IntToDoubleFunction ofSeed) {
        return Bar.median(
                IntStream.range(0, run.seedCount()).mapToDouble(ofSeed).boxed().toList());
    }

    Figure figure() {
        return new Figure(
                "Overlaps of a net that sees patterns",
                "AUC of overlaps for pairs of pixels of one pattern, among all pairs no further apart than a pattern is"
                        + " wide; medians over seeds.",
                new Figure.Bars(
                        Figure.Axis.of("AUC"),
                        List.of("trained", "before training", "each neuron's weights shuffled"),
                        List.of(auc, before, shuffled)));
    }

    String note() {
        return String.format(
                Locale.ROOT,
                "Vision in one dimension, %d patterns of %d pixels in %d anywhere in a strip of %d, %d neurons: AUC"
                        + " %.2f (before training %.2f, shuffled %.2f), accuracy %.3f. No bar is of it.",
                TASK.patterns(),
                TASK.lit(),
                TASK.width(),
                TASK.pixels(),
                NEURONS,
                auc,
                before,
                shuffled,
                accuracy);
    }
}
