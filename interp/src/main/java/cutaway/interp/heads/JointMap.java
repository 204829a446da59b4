package cutaway.interp.heads;

import cutaway.interp.geometry.PrincipalComponents;
import cutaway.model.Model;
import cutaway.model.parts.Scores;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/// The queries and keys of a head on one map, so that what lies near looks near (Yeh et al. 2023,
/// AttentionViz, arXiv:2305.03210, section 5): queries are multiplied by `c`, keys divided by it and moved to
/// the mean of the queries. Neither changes the attention. `c` is the one for which distance and score go
/// together best.
///
/// The map is the plane of the two largest principal components of all of them together: a projection, in
/// which some of the distance is lost ([#share] says how much is kept). Of one text; [JointCloud] is of many.
///
/// @param queries `[pos][2]`
/// @param keys `[pos][2]`
/// @param c by which queries are multiplied
/// @param correlation of `-distance` and score after moving and scaling, as [JointScaling] has it
/// @param unscaled the same after moving alone
/// @param share of the variance of all points that the plane keeps
public record JointMap(
        double[][] queries, double[][] keys, double c, double correlation, double unscaled, double share) {

    /// @param layer of the head
    /// @throws cutaway.tensor.BadInputException when the model has no such head
    public static JointMap of(Model model, int[] ids, int layer, int head) {
        return of(new HeadTexts(model, List.of(ids)).head(layer, head));
    }

    /// Of a head that sees what is before it.
    ///
    /// @param q `[pos, dHead]`
    /// @param k `[pos, dHead]`
    static JointMap of(Tensor q, Tensor k) {
        int width = Math.toIntExact(q.dim(1));
        int[] ends = {Math.toIntExact(q.dim(0))};
        return of(new QueryKeys(0, 0, width, q.toFloats(), k.toFloats(), ends, Scores.scaled(1), true));
    }

    private static JointMap of(QueryKeys head) {
        JointScaling scaling = JointScaling.of(head);
        Plane plane = Plane.of(head.joint(scaling.c()));
        return new JointMap(
                plane.queries(head.rows()),
                plane.keys(head.rows()),
                scaling.c(),
                scaling.correlation(),
                scaling.unscaled(),
                plane.share);
    }

    /// The first two principal components of a head's queries and keys.
    ///
    /// @param codes `[2 row][2]`, queries and then keys
    record Plane(double[][] codes, double share) {

        static Plane of(QueryKeys joint) {
            try (Scope _ = Scope.open()) {
                Tensor points = joint.points();
                PrincipalComponents components = PrincipalComponents.of(points, 2);
                Tensor found = components.codes(points);
                double[] flat = found.toDoubles(); // [2 row, count]
                int count = components.count();
                double[][] codes = new double[2 * joint.rows()][2];
                for (int i = 0; i < flat.length; i++) {
                    codes[i / count][i % count] = flat[i];
                }
                double all = points.minus(points.mean(0, true)).square().sum().item();
                return new Plane(codes, all == 0 ? 0 : found.square().sum().item() / all);
            }
        }

        double[][] queries(int rows) {
            return Arrays.copyOfRange(codes, 0, rows);
        }

        double[][] keys(int rows) {
            return Arrays.copyOfRange(codes, rows, 2 * rows);
        }
    }
}
