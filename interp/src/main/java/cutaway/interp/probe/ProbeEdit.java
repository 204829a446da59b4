package cutaway.interp.probe;

import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// Changes activations until a probe reads another class in them, and the other questions as before: gradient steps on
/// the activation (Li et al., arXiv:2210.13382, section 4), each of one length, of each row as long as it is needed.
///
/// @param length of a step, of the activation's norm
/// @param steps at most
/// @param margin how much likelier than any other the wanted class is to be read, in nats
/// @param keep how much the other questions count, together
public record ProbeEdit(double length, int steps, double margin, double keep) {

    public static final ProbeEdit USUAL = new ProbeEdit(0.02, 100, 1, 1);

    /// @param x `[n, d]`
    /// @param question that is to be read otherwise, of each row
    /// @param wanted the class that is to be read, of each row
    /// @return the changed activations, `[n, d]`
    public Tensor apply(Probe probe, Tensor x, int[] question, int[] wanted) {
        return Scope.keep(() -> {
            int[][] read = probe.classes(x);
            for (int row = 0; row < read.length; row++) {
                read[row][question[row]] = wanted[row];
            }
            long[] classes = Arrays.stream(read)
                    .flatMapToInt(Arrays::stream)
                    .asLongStream()
                    .toArray();
            Tensor target = Tensor.of(classes, read.length, read[0].length); // [n, question]
            Tensor weight = weight(read, question).to(x.dtype()); // [n, question]
            Tensor moved = x.copy();
            int step = 0;
            while (step < steps && !isRead(probe, moved, target, weight)) {
                step++;
            }
            return moved;
        });
    }

    /// One step of the rows that are not yet read as wanted.
    ///
    /// @return whether all are
    private boolean isRead(Probe probe, Tensor moved, Tensor target, Tensor weight) {
        try (Scope _ = Scope.open()) {
            Tensor tracked = Autograd.track(moved);
            Tensor logits = probe.logits(tracked); // [n, question, class]
            Tensor read = Autograd.untracked(logits);
            Tensor right = read.gather(-1, target.unsqueeze(-1));
            Tensor least =
                    right.minus(margin).lessOrEqual(read).to(moved.dtype()).sum(-1, false); // [n, question]
            Tensor isOpen = least.greater(1).and(weight.equalTo(1)); // another class within the margin
            Tensor rows = isOpen.to(moved.dtype()).sum(-1, true); // [n, 1], 1 where the row is to be moved
            if (rows.sum().item() == 0) {
                return true;
            }
            Tensor loss = logits.logSoftmax(-1)
                    .gather(-1, target.unsqueeze(-1))
                    .squeeze(-1)
                    .times(weight)
                    .sum()
                    .negate();
            Tensor slope = Autograd.gradients(loss, List.of(tracked)).getFirst();
            Tensor unit = slope.over(slope.norms(1).unsqueeze(1).plus(1e-12));
            Tensor by = moved.norms(1).unsqueeze(1).times(length).times(rows); // [n, 1]
            moved.assign(moved.minus(unit.times(by)));
            return false;
        }
    }

    private Tensor weight(int[][] questions, int[] changed) {
        float[] weight = new float[questions.length * questions[0].length];
        int count = questions[0].length;
        for (int row = 0; row < questions.length; row++) {
            for (int question = 0; question < count; question++) {
                weight[row * count + question] = question == changed[row] ? 1 : (float) (keep / Math.max(1, 2 * count));
            }
        }
        return Tensor.of(weight, questions.length, count);
    }
}
