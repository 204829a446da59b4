package cutaway.interp.heads;

import cutaway.interp.geometry.PrincipalComponents;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// The queries and keys of a head on one map, so that what lies near looks near (Yeh et al. 2023, AttentionViz,
/// arXiv:2305.03210, section 5): keys are moved to the mean of the queries, queries are multiplied by `c` and keys
/// divided by it. Neither changes the attention. `c` is the one for which distance and score go together best.
///
/// The map is the plane of the two largest principal components of all of them together: a projection, in which some of
/// the distance is lost ([#share] says how much is kept).
///
/// @param queries `[pos][2]`
/// @param keys `[pos][2]`
/// @param c by which queries are multiplied
/// @param correlation of `-distance` and score within the keys of each query, after moving and scaling
/// @param plain the same before
/// @param share of the variance of all points that the plane keeps
public record JointMap(double[][] queries, double[][] keys, double c, double correlation, double plain, double share) {

    private static final int SCALES = 41;

    /// @param layer of the head
    /// @throws cutaway.tensor.BadInputException when the model has no such head
    public static JointMap of(Model model, int[] ids, int layer, int head) {
        int kvHead = head / (model.sizes().heads() / model.sizes().kvHeads());
        Site q = new Site.Head(layer, head, HeadPart.ROT_Q);
        Site k = new Site.Head(layer, kvHead, HeadPart.ROT_K);
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of(q, k));
                Scope scope = Scope.open()) {
            return of(trace.at(q).select(0, 0), trace.at(k).select(0, 0));
        }
    }

    /// @param q `[pos, dHead]`
    /// @param k `[pos, dHead]`
    static JointMap of(Tensor q, Tensor k) {
        Tensor moved = k.minus(k.mean(0, true)).plus(q.mean(0, true)); // [pos, dHead]
        int length = (int) q.dim(0);
        Pairs before = new Pairs(q, k, length);
        Pairs after = new Pairs(q, moved, length);
        double c = 1;
        double best = after.correlation(1);
        for (int i = 0; i < SCALES; i++) {
            double tried = Math.pow(10, -1 + 2.0 * i / (SCALES - 1)); // 0.1 to 10
            double found = after.correlation(tried);
            if (found > best) {
                best = found;
                c = tried;
            }
        }
        Tensor points = Tensor.cat(List.of(q.times(c), moved.times(1 / c)), 0); // [2 pos, dHead]
        PrincipalComponents plane = PrincipalComponents.of(points, 2);
        double[] codes = plane.codes(points).toDoubles(); // [2 pos, count]
        int count = plane.count();
        double[][] queries = new double[length][2];
        double[][] keys = new double[length][2];
        for (int axis = 0; axis < count; axis++) {
            for (int pos = 0; pos < length; pos++) {
                queries[pos][axis] = codes[pos * count + axis];
                keys[pos][axis] = codes[(length + pos) * count + axis];
            }
        }
        double all = points.minus(points.mean(0, true)).square().sum().item();
        double kept = plane.codes(points).square().sum().item();
        return new JointMap(queries, keys, c, best, before.correlation(1), all == 0 ? 0 : kept / all);
    }

    /// All pairs of a query and a key that it sees: their scores, and what their distance is made of.
    private static final class Pairs {

        private final double[] scores; // [pos, pos]
        private final double[] queryNorms; // squared
        private final double[] keyNorms;
        private final int length;

        Pairs(Tensor q, Tensor k, int length) {
            this.length = length;
            this.scores = q.matmul(k.transpose(0, 1)).toDoubles();
            this.queryNorms = q.square().sum(-1, false).toDoubles();
            this.keyNorms = k.square().sum(-1, false).toDoubles();
        }

        /// Of `-distance` and score within a query's keys, when queries are multiplied by `c` and keys divided by it:
        /// attention compares the keys of one query, so what all of them share does not count.
        double correlation(double c) {
            double xx = 0;
            double yy = 0;
            double xy = 0;
            for (int query = 0; query < length; query++) {
                int keys = query + 1;
                double sumX = 0;
                double sumY = 0;
                double sumXx = 0;
                double sumYy = 0;
                double sumXy = 0;
                for (int key = 0; key < keys; key++) {
                    double score = scores[query * length + key];
                    double square = c * c * queryNorms[query] + keyNorms[key] / (c * c) - 2 * score;
                    double near = -Math.sqrt(Math.max(0, square));
                    sumX += near;
                    sumY += score;
                    sumXx += near * near;
                    sumYy += score * score;
                    sumXy += near * score;
                }
                xx += sumXx - sumX * sumX / keys;
                yy += sumYy - sumY * sumY / keys;
                xy += sumXy - sumX * sumY / keys;
            }
            return xx <= 0 || yy <= 0 ? 0 : xy / Math.sqrt(xx * yy);
        }
    }
}
