package cutaway.interp.check;

import cutaway.tensor.Tensor;
import java.util.Arrays;

/// How far values are from a reference, at the position where they are farthest: `|a - b| / |b|`, Euclidean norms over
/// the
/// last axis.
///
/// @param worst NaN where either side is not a number; infinite where the reference is 0 and the value is not
/// @param at the position
record Gap(double worst, String at) {

    static final Gap NONE = new Gap(0, "");

    /// @param axes names of the axes before the last
    static Gap of(Tensor actual, Tensor expected, String... axes) {
        if (!actual.shape().equals(expected.shape()) || actual.shape().rank() != axes.length + 1) {
            throw new IllegalArgumentException(
                    actual.shape() + " against " + expected.shape() + " with " + Arrays.toString(axes));
        }
        long[] dims = actual.shape().dims();
        int width = (int) dims[dims.length - 1];
        double[] a = actual.toDoubles();
        double[] b = expected.toDoubles();
        double worst = 0;
        int where = 0;
        for (int place = 0; place * width < a.length; place++) {
            double gap = relative(a, b, place * width, width);
            if (!(gap <= worst)) { // NaN is the worst of all
                worst = gap;
                where = place;
                if (Double.isNaN(gap)) {
                    break;
                }
            }
        }
        return new Gap(worst, place(where, dims, axes));
    }

    /// `|a - b| / |b|` of the values from `start` on.
    static double relative(double[] a, double[] b, int start, int width) {
        double error = 0;
        double norm = 0;
        for (int i = start; i < start + width; i++) {
            double difference = a[i] - b[i];
            error += difference * difference;
            norm += b[i] * b[i];
        }
        return error == 0 ? 0 : Math.sqrt(error / norm);
    }

    private static String place(int index, long[] dims, String[] axes) {
        String place = "";
        int rest = index;
        for (int axis = axes.length - 1; axis >= 0; axis--) {
            place = axes[axis] + " " + rest % dims[axis] + (place.isEmpty() ? "" : ", ") + place;
            rest = (int) (rest / dims[axis]);
        }
        return place;
    }

    /// The worse of the two.
    Gap or(Gap other) {
        return Double.isNaN(worst) || worst >= other.worst ? this : other;
    }

    Gap in(String where) {
        return new Gap(worst, at.isEmpty() ? where : where + ", " + at);
    }
}
