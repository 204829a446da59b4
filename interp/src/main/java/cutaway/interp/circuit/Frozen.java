package cutaway.interp.circuit;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// The edits that give parts of one prompt's run their values from the contrast: a head's z, before the output weights,
/// an MLP's output, or what an autoencoder does not say. What cannot reach the margin is left alone.
final class Frozen {

    private final Case one;
    private final Sizes sizes;
    private final Reach reach;
    private final List<SaeError> errors;
    private final SaeErrors values;
    private final BitSet differing = new BitSet();
    private final Map<BitSet, Positions> known = new HashMap<>();

    /// @param errors those that are nodes, in the circuit or outside of it
    Frozen(Case one, List<SaeError> errors) {
        Setting setting = one.setting();
        this.one = one;
        this.sizes = setting.model().sizes();
        this.reach = Reach.of(setting.metric(), sizes, setting.length());
        this.errors = errors;
        this.values = new SaeErrors(setting);
        differing.set(setting.firstDifference(), setting.length());
    }

    /// What the errors are in the two runs.
    SaeErrors values() {
        return values;
    }

    /// Leaves only some nodes at work: every other head, MLP and error, and they themselves at other positions, take
    /// their values from the contrast.
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
        Map<SaeError, BitSet> frozen = new LinkedHashMap<>();
        errors.forEach(error -> frozen.put(error, rest(free, error)));
        edits.addAll(put(frozen, contrast));
        return edits;
    }

    /// As [#outside], so that it can be written to a file: values that stand there in the place of what errors do.
    List<Edit> outsideInNumbers(Collection<Node> working) {
        List<Edit> edits = outside(working);
        List<Site> sites = edits.stream()
                .filter(edit -> edit instanceof Edit.Apply)
                .map(Edit::site)
                .distinct()
                .toList();
        List<Edit> written = new ArrayList<>(edits.stream()
                .filter(edit -> !(edit instanceof Edit.Apply || edit instanceof Edit.Add))
                .toList());
        if (sites.isEmpty()) {
            return written;
        }
        Model model = one.setting().model();
        Positions differing = one.setting().differing();
        try (Trace trace = Runs.run(model, Batch.of(one.setting().ids()), edits, sites);
                Scope _ = Scope.open()) {
            for (Site site : sites) {
                Tensor there = trace.at(site)
                        .select(0, 0)
                        .slice(0, one.setting().firstDifference(), one.setting().length());
                written.add(new Edit.Replace(site, differing, Values.of(there.reshape(there.dim(0), -1))));
            }
        }
        return written;
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
        Map<SaeError, BitSet> put = new LinkedHashMap<>();
        positions(nodes).forEach((component, at) -> {
            switch (component) {
                case Component.Own own -> add(edits, own.site(), at, from);
                case SaeError error -> put.put(error, at);
            }
        });
        edits.addAll(put(put, from)); // behind the MLP's, where it has the same site
        return edits;
    }

    private List<Edit> put(Map<SaeError, BitSet> errors, Source from) {
        return values.put(errors, from).stream().filter(reach::from).toList();
    }

    /// Whether a node's value at its positions can reach the margin.
    boolean matters(Node node) {
        return one.span(node)
                .map(span -> reach.from(
                        node.component().site(),
                        IntStream.rangeClosed(span.first(), span.last()).toArray()))
                .orElse(false);
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
