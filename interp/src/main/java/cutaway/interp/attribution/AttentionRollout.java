package cutaway.interp.attribution;

import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Attention rollout (Abnar and Zuidema 2020, arXiv:2005.00928, section 4): how much of each position's residual stream
/// comes from each token, if attention were all that moves anything,
///
///     rollout = A_L ... A_2 A_1,    A_l = (mean over heads of attention + I) / 2
///
/// It asks for no answer and no gradient, and is the same for each: what values, MLPs and the answer make of what is
/// looked at, it does not see.
public final class AttentionRollout {

    private AttentionRollout() {}

    /// @param run its edits hold
    /// @return for each position the share of each token, `[qPos, kPos]`; a row adds up to 1
    public static double[][] of(Model model, Source run) {
        List<Site> patterns = IntStream.range(0, model.sizes().layers())
                .mapToObj(layer -> (Site) new Site.Heads(layer, HeadPart.PATTERN))
                .toList();
        try (Trace trace = Runs.toLast(model, run, patterns);
                Scope _ = Scope.open()) {
            List<Tensor> each = new ArrayList<>();
            for (Site pattern : patterns) {
                each.add(trace.at(pattern).select(0, 0));
            }
            return product(each);
        }
    }

    /// @param patterns of the layers from the first on, `[head, qPos, kPos]` each
    static double[][] product(List<Tensor> patterns) {
        return Scope.free(() -> {
            int length = (int) patterns.getFirst().dim(1);
            Tensor identity = identity(length);
            Tensor rolled = identity;
            for (Tensor pattern : patterns) {
                Tensor mixed =
                        pattern.to(Dtype.F64).mean(0, false).plus(identity).times(0.5); // [qPos, kPos]
                rolled = mixed.matmul(rolled);
            }
            double[] flat = rolled.toDoubles();
            double[][] rows = new double[length][length];
            for (int i = 0; i < flat.length; i++) {
                rows[i / length][i % length] = flat[i];
            }
            return rows;
        });
    }

    private static Tensor identity(int size) {
        double[] ones = new double[size * size];
        for (int i = 0; i < size; i++) {
            ones[i * size + i] = 1;
        }
        return Tensor.of(ones, size, size);
    }
}
