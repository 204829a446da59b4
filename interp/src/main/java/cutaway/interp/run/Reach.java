package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Whether an edit can change what a metric reads, by the wiring of a causal decoder alone.
///
/// What happens at a position reaches later positions only where an attention reads its keys and values.
public final class Reach {

    /// Values of one block that do not depend on another one computed before them.
    private static final Map<Kind, Set<Kind>> APART = Map.of(
            Kind.EMBED, EnumSet.of(Kind.POS_EMBED),
            Kind.Q, EnumSet.of(Kind.K, Kind.V, Kind.ROT_K),
            Kind.K, EnumSet.of(Kind.V, Kind.ROT_Q),
            Kind.V, EnumSet.of(Kind.ROT_Q, Kind.ROT_K, Kind.SCORES, Kind.PATTERN),
            Kind.ROT_Q, EnumSet.of(Kind.ROT_K),
            Kind.MLP_PRE, EnumSet.of(Kind.MLP_PRE_LINEAR));

    /// Values through which a position speaks to later ones in the same block.
    private static final Set<Kind> BEFORE_KEYS = EnumSet.of(
            Kind.EMBED,
            Kind.POS_EMBED,
            Kind.RESID_PRE,
            Kind.NORM1_SCALE,
            Kind.NORM1_NORMALIZED,
            Kind.K,
            Kind.V,
            Kind.ROT_K);

    private Reach() {}

    /// @param length tokens of the prompt
    /// @throws BadInputException when the edit cannot change the metric, whatever it does
    public static void check(Edit edit, Metric metric, Sizes sizes, int length) {
        int[] edited = edit.pos().in(length);
        boolean reaches =
                switch (metric) {
                    case Metric.Projection(Site site, Positions pos, Values _) ->
                        reaches(edit.site().point(), edited, site.point(), pos.in(length), sizes);
                    default ->
                        reaches(edit.site().point(), edited, new Point(Kind.LOGITS, 0), read(metric, length), sizes);
                };
        if (!reaches) {
            throw new BadInputException(
                    "the edit of %s at position %s cannot reach what the metric reads: %s. Edit an earlier layer or position, or read a later one."
                            .formatted(SiteNames.legacy(edit.site()), Arrays.toString(edited), metric));
        }
    }

    private static int[] read(Metric metric, int length) {
        List<Integer> positions = metric.logitPositions(length);
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Whether a change at one point and some positions can change another point at some positions.
    static boolean reaches(Point from, int[] fromPositions, Point to, int[] toPositions, Sizes sizes) {
        int fromLayer = depth(from, sizes);
        int toLayer = depth(to, sizes);
        if (toLayer < fromLayer || (toLayer == fromLayer && !downstream(from.kind(), to.kind()))) {
            return false;
        }
        boolean leavesItsBlock = toLayer > fromLayer || to.kind().compareTo(Kind.SCORES) >= 0;
        boolean mixed = (BEFORE_KEYS.contains(from.kind()) && leavesItsBlock)
                || toLayer - fromLayer >= 2
                || (toLayer > fromLayer && toLayer < sizes.layers() && to.kind().compareTo(Kind.SCORES) >= 0);
        for (int p : fromPositions) {
            for (int r : toPositions) {
                if (p == r || (mixed && p < r)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean downstream(Kind from, Kind to) {
        return from.compareTo(to) <= 0 && !APART.getOrDefault(from, Set.of()).contains(to);
    }

    /// The block that computes a point; the embeddings count to the first block, the unembedding stands after the last.
    private static int depth(Point point, Sizes sizes) {
        if (point.kind().inBlock()) {
            return point.layer();
        }
        return point.kind().compareTo(Kind.RESID_PRE) < 0 ? 0 : sizes.layers();
    }
}
