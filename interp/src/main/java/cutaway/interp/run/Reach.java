package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
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

    /// Values that act through the attention pattern alone. The first position has but itself to look at,
    /// whatever they say.
    private static final Set<Kind> ONLY_BY_PATTERN = EnumSet.of(Kind.Q, Kind.ROT_Q, Kind.K, Kind.ROT_K, Kind.SCORES);

    private Reach() {}

    /// @param length tokens of the prompt
    /// @throws BadInputException when the edit cannot change the metric, whatever it does
    public static void check(Edit edit, Metric metric, Sizes sizes, int length) {
        int[] edited = edit.pos().in(length);
        boolean reaches = switch (metric) {
            case Metric.Projection(Site site, Positions pos, Values _) ->
                reaches(edit.site(), edited, site, pos.in(length), sizes);
            default -> reaches(edit.site(), edited, new Site.Logits(), read(metric, length), sizes);
        };
        if (!reaches) {
            throw new BadInputException(
                    "the edit of %s at %s cannot reach what the metric reads: %s. Edit an earlier layer or position, or read a later one."
                            .formatted(
                                    SiteNames.legacy(edit.site()),
                                    edit.pos().isAll() ? "every position" : "position " + Arrays.toString(edited),
                                    metric));
        }
    }

    private static int[] read(Metric metric, int length) {
        List<Integer> positions = metric.logitPositions(length);
        return positions.stream().mapToInt(Integer::intValue).toArray();
    }

    /// Whether a change at one site and some positions can change another site at some positions.
    static boolean reaches(Site from, int[] fromPositions, Site to, int[] toPositions, Sizes sizes) {
        Point start = from.point();
        Point end = to.point();
        int fromLayer = depth(start, sizes);
        int toLayer = depth(end, sizes);
        boolean sameBlock = fromLayer == toLayer;
        if (toLayer < fromLayer
                || (sameBlock && !(downstream(start.kind(), end.kind()) && shareAPart(from, to, sizes)))) {
            return false;
        }
        boolean leavesItsBlock = toLayer > fromLayer || end.kind().compareTo(Kind.SCORES) >= 0;
        boolean mixed = (BEFORE_KEYS.contains(start.kind()) && leavesItsBlock)
                || toLayer - fromLayer >= 2
                || (toLayer > fromLayer
                        && toLayer < sizes.layers()
                        && end.kind().compareTo(Kind.SCORES) >= 0);
        boolean byPattern = ONLY_BY_PATTERN.contains(start.kind())
                && (!sameBlock || end.kind().compareTo(Kind.SCORES) > 0);
        boolean toPattern = end.kind() == Kind.PATTERN && !start.equals(end);
        for (int p : fromPositions) {
            for (int r : toPositions) {
                boolean inTime = p == r || (mixed && p < r);
                boolean attends = r > 0 || !(byPattern || toPattern);
                boolean asQuery = p > 0 || !byPattern || isKey(start.kind());
                if (inTime && attends && asQuery) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isKey(Kind kind) {
        return kind == Kind.K || kind == Kind.ROT_K;
    }

    private static boolean downstream(Kind from, Kind to) {
        return from.compareTo(to) <= 0 && !APART.getOrDefault(from, Set.of()).contains(to);
    }

    /// Whether two sites of one block are of the same head or neuron, as far as they are narrowed to one: heads
    /// meet only where attention writes, neurons only where the MLP does.
    private static boolean shareAPart(Site from, Site to, Sizes sizes) {
        if (from.onlyNeuron().isPresent() && to.onlyNeuron().isPresent()) {
            return from.onlyNeuron().getAsInt() == to.onlyNeuron().getAsInt();
        }
        if (from.onlyHead().isEmpty() || to.onlyHead().isEmpty()) {
            return true;
        }
        int a = from.onlyHead().getAsInt();
        int b = to.onlyHead().getAsInt();
        int group = sizes.heads() / sizes.kvHeads();
        boolean aIsKey = from.point().kind().axes() == Axes.KV_HEAD;
        boolean bIsKey = to.point().kind().axes() == Axes.KV_HEAD;
        return aIsKey == bIsKey ? a == b : (aIsKey ? a : a / group) == (bIsKey ? b : b / group);
    }

    /// The block that computes a point; the embeddings count to the first block, the unembedding stands after the
    /// last.
    private static int depth(Point point, Sizes sizes) {
        if (point.kind().inBlock()) {
            return point.layer();
        }
        return point.kind().compareTo(Kind.RESID_PRE) < 0 ? 0 : sizes.layers();
    }
}
