package cutaway.interp.geometry;

import java.util.Arrays;

/// Where a line bends: the best of the lines `y = a + b x + c max(0, x - k)`, k being one of the inner places.
///
/// @param at k
/// @param before slope up to there
/// @param after slope from there on
/// @param gain how much of the straight line's squared error it spares, 0 to 1
public record Breakpoint(double at, double before, double after, double gain) {

    /// @param x ascending, at least 4
    public static Breakpoint of(double[] x, double[] y) {
        if (x.length != y.length || x.length < 4) {
            throw new IllegalArgumentException(x.length + " places of " + y.length + " values; expected 4 or more");
        }
        double straight = fit(x, y, Double.POSITIVE_INFINITY)[2];
        double[] best = {};
        double at = Double.NaN;
        for (int i = 1; i < x.length - 1; i++) {
            double[] found = fit(x, y, x[i]);
            if (best.length == 0 || found[2] < best[2]) {
                best = found;
                at = x[i];
            }
        }
        return new Breakpoint(at, best[0], best[0] + best[1], straight == 0 ? 0 : 1 - best[2] / straight);
    }

    /// Slope, bend and squared error.
    private static double[] fit(double[] x, double[] y, double knot) {
        double[] bend = Arrays.stream(x).map(value -> Math.max(0, value - knot)).toArray();
        double[] u = centred(x);
        double[] v = centred(bend);
        double[] w = centred(y);
        double uu = dot(u, u);
        double uv = dot(u, v);
        double rest = dot(v, v) - uv * uv / uu; // of the bend, beside the line
        double c = rest <= 1e-12 * uu ? 0 : (dot(v, w) - uv / uu * dot(u, w)) / rest;
        double b = (dot(u, w) - c * uv) / uu;
        double error = 0;
        for (int i = 0; i < x.length; i++) {
            double left = w[i] - b * u[i] - c * v[i];
            error += left * left;
        }
        return new double[] {b, c, error};
    }

    private static double[] centred(double[] values) {
        double mean = Arrays.stream(values).average().orElse(0);
        return Arrays.stream(values).map(value -> value - mean).toArray();
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
