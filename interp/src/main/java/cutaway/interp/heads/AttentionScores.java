package cutaway.interp.heads;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/// One statistic of the attention of all heads: the mean over glances, each at the key that a kind of head
/// would look at.
///
/// The control is a permutation test of the largest score (Westfall and Young 1993): every glance is turned to a random
/// other key that its query sees, the same turns for all heads of a layer, and the means are taken again. Of
/// all heads and draws the largest is the threshold.
final class AttentionScores {

    static final int DRAWS = 100;

    private final List<Glance> glances;
    private final long seed;
    private final double[][] score;
    private double largestByChance;

    /// @param seed of the control's draws
    AttentionScores(Sizes sizes, List<Glance> glances, long seed) {
        this.glances = glances;
        this.seed = seed;
        this.score = new double[sizes.layers()][sizes.heads()];
    }

    /// Runs prompts once, and reads the patterns a layer at a time; the logits are not computed.
    ///
    /// @param progress told how many layers are done
    static void read(Model model, Batch batch, List<AttentionScores> statistics, IntConsumer progress) {
        Tap tap = (point, value) -> {
            if (point.kind() == Point.Kind.PATTERN) {
                Glance.Pattern pattern =
                        new Glance.Pattern(value.toFloats(), model.sizes().heads(), batch.length());
                int window = model.sizes().wiring().windows().get(point.layer());
                statistics.forEach(statistic -> statistic.read(point.layer(), window, pattern));
                progress.accept(point.layer() + 1);
            }
            return value;
        };
        try (Scope scope = Scope.open();
                Tensor residual = model.residual(batch, tap)) {
            residual.shape();
        }
    }

    /// Where no query of a layer sees what it is asked about, the layer's heads score 0.
    private void read(int layer, int window, Glance.Pattern pattern) {
        List<Glance> seen =
                glances.stream().filter(glance -> glance.isMeasurable(window)).toList();
        if (seen.isEmpty()) {
            return;
        }
        score[layer] = means(seen, pattern);
        SplittableRandom random = new SplittableRandom(seed + layer);
        for (int draw = 0; draw < DRAWS; draw++) {
            List<Glance> turned = seen.stream()
                    .map(glance -> glance.elsewhere(window, random))
                    .toList();
            for (double mean : means(turned, pattern)) {
                largestByChance = Math.max(largestByChance, mean);
            }
        }
    }

    /// By head.
    private static double[] means(List<Glance> glances, Glance.Pattern pattern) {
        double[] means = new double[pattern.heads()];
        for (Glance glance : glances) {
            for (int head = 0; head < means.length; head++) {
                means[head] += glance.of(pattern, head) / glances.size();
            }
        }
        return means;
    }

    /// `[layer][head]`
    double[][] score() {
        return score;
    }

    double threshold() {
        return largestByChance;
    }
}
