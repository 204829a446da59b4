package cutaway.features.coder;

import cutaway.tensor.SparseRows;

/// The L1 penalty of codes that are not below 0, and what it says of them:
///
///     value = coefficient sum_i f_i |W_dec_i|
///
/// @param codes of all tokens
/// @param norms of decoder rows, by latent
/// @param coefficient of one token
record WeightedSum(SparseRows codes, double[] norms, double coefficient) {

    /// Adds `d value/df` of each entry.
    void addTo(double[] ofCodes) {
        for (int i = 0; i < ofCodes.length; i++) {
            ofCodes[i] += coefficient * norms[codes.columns()[i]];
        }
    }

    /// `d value/d|W_dec_i|`, by latent.
    double[] ofNorms() {
        double[] sums = new double[norms.length];
        for (int i = 0; i < codes.values().length; i++) {
            sums[codes.columns()[i]] += coefficient * codes.values()[i];
        }
        return sums;
    }

    double value() {
        double sum = 0;
        for (int i = 0; i < codes.values().length; i++) {
            sum += codes.values()[i] * norms[codes.columns()[i]];
        }
        return coefficient * sum;
    }
}
