package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Wiring;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReachTest {

    private static final int[] IDS = {3, 41, 59, 26};

    /// Longer than the windows of the models that have them.
    private static final int[] LONG = {3, 41, 59, 26, 5, 88, 13};

    /// The decisive one: every site and position is edited at random, and every site and position looked at.
    /// Something changed if and only if it is said to be reachable.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "mistral", "qwen3", "gemma2", "phi", "bert"})
    void whatIsReachableIsWhatChanges(String name) {
        try (Model model = TinyModel.open(name)) {
            int[] ids = model.sizes().wiring().windows().stream().anyMatch(window -> window > 0) ? LONG : IDS;
            List<Site> whole = SiteNames.all(model.sizes());
            List<Site> sites = withNarrowOnes(whole);
            Map<Site, float[][]> before = values(model, ids, List.of(), whole, sites);
            Map<Site, List<Reach>> reaches = new LinkedHashMap<>();
            for (Site to : sites) {
                reaches.put(
                        to,
                        IntStream.range(0, ids.length)
                                .mapToObj(r -> new Reach(to, new int[] {r}, model.sizes(), ids.length))
                                .toList());
            }
            List<String> wrong = new ArrayList<>();
            int reached = 0;
            int checked = 0;
            for (Site from : sites) {
                for (int p = 0; p < ids.length; p++) {
                    List<Edit> edit = List.of(random(from, p, model.sizes(), ids.length));
                    Map<Site, float[][]> after = values(model, ids, edit, whole, sites);
                    for (Site to : sites) {
                        for (int r = 0; r < ids.length; r++) {
                            boolean changed = !Arrays.equals(before.get(to)[r], after.get(to)[r]);
                            boolean said = reaches.get(to).get(r).from(from, new int[] {p});
                            checked++;
                            reached += changed ? 1 : 0;
                            if (said
                                    && !changed
                                    && !isRenormed(from, model.sizes().wiring())) {
                                changed = changesUnderAnother(model, ids, from, p, to, r, before);
                            }
                            if (changed != said
                                    && !(said && isRenormed(from, model.sizes().wiring()))) {
                                wrong.add("%s at %d -> %s at %d: said %s, was %s"
                                        .formatted(from.text(), p, to.text(), r, said, changed));
                            }
                        }
                    }
                }
            }
            assertEquals(List.of(), wrong.subList(0, Math.min(20, wrong.size())), wrong.size() + " of " + checked);
            assertTrue(reached > checked / 10 && reached < checked * 9 / 10, "both answers occur");
        }
    }

    /// Whether another random edit of the same place is seen: a single neuron's change may be rounded away in a scale,
    /// of one processor's sums and not of another's.
    private static boolean changesUnderAnother(
            Model model, int[] ids, Site from, int p, Site to, int r, Map<Site, float[][]> before) {
        for (int again = 1; again <= 3; again++) {
            Edit edit = random(from, p, model.sizes(), ids.length, again);
            float[][] after =
                    values(model, ids, List.of(edit), List.of(to), List.of(to)).get(to);
            if (!Arrays.equals(before.get(to)[r], after[r])) {
                return true;
            }
        }
        return false;
    }

    /// The same through the public entrance, where a metric names what is read.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void aMetricThatCannotChangeIsRefused(String name) {
        try (Model model = TinyModel.open(name)) {
            List<Metric> metrics = List.of(
                    new Metric.LogitDifference(5, 80),
                    new Metric.Logit(11),
                    new Metric.LogProbability(12),
                    new Metric.Probability(13),
                    new Metric.Loss(),
                    new Metric.Divergence(),
                    new Metric.Projection(
                            new Site.Resid(1, Site.Moment.MID),
                            Positions.of(2),
                            TinyModel.random(new Random(5), model.sizes().dModel())),
                    new Metric.Projection(
                            new Site.Head(1, 2, HeadPart.Z),
                            Positions.of(1, 3),
                            TinyModel.random(new Random(6), model.sizes().dHead())));
            List<Site> sites = SiteNames.all(model.sizes()).stream()
                    .filter(site ->
                            site.point().kind() != Point.Kind.RESULT) // sums in another order: any metric changes
                    .toList();
            for (Metric metric : metrics) {
                double before = Runs.measure(model, IDS, List.of(), metric);
                for (Site site : sites) {
                    for (int p = 0; p < IDS.length; p++) {
                        Edit edit = random(site, p, model.sizes(), IDS.length);
                        boolean refused = false;
                        double after = before;
                        try {
                            after = Runs.measure(model, IDS, List.of(edit), metric);
                        } catch (BadInputException e) {
                            assertTrue(e.getMessage().contains("cannot reach what the metric reads"), e.getMessage());
                            refused = true;
                        }
                        assertEquals(refused, before == after, metric + " " + site.text() + " at " + p);
                    }
                }
            }
        }
    }

    @Test
    void theSentenceNamesSiteAndPosition() {
        try (Model model = TinyModel.open("llama")) {
            Edit late = new Edit.Zero(new Site.MlpOut(2), Positions.of(-2));
            BadInputException refused = assertThrows(
                    BadInputException.class, () -> Reach.check(late, new Metric.Logit(3), model.sizes(), 4));
            assertEquals(
                    "the edit of blocks.2.hook_mlp_out at position [2] cannot reach what the metric reads:"
                            + " logit(3) at the last position. Edit an earlier layer or position, or read a later one.",
                    refused.getMessage());
        }
    }

    /// Where a norm of queries and keys, or of what a block adds, follows, only rounding and epsilon are left
    /// of a change
    /// of the scale before it: reachable, but not always seen.
    private static boolean isRenormed(Site from, Wiring wiring) {
        return from instanceof Site.NormScale && (wiring.has(Kind.Q_NORM_SCALE) || wiring.has(Kind.NORM1_POST_SCALE));
    }

    private static Edit random(Site site, int p, Sizes sizes, int length) {
        return random(site, p, sizes, length, 0);
    }

    /// @param again which of several of the same place
    private static Edit random(Site site, int p, Sizes sizes, int length, int again) {
        int seed = SiteNames.legacy(site).hashCode() + p + 7919 * again;
        return new Edit.Add(
                site, Positions.of(p), TinyModel.random(new Random(seed), TinyModel.width(site, sizes, length)));
    }

    /// Two heads of each kind that share keys in the model with grouped keys, one that does not, and two neurons.
    private static List<Site> withNarrowOnes(List<Site> whole) {
        List<Site> sites = new ArrayList<>(whole);
        for (Site site : whole) {
            if (site instanceof Site.Heads(int layer, HeadPart part) && layer == 1) {
                boolean keys = site.point().kind().axes() == Point.Axes.KV_HEAD;
                for (int head : keys ? new int[] {0, 1} : new int[] {0, 1, 2}) {
                    sites.add(new Site.Head(layer, head, part));
                }
            }
            if (site instanceof Site.Neurons(int layer, NeuronPart part) && layer == 1) {
                sites.add(new Site.Neuron(layer, 7, part));
                sites.add(new Site.Neuron(layer, 8, part));
            }
        }
        return sites;
    }

    /// By site and position, the numbers there.
    private static Map<Site, float[][]> values(
            Model model, int[] ids, List<Edit> edits, List<Site> reads, List<Site> sites) {
        try (Trace trace = Runs.run(model, Batch.of(ids), edits, reads);
                Scope scope = Scope.open()) {
            Map<Site, float[][]> values = new LinkedHashMap<>();
            for (Site site : sites) {
                boolean pairs =
                        site instanceof Site.Heads && site.point().kind().axes() == Point.Axes.PAIR;
                Tensor value = trace.at(site);
                float[] all = (pairs ? value.transpose(1, 2) : value).toFloats(); // positions first
                int width = all.length / ids.length;
                float[][] rows = new float[ids.length][];
                for (int pos = 0; pos < rows.length; pos++) {
                    rows[pos] = Arrays.copyOfRange(all, pos * width, (pos + 1) * width);
                }
                values.put(site, rows);
            }
            return values;
        }
    }
}
