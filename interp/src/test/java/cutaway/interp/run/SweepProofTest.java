package cutaway.interp.run;

import static cutaway.interp.run.DrawnEdits.IDS;
import static cutaway.interp.run.DrawnEdits.METRIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.DrawnEdits.Op;
import cutaway.interp.run.DrawnEdits.Where;
import cutaway.interp.run.SweepPlan.Limits;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point.Axes;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The sweep engine against a plain loop of runs, in float64, where its shortcuts have no noise to hide in.
class SweepProofTest {

    /// Relative, for each number. Runs of other shapes add up in other orders, which leaves some 1e-15 of the logits; a
    /// difference of two logits, or what an edit blows up, loses a few digits more.
    private static final double SAME = 1e-9;

    private static final long ENDLESS = 1L << 50; // bytes

    static Stream<String> families() {
        return TinyModel.families();
    }

    static Stream<Arguments> shapes() {
        return TinyModel.shapes()
                .flatMap(name -> Stream.of(Arguments.of(name, Arithmetic.F32), Arguments.of(name, Arithmetic.F64)));
    }

    /// Each edit alone, at every kind of site, at all positions, one, and a span.
    @ParameterizedTest
    @MethodSource("families")
    void everyEditOfEveryKindOfSiteIsThatOfARunOfItsOwn(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            DrawnEdits drawn = new DrawnEdits(model, 5);
            List<List<Edit>> variants = new ArrayList<>();
            for (Site site : DrawnEdits.sites(model)) {
                for (Op op : Op.values()) {
                    for (Where where : Where.values()) {
                        if (DrawnEdits.applies(op, site) && isTurn(model, site, op, where)) {
                            variants.add(List.of(drawn.edit(op, site, where)));
                        }
                    }
                }
            }
            try (Sweep sweep = new Sweep(model, Source.of(IDS, List.of()), METRIC)) {
                double[] swept = sweep.measure(variants);
                for (int i = 0; i < swept.length; i++) {
                    double alone = Runs.measure(model, IDS, variants.get(i), METRIC);
                    assertTrue(Double.isFinite(alone), variants.get(i) + " gives " + alone);
                    assertEquals(
                            alone,
                            swept[i],
                            SAME * Math.abs(alone),
                            variants.get(i).toString());
                }
            }
        }
    }

    /// Of three blocks, by turns, so that each edit of each kind is tried in one of them.
    private static boolean isTurn(Model model, Site site, Op op, Where where) {
        int layer = site.point().layer();
        int block = layer == model.sizes().layers() - 1 ? 2 : layer;
        return !site.point().kind().inBlock() || (block + op.ordinal() + where.ordinal()) % 3 == 0;
    }

    /// Variants that begin late in a long prompt look together at what comes before them.
    @ParameterizedTest
    @MethodSource("families")
    void lateEditsOfALongPromptAreThoseOfRunsOfTheirOwn(String name) {
        int[] ids = IntStream.range(0, 48).map(i -> 3 + i * 7 % 20).toArray();
        Random random = new Random(8);
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            Reach reach = Reach.of(METRIC, model.sizes(), ids.length);
            List<List<Edit>> variants = DrawnEdits.sites(model).stream()
                    .<Edit>map(site -> new Edit.Scale(site, Positions.span(35 + random.nextInt(12), 47), 1.5))
                    .filter(reach::from)
                    .map(List::of)
                    .toList();
            try (Sweep sweep = new Sweep(model, Source.of(ids, List.of()), METRIC)) {
                double[] swept = sweep.measure(variants);
                for (int i = 0; i < swept.length; i++) {
                    double alone = Runs.measure(model, ids, variants.get(i), METRIC);
                    assertEquals(
                            alone,
                            swept[i],
                            SAME * Math.abs(alone),
                            variants.get(i).toString());
                }
            }
        }
    }

    /// Gradients from a position on are those of the whole run, also where edits spare blocks their computing.
    @ParameterizedTest
    @MethodSource("families")
    void gradientsFromAPositionOnAreThoseOfTheWholeRun(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            int from = model.sizes().isCausal() ? 3 : 0;
            int[] other = IDS.clone();
            other[from] = other[from] == 9 ? 10 : 9;
            Source contrast = Source.of(other, List.of());
            Positions there = Positions.span(from, IDS.length - 1);
            List<Site> sites = new ArrayList<>();
            List<Edit> edits = new ArrayList<>();
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                Site heads = new Site.Heads(layer, HeadPart.Z);
                Site mlp = new Site.MlpOut(layer);
                sites.addAll(List.of(heads, mlp));
                if (layer != 1) { // of the second block all is at work but a head
                    edits.add(new Edit.Patch(heads, there, contrast));
                    edits.add(new Edit.Patch(mlp, there, contrast));
                } else {
                    edits.add(new Edit.Patch(new Site.Head(layer, 1, HeadPart.Z), there, contrast));
                }
            }
            Reach reach = Reach.of(METRIC, model.sizes(), IDS.length);
            edits.removeIf(edit -> !reach.from(edit));
            Map<Site, Tensor> whole = Runs.gradients(model, IDS, edits, METRIC, sites);
            try (Sweep sweep = new Sweep(model, Source.of(IDS, List.of()), METRIC);
                    Scope scope = Scope.open()) {
                Map<Site, Tensor> tail = sweep.gradients(edits, sites, from);
                assertEquals(sites.size(), tail.size());
                for (Site site : sites) {
                    double[] expected =
                            whole.get(site).slice(1, from, IDS.length).toDoubles();
                    double[] found = tail.get(site).toDoubles();
                    assertEquals(expected.length, found.length, site.text());
                    for (int i = 0; i < found.length; i++) {
                        assertEquals(expected[i], found[i], SAME * Math.abs(expected[i]) + 1e-12, site.text());
                    }
                }
                tail.values().forEach(Tensor::close);
            }
            whole.values().forEach(Tensor::close);
        }
    }

    /// Whatever is read of the logits.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma2", "gpt2", "bert"})
    void everyMetricIsThatOfARunOfItsOwn(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            for (Metric metric : List.of(
                    new Metric.Logit(7),
                    new Metric.LogProbability(21),
                    new Metric.Probability(7),
                    new Metric.Divergence(),
                    new Metric.Loss())) {
                List<List<Edit>> variants = new DrawnEdits(model, metric, 7).variants(40);
                try (Sweep sweep = new Sweep(model, Source.of(IDS, List.of()), metric)) {
                    double[] swept = sweep.measure(variants);
                    for (int i = 0; i < swept.length; i++) {
                        double alone = Runs.measure(model, IDS, variants.get(i), metric);
                        double limit = SAME * Math.abs(alone) + 1e-14; // a small divergence is a difference of logits
                        assertEquals(alone, swept[i], limit, metric + " of " + variants.get(i));
                    }
                }
            }
        }
    }

    /// Which variants share a wave, and in which order they are asked for, is the engine's own business.
    @ParameterizedTest
    @MethodSource("shapes")
    void wavesAndOrderChangeNothing(String name, Arithmetic arithmetic) {
        try (Model model = TinyModel.open(name, arithmetic)) {
            DrawnEdits drawn = new DrawnEdits(model, 6);
            List<List<Edit>> variants = drawn.variants(60);
            double[] alone = variants.stream()
                    .mapToDouble(variant -> Runs.measure(model, IDS, variant, METRIC))
                    .toArray();
            List<Integer> order =
                    new ArrayList<>(IntStream.range(0, alone.length).boxed().toList());
            Set<Integer> waves = new HashSet<>();
            WaveMemory memory = new WaveMemory(
                    model.sizes(), IDS.length, model.transformer().dtype().bytes());
            for (Limits limits : List.of(
                    new Limits(1, 2, ENDLESS, false),
                    new Limits(2 * IDS.length, 1, ENDLESS, false),
                    new Limits(Integer.MAX_VALUE, 1, memory.ofBlock(4, 4L * IDS.length, IDS.length), true),
                    new Limits(100, 3, ENDLESS, false),
                    new Limits(Integer.MAX_VALUE, 1, ENDLESS, false))) {
                Collections.shuffle(order, new Random(limits.positions()));
                List<List<Edit>> shuffled = order.stream().map(variants::get).toList();
                LastBlock lastBlock = LastBlock.of(METRIC, model.sizes(), IDS.length);
                waves.add(SweepPlan.of(shuffled, IDS.length, model.sizes(), lastBlock, Set.of(), limits, memory)
                        .waves()
                        .size());
                try (Sweep sweep = new Sweep(model, Source.of(IDS, List.of()), METRIC, limits)) {
                    double[] swept = sweep.measure(shuffled);
                    for (int i = 0; i < swept.length; i++) {
                        double expected = alone[order.get(i)];
                        double limit = SweepTest.limit(arithmetic, expected);
                        assertEquals(expected, swept[i], limit, limits + ": " + shuffled.get(i));
                    }
                }
            }
            assertEquals(5, waves.size(), "numbers of waves: " + waves);
            assertTrue(waves.contains(1) && waves.contains(alone.length), waves.toString());
        }
    }

    /// Putting in place what is there, or scaling by 1, changes no bit: of a run, nor of a sweep's row beside another
    /// that goes through the same products. Of what a sweep computes for the last position alone, a whole run's
    /// values are of other products: there adding 0 stands for putting them in place.
    @ParameterizedTest
    @MethodSource("cutaway.interp.run.SweepTest#families")
    void aNullEditInTheSameShapeChangesNoBit(String name, Arithmetic arithmetic) {
        try (Model model = TinyModel.open(name, arithmetic);
                Scope scope = Scope.open()) {
            Reach reach = Reach.of(METRIC, model.sizes(), IDS.length);
            LastBlock lastBlock = LastBlock.of(METRIC, model.sizes(), IDS.length);
            for (Site site : SiteNames.all(model.sizes())) {
                try (Trace plain = Runs.run(model, Batch.of(IDS), List.of(), List.of(site));
                        Sweep sweep = new Sweep(model, Source.of(IDS, List.of()), METRIC)) {
                    List<Edit> own = own(site, plain.at(site));
                    List<Edit> once = List.of(new Edit.Scale(site, Positions.ALL, 1));
                    List<Edit> patch = List.of(new Edit.Patch(site, Positions.ALL, Source.of(IDS, List.of())));
                    for (List<Edit> edits : List.of(own, once, patch)) {
                        try (Trace edited = Runs.run(model, Batch.of(IDS), edits, List.of(site))) {
                            assertTrue(edited.at(site).bitsEqual(plain.at(site)), edits.toString());
                            assertTrue(edited.logits().bitsEqual(plain.logits()), edits.toString());
                        }
                    }
                    if (own.stream().allMatch(reach::from)) {
                        List<Edit> other = lastBlock.isOfLast(site.point())
                                ? List.of(new Edit.Add(site, Positions.ALL, Values.of(0)))
                                : own;
                        double[] both = {sweep.measure(List.of(other))[0], sweep.measure(List.of(once))[0]};
                        assertEquals(both[0], both[1], site.text());
                        assertEquals(sweep.baseline(), sweep.measure(List.of(patch))[0], 1e-5, site.text());
                    }
                }
            }
        }
    }

    /// Puts a site's own value in place.
    ///
    /// @param value `[1, …]`
    private static List<Edit> own(Site site, Tensor value) {
        if (site instanceof Site.Heads(int layer, HeadPart part)
                && site.point().kind().axes() == Axes.PAIR) {
            return IntStream.range(0, (int) value.dim(1))
                    .<Edit>mapToObj(head -> new Edit.Replace(
                            new Site.Head(layer, head, part),
                            Positions.ALL,
                            Values.of(value.select(0, 0).select(0, head))))
                    .toList();
        }
        return List.of(new Edit.Replace(site, Positions.ALL, Values.of(value.reshape(value.dim(1), -1))));
    }
}
