package cutaway.features.judge;

import cutaway.interp.statistics.HeldOut;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// A logistic probe, fitted by Newton's method on features of variance 1:
///
///     p = 1 / (1 + exp(-(b + z w)))        z = (x - mean) / deviation
///     loss = mean_t -log p(own class) + l2 / 2 |w|^2
///
/// Mean and deviation are those of the rows that it is fitted on.
///
/// @param weights in units of the features as given: the direction that the probe reads, `[d]`
/// @param bias in nats
record Logistic(double[] weights, double bias) {

    private static final double[] PENALTIES = {1e-4, 1e-3, 1e-2, 1e-1, 1};
    private static final int STEPS = 30;
    private static final double DONE = 1e-9;

    /// @param x `[n, d]`
    static Logistic fit(Tensor x, boolean[] is, double l2) {
        return Scope.free(() -> {
            Tensor features = x.to(Dtype.F64);
            Tensor mean = features.mean(0, true);
            Tensor deviation = features.minus(mean).square().mean(0, true).sqrt();
            Tensor scale = deviation.maskedFill(deviation.equalTo(0), 1);
            Tensor ones = Tensor.full(1, Dtype.F64, x.dim(0), 1);
            Tensor z = Tensor.cat(List.of(features.minus(mean).over(scale), ones), 1); // [n, d + 1]
            double[] weights = newton(z, is, l2);
            int d = weights.length - 1;
            double[] scales = scale.toDoubles();
            double[] means = mean.toDoubles();
            double bias = weights[d];
            double[] own = new double[d];
            for (int i = 0; i < d; i++) {
                own[i] = weights[i] / scales[i];
                bias -= own[i] * means[i];
            }
            return new Logistic(own, bias);
        });
    }

    /// @param z `[n, d + 1]`, the last column ones
    private static double[] newton(Tensor z, boolean[] is, double l2) {
        long d = z.dim(1) - 1;
        long n = z.dim(0);
        double[] target = new double[is.length];
        double[] penalty = new double[(int) d + 1];
        Arrays.setAll(target, i -> is[i] ? 1 : 0);
        Arrays.fill(penalty, 0, (int) d, l2);
        penalty[(int) d] = 1e-9; // where all are of one class the bias has no end
        double[] weights = new double[(int) d + 1];
        double[] before = {loss(z, target, weights, penalty)};
        for (int step = 0; step < STEPS; step++) {
            double[] at = weights;
            double[] change = Scope.free(() -> {
                Tensor w = Tensor.of(at, d + 1, 1);
                Tensor ridge = Tensor.of(penalty, d + 1, 1);
                Tensor p = z.matmul(w).sigmoid(); // [n, 1]
                Tensor slope = z.transpose(0, 1)
                        .matmul(p.minus(Tensor.of(target, n, 1)))
                        .over(n)
                        .plus(w.times(ridge));
                Tensor weighed = z.times(p.minus(p.square())); // [n, d + 1]
                Tensor curve = z.transpose(0, 1)
                        .matmul(weighed)
                        .over(n)
                        .plus(Moments.identity(d + 1).times(ridge.plus(1e-12)));
                return LinearAlgebra.solve(curve, slope).toDoubles();
            });
            double length = 1;
            double[] next = moved(weights, change, length);
            double loss = loss(z, target, next, penalty);
            while (!(loss <= before[0]) && length > 1e-6) {
                length /= 2;
                next = moved(weights, change, length);
                loss = loss(z, target, next, penalty);
            }
            if (!(loss < before[0] - DONE)) {
                break;
            }
            before[0] = loss;
            weights = next;
        }
        return weights;
    }

    private static double[] moved(double[] weights, double[] change, double length) {
        double[] moved = new double[weights.length];
        Arrays.setAll(moved, i -> weights[i] - length * change[i]);
        return moved;
    }

    private static double loss(Tensor z, double[] target, double[] weights, double[] penalty) {
        double[] scores =
                Scope.free(() -> z.matmul(Tensor.of(weights, weights.length, 1)).toDoubles());
        double loss = logLoss(scores, target);
        for (int i = 0; i < weights.length; i++) {
            loss += penalty[i] * weights[i] * weights[i] / 2;
        }
        return loss;
    }

    private static double logLoss(double[] scores, double[] target) {
        double loss = 0;
        for (int i = 0; i < scores.length; i++) {
            double signed = target[i] == 1 ? scores[i] : -scores[i];
            loss += Math.max(0, -signed) + Math.log1p(Math.exp(-Math.abs(signed)));
        }
        return loss / scores.length;
    }

    /// With the penalty that is best on rows which the fit has not seen, of five; then fitted on all.
    ///
    /// @param groups rows of one group stay together
    static Logistic best(Tensor x, boolean[] is, int[] groups, long seed) {
        int[] classes = new int[is.length];
        Arrays.setAll(classes, i -> is[i] ? 1 : 0);
        if (Arrays.stream(groups).distinct().count() < 2) {
            return fit(x, is, PENALTIES[2]);
        }
        try (Scope _ = Scope.open()) {
            Labelled all = new Labelled(x, classes, groups);
            HeldOut halves = all.split(seed);
            Labelled fitted = all.rows(halves.selection());
            Labelled checked = all.rows(halves.heldOut());
            double[] target = new double[checked.classes().length];
            Arrays.setAll(target, i -> checked.classes()[i]);
            double best = Double.POSITIVE_INFINITY;
            double penalty = PENALTIES[0];
            for (double l2 : PENALTIES) {
                double loss = logLoss(fit(fitted.x(), fitted.are(1), l2).scores(checked.x()), target);
                if (loss < best) {
                    best = loss;
                    penalty = l2;
                }
            }
            return fit(x, is, penalty);
        }
    }

    /// Log odds of each row, nats.
    double[] scores(Tensor x) {
        return Scope.free(() -> x.to(Dtype.F64)
                .matmul(Tensor.of(weights, weights.length, 1))
                .plus(bias)
                .toDoubles());
    }

    /// 1 for each row that is told right, 0 for the others.
    double[] right(Tensor x, boolean[] is) {
        double[] right = scores(x);
        for (int i = 0; i < right.length; i++) {
            right[i] = right[i] > 0 == is[i] ? 1 : 0;
        }
        return right;
    }

    /// F1 of the rows told to be of the class; 0 where none is rightly.
    double f1(Tensor x, boolean[] is) {
        double[] scores = scores(x);
        double both = 0;
        double told = 0;
        double are = 0;
        for (int i = 0; i < is.length; i++) {
            both += scores[i] > 0 && is[i] ? 1 : 0;
            told += scores[i] > 0 ? 1 : 0;
            are += is[i] ? 1 : 0;
        }
        return both == 0 ? 0 : 2 * both / (told + are);
    }
}
