package cutaway.interp.circuit;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Reach;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The edits that give parts of one prompt's run their values from the contrast: a head's z, before the output weights,
/// or an MLP's output. What cannot reach the margin is left alone.
final class Frozen {

    private final Case one;
    private final Sizes sizes;
    private final Reach reach;
    private final BitSet differing = new BitSet();
    private final Map<BitSet, Positions> known = new HashMap<>();

    Frozen(Case one) {
        Setting setting = one.setting();
        this.one = one;
        this.sizes = setting.model().sizes();
        this.reach = Reach.of(setting.metric(), sizes, setting.length());
        differing.set(setting.firstDifference(), setting.length());
    }

    /// Leaves only some nodes at work: every other head and MLP, and they themselves at other positions, take their
    /// values from the contrast.
    List<Edit> outside(Collection<Node> working) {
        Map<Component, BitSet> free = positions(working);
        Source contrast = one.setting().contrast();
        List<Edit> edits = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            int here = layer;
            List<BitSet> heads = IntStream.range(0, sizes.heads())
                    .mapToObj(head -> rest(free, new Component.Head(here, head)))
                    .toList();
            if (heads.stream().distinct().count() == 1) { // one edit is cheaper than many, and does the same
                add(edits, new Site.Heads(layer, HeadPart.Z), heads.getFirst(), contrast);
            } else {
                for (int head = 0; head < heads.size(); head++) {
                    add(edits, new Component.Head(layer, head).site(), heads.get(head), contrast);
                }
            }
            Component mlp = new Component.Mlp(layer);
            add(edits, mlp.site(), rest(free, mlp), contrast);
        }
        return edits;
    }

    /// Takes some nodes away, and leaves all else at work.
    List<Edit> takeAway(Collection<Node> taken) {
        return inside(taken, one.setting().contrast());
    }

    /// Gives some nodes their values from the prompt; made on the contrast.
    List<Edit> restore(Collection<Node> restored) {
        return inside(restored, one.setting().prompt());
    }

    private List<Edit> inside(Collection<Node> nodes, Source from) {
        List<Edit> edits = new ArrayList<>();
        positions(nodes).forEach((component, at) -> add(edits, component.site(), at, from));
        return edits;
    }

    /// Whether a node's value at its positions can reach the margin.
    boolean matters(Node node) {
        return !takeAway(List.of(node)).isEmpty();
    }

    private Map<Component, BitSet> positions(Collection<Node> nodes) {
        Map<Component, BitSet> positions = new HashMap<>();
        for (Node node : nodes) {
            one.span(node)
                    .ifPresent(span -> positions
                            .computeIfAbsent(node.component(), component -> new BitSet())
                            .set(span.first(), span.last() + 1));
        }
        return positions;
    }

    private BitSet rest(Map<Component, BitSet> free, Component component) {
        BitSet rest = (BitSet) differing.clone();
        rest.andNot(free.getOrDefault(component, new BitSet()));
        return rest;
    }

    private void add(List<Edit> edits, Site site, BitSet at, Source from) {
        if (at.isEmpty()) {
            return;
        }
        Positions positions =
                known.computeIfAbsent(at, bits -> Positions.of(bits.stream().toArray()));
        Edit edit = new Edit.Patch(site, positions, from);
        if (reach.from(edit)) {
            edits.add(edit);
        }
    }
}
