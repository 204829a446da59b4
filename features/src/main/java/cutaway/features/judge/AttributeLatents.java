package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Which latents are an attribute's, by what they add to the scores of probes of its values, on entities for fitting:
///
///     s_i = sum_v p_v max(0, (mean f_i where it is v - mean f_i elsewhere) d_i . w_v)
///
/// w_v the weight of a dense logistic probe of the value v, p_v the share of entities that have it.
final class AttributeLatents {

    private static final double PENALTY = 1e-2;

    private AttributeLatents() {}

    /// Probes of the values that at least two entities have, and that others have not.
    ///
    /// @param w weight of the probe
    record Probe(boolean[] is, double share, double[] w) {}

    /// @param x `[n, d]`
    /// @param values of each row
    static List<Probe> probes(Tensor x, int[] values) {
        List<Probe> probes = new ArrayList<>();
        for (int value : Arrays.stream(values).distinct().sorted().toArray()) {
            boolean[] is = new boolean[values.length];
            int count = 0;
            for (int row = 0; row < is.length; row++) {
                is[row] = values[row] == value;
                count += is[row] ? 1 : 0;
            }
            if (count > 1 && count < is.length) {
                double[] w = Logistic.fit(x, is, PENALTY).weights();
                probes.add(new Probe(is, (double) count / is.length, w));
            }
        }
        return probes;
    }

    /// A score for each latent.
    static double[] scores(Coding coding, LatentColumns codes, List<Probe> probes) {
        double[] scores = new double[coding.norms().length];
        for (Probe probe : probes) {
            double[] difference = codes.meanDifference(probe.is);
            double[] reads = Scope.free(() -> coding.writes()
                    .to(Dtype.F64)
                    .matmul(Tensor.of(probe.w, probe.w.length, 1))
                    .toDoubles());
            for (int i = 0; i < scores.length; i++) {
                scores[i] += probe.share * Math.max(0, difference[i] * reads[i]);
            }
        }
        return scores;
    }
}
