package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.attribution.AttributionPatching;
import cutaway.interp.attribution.EdgeAttribution;
import cutaway.interp.attribution.Edges;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two parts that act together: where the directions of patching differ (Heimersheim and Nanda 2024, arXiv:2404.15255,
/// section 3), and where a gradient in the flat part of an activation function is wrong.
class GateTest {

    private static final double ROUNDING = 1e-5;
    private static final Receiver READS = new Receiver.MlpInput(1);

    @TempDir
    private Path folder;

    /// Of AND, taking either away takes all, and giving one back gives nothing. Of OR it is the other way round.
    @ParameterizedTest
    @EnumSource(Family.class)
    void noisingFindsAndGatesDenoisingOrGates(Family family) {
        try (Model model = Gate.AND.plan(family).open(folder)) {
            assertPatched(model, Gate.BOTH, Gate.NEITHER, -1, -1);
            assertPatched(model, Gate.NEITHER, Gate.BOTH, 0, 1);
        }
        try (Model model = Gate.OR.plan(family).open(folder)) {
            assertPatched(model, Gate.BOTH, Gate.NEITHER, 0, -1);
            assertPatched(model, Gate.NEITHER, Gate.BOTH, 1, 1);
        }
    }

    /// @param one effect of patching either of the planted heads; all others have none
    /// @param both of patching both
    private static void assertPatched(Model model, Source base, Source from, double one, double both) {
        List<Site> heads = new ArrayList<>();
        for (int head = 0; head < Plan.HEADS; head++) {
            heads.add(new Site.Head(0, head, HeadPart.Z));
        }
        List<List<Edit>> variants = new ArrayList<>(
                heads.stream().map(site -> List.of(patch(site, from))).toList());
        variants.add(List.of(patch(Gate.X, from), patch(Gate.Y, from)));
        Site mlp = Gate.MLP;
        try (Sweep sweep = new Sweep(model, base, Gate.METRIC);
                PathPatching paths = new PathPatching(model, base, from, heads, List.of(READS))) {
            heads.forEach(site -> variants.add(paths.edits(site, READS)));
            variants.add(List.of(patch(mlp, from)));
            double[] found = sweep.measure(variants);
            for (int i = 0; i < heads.size(); i++) {
                boolean planted = heads.get(i).equals(Gate.X) || heads.get(i).equals(Gate.Y);
                assertEquals(
                        planted ? one : 0,
                        found[i] - sweep.baseline(),
                        ROUNDING,
                        heads.get(i).text());
                assertEquals(planted ? one : 0, found[heads.size() + 1 + i] - sweep.baseline(), ROUNDING, "path");
            }
            assertEquals(both, found[heads.size()] - sweep.baseline(), ROUNDING, "both");
            assertEquals(both, found[found.length - 1] - sweep.baseline(), ROUNDING, "MLP");
        }
    }

    private static Edit patch(Site site, Source from) {
        return new Edit.Patch(site, Positions.ALL, from);
    }

    /// One gradient follows a neuron that fires far below 0: either head seems to take 40 / 20 = 2 nats of the one
    /// that there is. From below, where all is flat, nothing seems to matter, though OR gives a nat to either.
    @ParameterizedTest
    @EnumSource(Family.class)
    void oneGradientIsWrongWhereANeuronIsFlat(Family family) {
        try (Model model = Gate.AND.plan(family).open(folder)) {
            assertEstimated(model, Gate.BOTH, Gate.NEITHER, -2); // patching: -1
            assertEstimated(model, Gate.NEITHER, Gate.BOTH, 0); // patching: 0, and both together 1
        }
        try (Model model = Gate.OR.plan(family).open(folder)) {
            assertEstimated(model, Gate.BOTH, Gate.NEITHER, 0); // patching: 0, and both together -1
            assertEstimated(model, Gate.NEITHER, Gate.BOTH, 0); // patching: 1
        }
    }

    private static void assertEstimated(Model model, Source base, Source other, double expected) {
        AttributionPatching.Effects parts = AttributionPatching.of(model, base, other, Gate.METRIC);
        Edges edges = EdgeAttribution.of(model, base, other, Gate.METRIC);
        for (int head = 0; head < Plan.HEADS; head++) {
            Site site = new Site.Head(0, head, HeadPart.Z);
            double estimate = site.equals(Gate.X) || site.equals(Gate.Y) ? expected : 0;
            assertEquals(estimate, parts.heads()[0][head], ROUNDING, site.text());
            assertEquals(estimate, edges.score(site, READS), ROUNDING, site.text());
        }
    }

    /// Over the way between the prompts either head has half of the nat, whichever gate it is and whichever way:
    /// AND fires over the last fourth, `40 * 1/4 / 20`, OR in `40 * 3/4 / 20 - 40 * 1/2 / 20`. A sum of 100 right
    /// ends counts half a step too many where a neuron wakes at one of them: `40 / 200 / 20`.
    @ParameterizedTest
    @EnumSource(Family.class)
    void gradientsOverTheWayShareTheEffect(Family family) {
        for (Gate gate : Gate.values()) {
            try (Model model = gate.plan(family).open(folder)) {
                Edges taken = EdgeAttribution.integrated(model, Gate.BOTH, Gate.NEITHER, Gate.METRIC, 100);
                Edges given = EdgeAttribution.integrated(model, Gate.NEITHER, Gate.BOTH, Gate.METRIC, 100);
                for (int head = 0; head < Plan.HEADS; head++) {
                    Site site = new Site.Head(0, head, HeadPart.Z);
                    double half = site.equals(Gate.X) || site.equals(Gate.Y) ? 0.5 : 0;
                    assertEquals(-half, taken.score(site, READS), 0.01 + ROUNDING, gate + " " + site.text());
                    assertEquals(half, given.score(site, READS), 0.01 + ROUNDING, gate + " " + site.text());
                }
            }
        }
    }
}
