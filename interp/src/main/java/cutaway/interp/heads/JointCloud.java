package cutaway.interp.heads;

import cutaway.interp.geometry.Trustworthiness;
import cutaway.interp.geometry.Umap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;

/// The queries and keys of a head over many texts on one map ([JointMap] is of one text): moved and scaled
/// together as [JointScaling] says, then laid out on a plane.
///
/// @param rows tokens of all texts
/// @param layout how they are laid out
/// @param seed of the layout
/// @param places `[2 row][2]`, queries and then keys
/// @param norms `[2 row]`, before moving and scaling
/// @param share of the variance that the first two principal components keep
/// @param onMap the scaling's correlation, with distance on the map in the place of distance; in texts that
///     did not choose `c`
/// @param trustworthiness whether neighbours on the map are neighbours ([Trustworthiness])
public record JointCloud(
        int layer,
        int head,
        int rows,
        JointScaling scaling,
        Layout layout,
        long seed,
        double[][] places,
        double[] norms,
        double share,
        double onMap,
        double trustworthiness) {

    /// Tokens of a map, at most: 20,000 points.
    public static final int MOST_ROWS = 10_000;

    /// How points are laid out.
    public enum Layout {
        /// The plane of the two largest principal components.
        PCA,
        /// [Umap] with its usual settings.
        UMAP
    }

    /// @param pass called between steps
    /// @throws BadInputException when there is one token alone
    public static JointCloud of(QueryKeys head, Layout layout, long seed, Runnable pass) {
        return of(head, JointScaling.of(head), layout, seed, pass);
    }

    /// With a scaling that was found before.
    ///
    /// @param pass called between steps
    /// @throws BadInputException when there is one token alone
    public static JointCloud of(QueryKeys head, JointScaling scaling, Layout layout, long seed, Runnable pass) {
        int points = 2 * head.rows();
        if (points < 4) {
            throw new BadInputException("the texts have one token together; a map needs at least two.");
        }
        QueryKeys joint = head.joint(scaling.c());
        JointMap.Plane plane = JointMap.Plane.of(joint);
        try (Scope _ = Scope.open()) {
            Tensor vectors = joint.points();
            double[][] places = switch (layout) {
                case PCA -> plane.codes();
                case UMAP -> new Umap(Umap.NEIGHBOURS, 0, seed).map(vectors, plane.codes(), pass);
            };
            return new JointCloud(
                    head.layer(),
                    head.head(),
                    head.rows(),
                    scaling,
                    layout,
                    seed,
                    places,
                    head.points().norms(1).toDoubles(),
                    plane.share(),
                    JointScaling.onMap(head, places),
                    Trustworthiness.of(vectors, places, Math.clamp(points / 4, 1, Umap.NEIGHBOURS), seed));
        }
    }
}
