package cutaway.interp.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How well scores tell the labels apart, over all thresholds.
///
/// @param roc share of false positives (`x`) and of true positives (`y`), from the highest threshold to the
///     lowest
/// @param rocArea under it, by trapezoids: the chance that a row labelled 1 scores above one labelled 0,
///     draws half; null where a label is missing
/// @param precisionRecall recall (`x`) and precision (`y`)
/// @param precisionArea average precision: `sum (R_n - R_(n-1)) P_n`
public record ScoreCurves(
        List<CurvePoint> roc,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double rocArea,
        List<CurvePoint> precisionRecall,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double precisionArea) {

    /// Points of a curve that are given at most.
    private static final int MOST = 300;

    /// @param threshold from which on rows are predicted 1; null at the start of the ROC curve, where none
    ///     is
    public record CurvePoint(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double threshold,

            double x,
            double y) {}

    /// Of the rows whose label is known.
    public static ScoreCurves of(double[] scores, Labels labels) {
        List<Cut> cuts = Cut.all(scores, labels.values(), labels.known());
        int positives = cuts.getFirst().confusion().falseNegatives();
        int negatives = cuts.getFirst().confusion().trueNegatives();
        List<CurvePoint> roc = new ArrayList<>();
        List<CurvePoint> precision = new ArrayList<>();
        double rocArea = 0;
        double precisionArea = 0;
        double x = 0;
        double y = 0;
        for (Cut cut : cuts) {
            Confusion found = cut.confusion();
            double recall = (double) found.truePositives() / Math.max(1, positives);
            double alarms = (double) found.falsePositives() / Math.max(1, negatives);
            boolean isStart = found.truePositives() + found.falsePositives() == 0;
            roc.add(new CurvePoint(isStart ? null : cut.threshold(), alarms, recall));
            rocArea += (alarms - x) * (recall + y) / 2;
            if (!isStart) {
                double precise = (double) found.truePositives() / (found.truePositives() + found.falsePositives());
                precision.add(new CurvePoint(cut.threshold(), recall, precise));
                precisionArea += (recall - y) * precise;
            }
            x = alarms;
            y = recall;
        }
        boolean isWhole = positives > 0 && negatives > 0;
        return new ScoreCurves(
                thinned(roc), isWhole ? rocArea : null, thinned(precision), positives > 0 ? precisionArea : null);
    }

    /// Some of the points, with the first and the last.
    private static List<CurvePoint> thinned(List<CurvePoint> points) {
        if (points.size() <= MOST) {
            return points;
        }
        List<CurvePoint> some = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            some.add(points.get((int) Math.round((double) i * (points.size() - 1) / (MOST - 1))));
        }
        return some;
    }
}
