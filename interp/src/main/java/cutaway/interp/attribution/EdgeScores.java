package cutaway.interp.attribution;

import cutaway.interp.run.Runs.Slope;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Map;

/// Adds up the products of writes and gradients: one matrix product for all senders of all receivers that read the
/// residual stream at one place.
final class EdgeScores {

    private final Model model;
    private final int length;
    private final long bytes;
    private final Edges edges;
    private final double[][] scores;

    /// @param length tokens of the prompt
    /// @param bytes of the writes and gradients that are held at once; longer prompts are taken in pieces
    EdgeScores(Model model, int length, long bytes) {
        this.model = model;
        this.length = length;
        this.bytes = bytes;
        this.edges = Edges.unscored(model.sizes());
        this.scores = edges.scores();
    }

    /// Adds the products of the writes with the gradients of one or more runs.
    ///
    /// @param slopes at what receivers read, a row for each run
    void add(Writes writes, Map<Site, Slope> slopes, double weight) {
        Sizes sizes = model.sizes();
        Reads reads = new Reads(model, slopes);
        long held = edges.senders().size() + reads.rows() * (sizes.heads() + 2L * sizes.kvHeads());
        int number = model.transformer().dtype().bytes();
        int span = Math.clamp(bytes / (number * held * sizes.dModel()), 1, length);
        for (int from = 0; from < length; from += span) {
            int first = from;
            int end = Math.min(from + span, length);
            try (Scope scope = Scope.open()) {
                Tensor written = writes.of(first, end); // [sender, pos, dModel]
                int receiver = 0;
                for (int layer = 0; layer < sizes.layers(); layer++) {
                    int at = layer;
                    receiver = add(receiver, Scope.keep(() -> reads.attention(at, first, end)), written, weight);
                    receiver = add(receiver, Scope.keep(() -> reads.mlp(at, first, end)), written, weight);
                }
                add(receiver, reads.logits(first, end), written, weight);
            }
        }
    }

    /// @param receiver the first of those whose gradients are given
    /// @param gradients `[receiver, pos, dModel]`
    /// @return the receiver after them
    private int add(int receiver, Tensor gradients, Tensor written, double weight) {
        int count = (int) gradients.dim(0);
        int before = scores[receiver].length;
        double[] products = Scope.free(() -> {
            Tensor here = written.slice(0, 0, before).reshape(before, -1);
            return gradients.reshape(count, -1).matmul(here.transpose(0, 1)).toDoubles(); // [receiver, sender]
        });
        gradients.close();
        for (int i = 0; i < products.length; i++) {
            scores[receiver + i / before][i % before] += weight * products[i];
        }
        return receiver + count;
    }

    Edges edges() {
        return edges;
    }
}
