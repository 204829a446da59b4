package cutaway.interp.attribution;

/// Gauss-Legendre quadrature of a function over 0 to 1: with `n` points exact for polynomials of degree `2n - 1`
/// (Abramowitz and Stegun 1964, section 25.4.29).
///
///     integral of f = sum over i of weights[i] f(points[i])
record GaussLegendre(double[] points, double[] weights) {

    private static final int NEWTON_STEPS = 100; // a few are enough from a good guess

    /// The points are the zeros of the Legendre polynomial `P_n` on -1 to 1, taken to 0 to 1.
    static GaussLegendre of(int n) {
        double[] points = new double[n];
        double[] weights = new double[n];
        for (int i = 0; i < n; i++) {
            double x = -Math.cos(Math.PI * (i + 0.75) / (n + 0.5));
            double slope = 0;
            double move = 1;
            for (int step = 0; step < NEWTON_STEPS && Math.abs(move) > 1e-15; step++) {
                double before = 0; // P_(k-1)(x)
                double value = 1; // P_k(x)
                for (int k = 1; k <= n; k++) {
                    double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
                    before = value;
                    value = next;
                }
                slope = n * (before - x * value) / (1 - x * x);
                move = value / slope;
                x -= move;
            }
            points[i] = (1 + x) / 2;
            weights[i] = 1 / ((1 - x * x) * slope * slope);
        }
        return new GaussLegendre(points, weights);
    }
}
