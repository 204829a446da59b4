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
import cutaway.model.parts.Point.Place;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// From which values, at which positions, a site can be changed: by the wiring of the model alone, whatever its
/// weights.
///
/// The wiring is walked backwards from the site. What happens at a position reaches others only where attention reads
/// keys and values, and there only as far as a query sees.
public final class Reach {

    private final Site to;
    private final Sizes sizes;
    private final int length;
    private final Dataflow flow;
    private final Map<Point, BitSet> positions = new HashMap<>(); // at which a change of the point reaches the site

    /// @param to the site that is read
    /// @param toPositions where it is read
    /// @param length tokens of the prompt
    Reach(Site to, int[] toPositions, Sizes sizes, int length) {
        this.to = to;
        this.sizes = sizes;
        this.length = length;
        this.flow = new Dataflow(sizes.wiring());
        BitSet read = new BitSet();
        Arrays.stream(toPositions).forEach(read::set);
        positions.put(to.point(), read);
        walkBack();
    }

    /// What can reach a metric.
    ///
    /// @param length tokens of the prompt
    public static Reach of(Metric metric, Sizes sizes, int length) {
        if (metric instanceof Metric.Projection(Site site, Positions pos, Values _)) {
            return new Reach(site, pos.in(length), sizes, length);
        }
        List<Integer> read = metric.logitPositions(length);
        return new Reach(
                new Site.Logits(), read.stream().mapToInt(Integer::intValue).toArray(), sizes, length);
    }

    /// @param length tokens of the prompt
    /// @throws BadInputException when the edit cannot change the metric, whatever it does
    public static void check(Edit edit, Metric metric, Sizes sizes, int length) {
        of(metric, sizes, length).check(edit, metric);
    }

    /// @param metric what is read here
    /// @throws BadInputException when the edit cannot change the metric, whatever it does
    public void check(Edit edit, Metric metric) {
        if (!from(edit)) {
            throw new BadInputException(
                    "the edit of %s at %s cannot reach what the metric reads: %s. Edit an earlier layer or position, or read a later one."
                            .formatted(
                                    SiteNames.legacy(edit.site()),
                                    edit.pos().isAll()
                                            ? "every position"
                                            : "position "
                                                    + Arrays.toString(edit.pos().in(length)),
                                    metric.text()));
        }
    }

    /// The edits that can reach, of each variant.
    public List<List<Edit>> reaching(List<List<Edit>> variants) {
        return variants.stream()
                .map(edits -> edits.stream().filter(this::from).toList())
                .toList();
    }

    /// Whether an edit can reach.
    public boolean from(Edit edit) {
        return from(edit.site(), edit.pos().in(length));
    }

    /// Whether a change of a site at some positions can reach.
    public boolean from(Site from, int[] fromPositions) {
        if (from.point().kind().inBlock()
                && to.point().kind().inBlock()
                && from.point().layer() == to.point().layer()
                && !shareAPart(from)) {
            return false;
        }
        BitSet reaching = at(from.point());
        return Arrays.stream(fromPositions).anyMatch(reaching::get);
    }

    private void walkBack() {
        Place end = to.point().kind().place();
        if (end == Place.AFTER) {
            walkBack(sizes.wiring().readout(), 0);
        }
        if (end != Place.BEFORE) {
            int last = end == Place.BLOCK ? to.point().layer() : sizes.layers() - 1;
            for (int layer = last; layer >= 0; layer--) {
                walkBack(sizes.wiring().block(), layer);
            }
        }
        walkBack(sizes.wiring().embedding(), 0);
    }

    /// @param kinds in the order of the forward pass
    private void walkBack(List<Kind> kinds, int layer) {
        for (Kind kind : kinds.reversed()) {
            Point point = new Point(kind, layer);
            BitSet reaching = positions.computeIfAbsent(point, key -> new BitSet());
            for (Kind reader : flow.next(kind)) {
                reaching.or(along(kind, reader, layer));
            }
            if (kind == flow.blockEnd()) {
                Set<Kind> readers = layer + 1 < sizes.layers() ? Set.of(Kind.RESID_PRE) : flow.readoutStart();
                int at = layer + 1 < sizes.layers() ? layer + 1 : 0;
                readers.forEach(reader -> reaching.or(at(new Point(reader, at))));
            }
            if (kind.place() == Place.BEFORE && flow.embeddingEnds().contains(kind)) {
                reaching.or(at(new Point(Kind.RESID_PRE, 0)));
            }
        }
    }

    private BitSet at(Point point) {
        return positions.getOrDefault(point, new BitSet());
    }

    /// The positions of a value whose change reaches by an arrow of the wiring.
    private BitSet along(Kind kind, Kind reader, int layer) {
        BitSet readers = at(new Point(reader, layer));
        if (reader == Kind.PATTERN
                && kind == Kind.SCORES) { // a query with one key to look at looks at it whatever it says
            BitSet choosing = (BitSet) readers.clone();
            readers.stream().filter(query -> seen(query, layer) < 2).forEach(choosing::clear);
            return choosing;
        }
        if (!flow.crosses(kind, reader)) {
            return readers;
        }
        BitSet keys = new BitSet();
        readers.stream().forEach(query -> keys.set(firstSeen(query, layer), lastSeen(query) + 1));
        return keys;
    }

    private int seen(int query, int layer) {
        return lastSeen(query) - firstSeen(query, layer) + 1;
    }

    private int firstSeen(int query, int layer) {
        int window = sizes.wiring().windows().get(layer);
        return window == 0 || !sizes.isCausal() ? 0 : Math.max(0, query - window + 1);
    }

    private int lastSeen(int query) {
        return sizes.isCausal() ? query : length - 1;
    }

    /// Whether two sites of one block are of the same head or neuron, as far as they are narrowed to one: heads
    /// meet only where attention writes, neurons only where the MLP does.
    private boolean shareAPart(Site from) {
        if (from.onlyNeuron().isPresent() && to.onlyNeuron().isPresent()) {
            return from.onlyNeuron().getAsInt() == to.onlyNeuron().getAsInt();
        }
        if (from.onlyHead().isEmpty() || to.onlyHead().isEmpty() || meetInNorm(from)) {
            return true;
        }
        int a = from.onlyHead().getAsInt();
        int b = to.onlyHead().getAsInt();
        int group = sizes.heads() / sizes.kvHeads();
        boolean aIsKey = from.point().kind().axes() == Axes.KV_HEAD;
        boolean bIsKey = to.point().kind().axes() == Axes.KV_HEAD;
        return aIsKey == bIsKey ? a == b : (aIsKey ? a : a / group) == (bIsKey ? b : b / group);
    }

    /// Where one norm serves all heads, a query or key that enters it changes them all.
    private boolean meetInNorm(Site from) {
        Kind kind = from.point().kind();
        return sizes.wiring().normAcrossHeads()
                && (kind == Kind.Q || kind == Kind.K)
                && !to.point().kind().equals(kind);
    }
}
