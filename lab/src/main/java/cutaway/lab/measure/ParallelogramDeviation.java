package cutaway.lab.measure;

import cutaway.lab.task.Parallelogram;
import cutaway.tensor.Tensor;
import java.util.List;

/// How far what should be parallelograms is from closing (arXiv:2502.01628). Of one with corners at a, b, c, d:
///
///     |(b - a) - (d - c)| / root mean square of the sides |ab|, |cd|, |ac|, |bd|
///
/// 0 for a parallelogram; of corners drawn at random, each by itself, about the root of 2. (The paper's
/// code compares the lengths of opposite sides, which are also equal in quadrangles that are none.)
public final class ParallelogramDeviation {

    private ParallelogramDeviation() {}

    /// @param table of tokens, `[token, width]`
    /// @param corners at least one
    /// @return the mean over all; NaN where corners are all one point
    public static double of(Tensor table, List<Parallelogram> corners) {
        double[][] rows = TokenTable.rows(table);
        return corners.stream()
                .mapToDouble(one -> of(rows[one.a()], rows[one.b()], rows[one.c()], rows[one.d()]))
                .average()
                .orElse(Double.NaN);
    }

    private static double of(double[] a, double[] b, double[] c, double[] d) {
        double open = 0;
        double sides = 0;
        for (int i = 0; i < a.length; i++) {
            open += square(b[i] - a[i] - d[i] + c[i]);
            sides += square(b[i] - a[i]) + square(d[i] - c[i]) + square(c[i] - a[i]) + square(d[i] - b[i]);
        }
        return Math.sqrt(open / (sides / 4));
    }

    private static double square(double value) {
        return value * value;
    }
}
