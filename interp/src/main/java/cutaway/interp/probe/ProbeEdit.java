package cutaway.interp.probe;

import cutaway.tensor.Adam;
import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Changes activations until a probe reads another class in them, and the other questions as before: gradient steps on
/// the activation (Li et al., arXiv:2210.13382, section 4).
///
/// @param rate of Adam, in the probe's scale
/// @param steps at most
/// @param keep how much the other questions count, together
public record ProbeEdit(double rate, int steps, double keep) {

    public static final ProbeEdit USUAL = new ProbeEdit(0.03, 100, 1);

    private static final double[] ONE = {1};

    /// @param x `[n, d]`
    /// @param question that is to be read otherwise, of each row
    /// @param wanted the class that is to be read, of each row
    /// @return the changed activations, `[n, d]`
    public Tensor apply(Probe probe, Tensor x, int[] question, int[] wanted) {
        return Scope.keep(() -> {
            int[][] before = probe.classes(x);
            for (int row = 0; row < before.length; row++) {
                before[row][question[row]] = wanted[row];
            }
            long[] classes = Arrays.stream(before)
                    .flatMapToInt(Arrays::stream)
                    .asLongStream()
                    .toArray();
            Tensor target = Tensor.of(classes, before.length, before[0].length); // [n, question]
            Tensor weight = weight(before, question).to(x.dtype()); // [n, question]
            Tensor moved = x.copy();
            Map<String, Tensor> parameters = Map.of("x", moved);
            try (Adam adam = new Adam(parameters, Adam.Settings.USUAL)) {
                for (int step = 0; step < steps; step++) {
                    step(probe, moved, target, weight, adam);
                }
            }
            return moved;
        });
    }

    private void step(Probe probe, Tensor moved, Tensor target, Tensor weight, Adam adam) {
        try (Scope _ = Scope.open()) {
            Tensor tracked = Autograd.track(moved);
            Tensor right = probe.logits(tracked)
                    .logSoftmax(-1)
                    .gather(-1, target.unsqueeze(-1))
                    .squeeze(-1);
            Tensor loss = right.times(weight).sum().negate();
            adam.step(Map.of("x", Autograd.gradients(loss, List.of(tracked)).getFirst()), rate * probe.scale(), ONE);
        }
    }

    private Tensor weight(int[][] questions, int[] changed) {
        float[] weight = new float[questions.length * questions[0].length];
        int count = questions[0].length;
        for (int row = 0; row < questions.length; row++) {
            for (int question = 0; question < count; question++) {
                weight[row * count + question] = question == changed[row] ? 1 : (float) (keep / Math.max(1, count - 1));
            }
        }
        return Tensor.of(weight, questions.length, count);
    }
}
