package cutaway.studies.toysuperposition;

import cutaway.features.dictionary.Geometry;

/// Two features in one dimension: which of three things is best, by closed forms. With probability d a feature is
/// there, uniform in [0, 1]; the second counts b times as much.
///
///     the first alone      b Var(x)        Var(x) = d / 3 - d^2 / 4, the other's best constant being its mean
///     the second alone     Var(x)
///     opposite each other  (1 + b) d^2 / 6        only where both are there the smaller is lost twice
enum Phases {
    FIRST,
    SECOND,
    BOTH;

    private static final double THERE = 0.5;

    static double loss(Phases phase, double density, double importance) {
        double variance = density / 3 - density * density / 4;
        return switch (phase) {
            case FIRST -> importance * variance;
            case SECOND -> variance;
            case BOTH -> (1 + importance) * density * density / 6;
        };
    }

    static Phases best(double density, double importance) {
        Phases best = FIRST;
        for (Phases phase : values()) {
            best = loss(phase, density, importance) < loss(best, density, importance) ? phase : best;
        }
        return best;
    }

    /// Whether the second best is within a share of the best.
    static boolean isBorder(double density, double importance, double share) {
        double best = loss(best(density, importance), density, importance);
        int close = 0;
        for (Phases phase : values()) {
            close += loss(phase, density, importance) < best * (1 + share) ? 1 : 0;
        }
        return close > 1;
    }

    /// What was learned.
    ///
    /// @param geometry of two features in one dimension
    static Phases of(Geometry geometry) {
        double[] norms = geometry.norms();
        if (norms[0] > THERE && norms[1] > THERE) {
            return BOTH;
        }
        return norms[0] >= norms[1] ? FIRST : SECOND;
    }
}
