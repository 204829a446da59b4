package cutaway.interp.explain;

import cutaway.interp.circuit.Component;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.AttentionPattern;
import cutaway.interp.explain.Explanation.Attribution;
import cutaway.interp.explain.Explanation.Circuit;
import cutaway.interp.explain.Explanation.Effect;
import cutaway.interp.explain.Explanation.Member;
import cutaway.interp.explain.Explanation.Patterns;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Where chosen heads look in a run: their patterns without the many weights that are next to nothing, so that
/// twenty heads on a long prompt are still a small record.
public final class AttentionPatterns {

    /// The least weight that is listed. A query looks at a hundred keys at most with as much.
    static final double FLOOR = 0.01;

    /// Heads that are shown beside the circuit's.
    private static final int STRONGEST = 12;

    private AttentionPatterns() {}

    /// @param source the run, with its edits
    /// @throws cutaway.tensor.BadInputException when a head is not in this model, or an edit was never reached
    public static Patterns read(Model model, Source source, List<Component.Head> heads) {
        List<Site> sites = heads.stream()
                .map(head -> (Site) new Site.Head(head.layer(), head.head(), HeadPart.PATTERN))
                .toList();
        try (Trace trace = Runs.run(model, Batch.of(source.ids(model)), source.edits(), sites)) {
            return new Patterns(
                    FLOOR,
                    IntStream.range(0, heads.size())
                            .mapToObj(i -> pattern(trace, heads.get(i), sites.get(i)))
                            .toList());
        }
    }

    private static AttentionPattern pattern(Trace trace, Component.Head head, Site site) {
        int length = trace.batch().length();
        int[][] keys = new int[length][];
        double[][] weights = new double[length][];
        try (Scope scope = Scope.open()) {
            float[] dense = trace.at(site).toFloats(); // [qPos, kPos]
            for (int query = 0; query < length; query++) {
                int row = query * length;
                keys[query] = IntStream.range(0, length)
                        .filter(key -> dense[row + key] >= FLOOR)
                        .toArray();
                weights[query] = IntStream.of(keys[query])
                        .mapToDouble(key -> Math.round(dense[row + key] * 1e3) / 1e3)
                        .toArray();
            }
        }
        return new AttentionPattern(head, keys, weights);
    }

    /// The heads of the circuit, and those whose ablation does most, by layer.
    static List<Component.Head> shown(Circuit circuit, Attribution attribution) {
        Stream<Component> strongest = attribution.components().stream()
                .filter(effect -> effect.component() instanceof Component.Head)
                .sorted(Comparator.comparingDouble((Effect effect) -> -Math.abs(effect.ablation())))
                .limit(STRONGEST)
                .map(Effect::component);
        return Stream.concat(circuit.members().stream().map(Member::component), strongest)
                .filter(Component.Head.class::isInstance)
                .map(Component.Head.class::cast)
                .distinct()
                .sorted(Comparator.comparingInt(Component.Head::layer).thenComparingInt(Component.Head::head))
                .toList();
    }
}
