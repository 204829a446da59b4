package cutaway.studies.grouptesting;

import java.util.random.RandomGenerator;

/// Estimating the prevalence from pools of one size (Gibbs and Gower 1960): `p = 1 - (1 - share positive)^(1 / n)`.
final class Estimation {

    private Estimation() {}

    /// How many times fewer tests than of single items give an estimate of the same variance, to first order:
    ///
    ///     p (1 - p) / [(1 - (1 - p)^n) (1 - p)^(2 - n) / n^2]
    static double gain(double prevalence, int size) {
        double none = Math.pow(1 - prevalence, size);
        double pooled = (1 - none) * Math.pow(1 - prevalence, 2.0 - size) / ((double) size * size);
        return prevalence * (1 - prevalence) / pooled;
    }

    /// The mean estimate of repeated samples, less its expectation, in standard errors.
    static double offBy(double prevalence, int size, int pools, int repeats, RandomGenerator random) {
        double positiveShare = 1 - Math.pow(1 - prevalence, size);
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < repeats; i++) {
            int positive = 0;
            for (int pool = 0; pool < pools; pool++) {
                positive += random.nextDouble() < positiveShare ? 1 : 0;
            }
            double estimate = estimate(positive, pools, size);
            sum += estimate;
            squares += estimate * estimate;
        }
        double mean = sum / repeats;
        double error = Math.sqrt((squares / repeats - mean * mean) / repeats);
        return (mean - expectation(positiveShare, size, pools)) / error;
    }

    static double estimate(int positive, int pools, int size) {
        return 1 - Math.pow(1 - (double) positive / pools, 1.0 / size);
    }

    /// Over the binomial distribution of positive pools.
    private static double expectation(double positiveShare, int size, int pools) {
        double expectation = 0;
        double logChoose = 0;
        for (int positive = 0; positive <= pools; positive++) {
            if (positive > 0) {
                logChoose += Math.log((double) (pools - positive + 1) / positive);
            }
            double chance = Math.exp(
                    logChoose + positive * Math.log(positiveShare) + (pools - positive) * Math.log1p(-positiveShare));
            expectation += chance * estimate(positive, pools, size);
        }
        return expectation;
    }
}
