package cutaway.interp.probe;

import cutaway.interp.edit.Placebo;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// How much an answer hangs on one thing that probes read: what the answer changes by where the thing is turned in the
/// state and all else is left as it is (latent saliency; Li et al., arXiv:2210.13382, section 5).
///
/// @param answer of the unchanged state, such as a logit in nats
/// @param change turned less unchanged
/// @param random mean size of the change under random directions of equal length: what a thing changes that the answer
///     does not hang on
public record LatentSaliency(double answer, double change, double random) {

    /// A run that can be taken again with its state changed.
    @FunctionalInterface
    public interface Answers {
        /// @return the answer of each row
        double[] under(StateChange change);
    }

    /// @param run with a row for each thing that is turned
    /// @param turning turns one thing in each row, such as [StateChange#through]
    /// @param draws random directions for each
    /// @return of each row
    public static List<LatentSaliency> of(Answers run, StateChange turning, int draws, long seed) {
        double[] plain = run.under(StateChange.NONE);
        Map<Integer, double[]> lengths = new HashMap<>();
        double[] turned = run.under((layer, x) -> {
            Tensor there = turning.at(layer, x);
            lengths.put(
                    layer,
                    Scope.free(
                            () -> Placebo.length(there.minus(x)).to(Dtype.F64).toDoubles()));
            return there;
        });
        double[] random = new double[plain.length];
        for (int draw = 0; draw < draws; draw++) {
            double[] drawn = run.under(random(lengths, new Random(seed + draw)));
            for (int row = 0; row < random.length; row++) {
                random[row] += Math.abs(drawn[row] - plain[row]) / draws;
            }
        }
        List<LatentSaliency> all = new ArrayList<>();
        for (int row = 0; row < plain.length; row++) {
            all.add(new LatentSaliency(plain[row], turned[row] - plain[row], random[row]));
        }
        return all;
    }

    /// @param lengths of each row, by layer
    private static StateChange random(Map<Integer, double[]> lengths, Random random) {
        return (layer, x) -> Scope.keep(() -> {
            double[] of = Objects.requireNonNull(lengths.get(layer), "layers that are changed, as the first time");
            Tensor drawn = random.normal(x.shape().dims());
            Tensor length = Tensor.of(of, of.length, 1).to(x.dtype());
            return x.plus(drawn.over(Placebo.length(drawn)).times(length));
        });
    }
}
