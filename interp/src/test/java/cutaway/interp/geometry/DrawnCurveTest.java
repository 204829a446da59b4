package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DrawnCurveTest {

    private static final double[] LABELS =
            IntStream.range(0, 12).asDoubleStream().toArray();

    /// A circle of radius 3 in a plane of seven dimensions.
    private static Tensor circle(double... labels) {
        Tensor plane = Tensor.zeros(2, 7).to(Dtype.F64);
        double[] at = new double[labels.length * 2];
        for (int i = 0; i < labels.length; i++) {
            at[2 * i] = 3 * Math.cos(2 * Math.PI * labels[i] / 12);
            at[2 * i + 1] = 3 * Math.sin(2 * Math.PI * labels[i] / 12);
        }
        double[] directions = new double[14];
        directions[4] = 1;
        directions[7 + 2] = 1;
        return Tensor.of(at, labels.length, 2)
                .matmul(plane.plus(Tensor.of(directions, 2, 7)))
                .plus(5);
    }

    private static StoredFit fit() {
        LabelFeatures features = LabelFeatures.parse("circle:12");
        LabelSplit split = LabelSplit.of(LABELS, 0.25, 0);
        Tensor rows = circle(LABELS);
        FitScores scores = FitScores.of(rows, LABELS, features, ManifoldFit.Settings.USUAL, split, 1, 0);
        return StoredFit.of(
                rows,
                LABELS,
                features,
                split,
                new StoredFit.Facts(
                        "planted",
                        "blocks.2.hook_resid_post",
                        -1,
                        features.text(),
                        ManifoldFit.Settings.USUAL,
                        StoredFit.distinct(LABELS, split.training()),
                        StoredFit.distinct(LABELS, split.heldOut()),
                        scores,
                        0));
    }

    /// All labels, those held out too, stand 3 from the middle, and an activation off the plane by its nearest one.
    @Test
    void aCircleIsDrawnAsOne() {
        try (Scope _ = Scope.open()) {
            Tensor off = circle(7.5).plus(new Random(1).normal(1, 7).times(0.01).to(Dtype.F64));
            DrawnCurve drawn = DrawnCurve.of(fit(), off);
            assertEquals(12, drawn.labels().size());
            assertEquals(
                    3, drawn.labels().stream().filter(one -> !one.isFitted()).count());
            for (DrawnCurve.Labelled one : drawn.labels()) {
                assertEquals(3, Math.hypot(one.at().get(0), one.at().get(1)), 1e-6);
            }
            assertEquals(7.5, drawn.nearest(), 0.05);
            assertEquals(0.5, drawn.shares().get(0), 1e-6);
            assertEquals(
                    List.of(0.0, 11.0),
                    List.of(
                            drawn.line().getFirst().label(),
                            drawn.line().getLast().label()));
            assertThrows(BadInputException.class, () -> DrawnCurve.of(fit(), Tensor.zeros(6)));
        }
    }
}
