package cutaway.interp.run;

import static cutaway.interp.run.DrawnEdits.IDS;
import static cutaway.interp.run.DrawnEdits.METRIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs.Slope;
import cutaway.interp.run.SweepPlan.Start;
import cutaway.interp.run.SweepPlan.Wave;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Wiring.Layout;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is computed in the last block, and at how many positions.
class LastBlockTest {

    private static final int N = IDS.length;
    private static final Source BASE = Source.of(IDS, List.of());

    static Stream<String> families() {
        return TinyModel.families();
    }

    /// What keys and values are made from, in every family.
    private static Set<Kind> ofAll(Model model) {
        Set<Kind> ofAll =
                EnumSet.of(Kind.RESID_PRE, Kind.K, Kind.V, Kind.K_NORM_SCALE, Kind.K_NORM_NORMALIZED, Kind.ROT_K);
        if (model.sizes().wiring().layout() != Layout.POST_NORM) { // whose first norm comes after attention
            ofAll.addAll(List.of(Kind.NORM1_SCALE, Kind.NORM1_NORMALIZED));
        }
        return ofAll;
    }

    /// The values of a pass, as long as the scope around is open.
    private static final class Kept implements Tap {
        private final Map<Point, Tensor> seen = new HashMap<>();

        @Override
        public Tensor at(Point point, Tensor value) {
            seen.put(point, Scope.detach(value.alias()));
            return value;
        }

        private Tensor of(Point point) {
            return Objects.requireNonNull(seen.get(point));
        }

        private void close() {
            seen.values().forEach(Tensor::close);
        }
    }

    /// Rows that begin together, and rows that do not: the values of the last positions are those of a pass that goes
    /// on with all, and no others are computed behind keys and values.
    @ParameterizedTest
    @MethodSource("families")
    void whatComesBehindKeysAndValuesIsComputedForTheLastPositionAlone(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64);
                Operands operands = new Operands(model, BASE, List.of());
                BaseRun base = new BaseRun(model, BASE, operands);
                Scope scope = Scope.open()) {
            int last = model.sizes().layers() - 1;
            List<int[]> rows = model.sizes().isCausal()
                    ? List.of(new int[] {0, 2, 2, N - 1}, new int[] {3, 3}, new int[] {1})
                    : List.of(new int[] {0, 0});
            for (int[] first : rows) {
                Placement.Packed placement = Placement.Packed.of(first, N);
                long packed = IntStream.of(first).map(from -> N - from).sum();
                Tensor before = Alignment.atPlaces(base.residual(last - 1), placement);
                Kept whole = new Kept();
                Kept narrow = new Kept();
                base.transformer().blocks(before, last - 1, last + 1, base.pass(placement), whole);
                Tensor after = base.transformer().toLast(before, last - 1, base.pass(placement), narrow);
                assertEquals(List.of((long) first.length, 1L), dims(after).subList(0, 2));
                assertEquals(whole.seen.keySet(), narrow.seen.keySet());
                assertTrue(narrow.seen.containsKey(new Point(Kind.MLP_POST, last)));
                narrow.seen.forEach((point, value) -> {
                    boolean all = point.layer() < last || ofAll(model).contains(point.kind());
                    boolean pairs = point.kind().axes() == Axes.PAIR;
                    String where = point + " of rows from " + Arrays.toString(first);
                    if (all) {
                        assertEquals(dims(whole.of(point)), dims(value), where);
                    } else {
                        assertEquals(first.length, value.dim(0), where);
                        assertEquals(1, value.dim(pairs ? 2 : 1), where);
                    }
                    if (!pairs && all) {
                        assertEquals(packed, value.dim(0) * value.dim(1), where);
                    }
                    Tensor expected = all ? whole.of(point) : lastOf(whole.of(point), pairs, first);
                    assertSame(expected, value, where);
                });
                whole.close();
                narrow.close();
            }
        }
    }

    private static List<Long> dims(Tensor tensor) {
        return Arrays.stream(tensor.shape().dims()).boxed().toList();
    }

    /// @param first of rows that are packed one behind another
    private static Tensor lastOf(Tensor value, boolean pairs, int[] first) {
        if (pairs) {
            return value.slice(2, value.dim(2) - 1, value.dim(2));
        }
        long[] dims = value.shape().dims();
        dims[0] = dims[0] * dims[1];
        dims[1] = 1;
        long[] places = new long[first.length];
        long place = -1;
        for (int row = 0; row < first.length; row++) {
            place += N - first[row];
            places[row] = place;
        }
        return value.reshape(dims).gatherRows(0, Tensor.of(places, places.length));
    }

    private static void assertSame(Tensor expected, Tensor found, String where) {
        double[] a = expected.toDoubles();
        double[] b = found.toDoubles();
        assertEquals(a.length, b.length, where);
        for (int i = 0; i < a.length; i++) {
            if (a[i] != b[i]) { // as -inf is, of scores
                assertEquals(a[i], b[i], 1e-9 * (1 + Math.abs(a[i])), where);
            }
        }
    }

    /// Gradients, of the whole prompt and from a position on, are those of a pass that computes all of the last block,
    /// as one does that is asked for its values; at positions that are not read they are 0.
    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreThoseOfTheWholeBlock(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64);
                Sweep sweep = new Sweep(model, BASE, METRIC);
                Scope scope = Scope.open()) {
            List<Site> sites = SiteNames.all(model.sizes()).stream()
                    .filter(site -> site.point().kind().inBlock())
                    .toList();
            List<Edit> edits = List.of(
                    new Edit.Scale(new Site.MlpOut(0), Positions.LAST, 1.5),
                    new Edit.Patch(new Site.Heads(1, HeadPart.Z), Positions.LAST, DrawnEdits.OTHER));
            int from = model.sizes().isCausal() ? 4 : 0;
            Map<Site, Slope> whole = Runs.slopes(model, IDS, edits, METRIC, sites);
            Map<Site, Slope> read = Runs.slopesWhereRead(model, IDS, List.of(edits), METRIC, sites);
            Map<Site, Tensor> narrow = Runs.gradients(model, IDS, edits, METRIC, sites);
            Map<Site, Tensor> tail = sweep.gradients(edits, sites, from);
            for (Site site : sites) {
                int axis = site.point().kind().axes() == Axes.PAIR ? 2 : 1;
                Tensor expected = Objects.requireNonNull(whole.get(site)).gradient();
                assertEquals(N, expected.dim(axis));
                assertSame(expected, Objects.requireNonNull(narrow.get(site)), site.text());
                Tensor end = Objects.requireNonNull(tail.get(site));
                assertEquals(N - from, end.dim(axis), site.text());
                assertSame(expected.slice(axis, from, N), end, site.text());
                Tensor values = Objects.requireNonNull(whole.get(site)).value();
                Tensor valuesRead = Objects.requireNonNull(read.get(site)).value();
                assertSame(expected, Objects.requireNonNull(read.get(site)).gradient(), site.text());
                if (site.point().layer() == model.sizes().layers() - 1
                        && !ofAll(model).contains(site.point().kind())) {
                    assertEquals(0, expected.slice(axis, 0, N - 1L).norm(), site.text());
                    assertEquals(0, valuesRead.slice(axis, 0, N - 1L).norm(), site.text());
                    values = values.slice(axis, N - 1L, N);
                    valuesRead = valuesRead.slice(axis, N - 1L, N);
                }
                assertSame(values, valuesRead, site.text());
            }
        }
    }

    /// A wave leaves the last position of each variant, wherever it began; where the loss is read, all.
    @Test
    void aWaveLeavesThePositionThatIsRead() {
        List<Edit> edits = List.of(
                new Edit.Scale(new Site.Resid(1, Moment.PRE), Positions.of(2), 2),
                new Edit.Scale(new Site.Heads(2, HeadPart.K), Positions.of(4), 2),
                new Edit.Scale(new Site.MlpOut(2), Positions.ALL, 2));
        List<List<Edit>> variants = edits.stream().map(List::of).toList();
        Wave wave = new Wave(List.of(
                new Start(0, 1, Kind.RESID_PRE, 2), new Start(1, 2, Kind.K, 4), new Start(2, 2, Kind.MLP_OUT, N - 1)));
        try (Model model = TinyModel.open("llama");
                Operands operands = new Operands(model, BASE, edits);
                BaseRun base = new BaseRun(model, BASE, operands);
                Scope scope = Scope.open()) {
            LastBlock narrow = LastBlock.of(METRIC, model.sizes(), N);
            Crowd left = new WaveRun(base, operands, wave, variants, narrow).run();
            assertEquals(List.of(3L, 1L, (long) model.sizes().dModel()), dims(left.residual()));
            LastBlock whole = LastBlock.of(new Metric.Loss(), model.sizes(), N);
            Crowd all = new WaveRun(base, operands, wave, variants, whole).run();
            assertEquals(
                    N - 2 + N - 4 + 1, all.residual().dim(0) * all.residual().dim(1));
        }
    }

    /// By hand: of three blocks, the last one leaves a position of each variant.
    @Test
    void thePlanCountsWhatTheLastBlockLeaves() {
        Site mid = new Site.Resid(2, Moment.MID);
        List<List<Edit>> variants = new ArrayList<>();
        variants.add(List.of(new Edit.Scale(new Site.Resid(0, Moment.PRE), Positions.of(2), 2))); // 2 (N - 2) + 1
        variants.add(List.of(new Edit.Scale(new Site.Resid(2, Moment.PRE), Positions.of(2), 2))); // 1
        variants.add(List.of(new Edit.Scale(mid, Positions.ALL, 2))); // 1
        variants.add(List.of( // N - 3 + 1
                new Edit.Scale(new Site.Neurons(1, NeuronPart.POST), Positions.of(3), 2),
                new Edit.Scale(mid, Positions.ALL, 2)));
        try (Model model = TinyModel.open("llama");
                Sweep margin = new Sweep(model, BASE, METRIC);
                Sweep loss = new Sweep(model, BASE, new Metric.Loss())) {
            assertEquals(3, model.sizes().layers());
            int expected = 2 * (N - 2) + 1 + 1 + 1 + N - 3 + 1;
            assertEquals(
                    expected, margin.forecast(variants, OptionalDouble.of(0)).layerPositions());
            margin.measure(variants);
            assertEquals(expected, margin.layerPositions());
            int whole = 3 * (N - 2) + (N - 2) + N + 2 * N; // the last begins where its second edit does
            assertEquals(whole, loss.forecast(variants, OptionalDouble.of(0)).layerPositions());
        }
    }

    /// What an edit does there at positions that nobody reads is nothing; keys of these positions are looked at.
    @Test
    void onlyKeysAndValuesMatterWhereNothingIsRead() {
        Site mid = new Site.Resid(2, Moment.MID);
        Site keys = new Site.Heads(2, HeadPart.K);
        try (Model model = TinyModel.open("llama", Arithmetic.F64);
                Sweep sweep = new Sweep(model, BASE, METRIC)) {
            double[] found = sweep.measure(List.of(
                    List.of(new Edit.Scale(mid, Positions.ALL, 2)),
                    List.of(new Edit.Scale(mid, Positions.LAST, 2)),
                    List.of(new Edit.Scale(keys, Positions.span(0, N - 2), 2)),
                    List.of(new Edit.Scale(keys, Positions.span(0, N - 2), 2), new Edit.Scale(mid, Positions.ALL, 1))));
            assertEquals(found[0], found[1], 1e-12);
            assertTrue(Math.abs(found[2] - sweep.baseline()) > 1e-3, "keys do something");
            assertEquals(found[2], found[3], 1e-12);
            List<Edit> unread = List.of(new Edit.Scale(mid, Positions.of(0), 2));
            assertThrows(BadInputException.class, () -> sweep.measure(List.of(unread)));
        }
    }
}
