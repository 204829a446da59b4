package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Two classes that an edit plants in a tiny model's run, one and two layers before they are read.
class ThroughProbesTest {

    private static final int N = 160;
    private static final int LENGTH = 5;
    private static final Site FIRST = new Site.Resid(1, Site.Moment.POST);
    private static final Site SECOND = new Site.Resid(2, Site.Moment.POST);
    private static final List<String> NAMES = List.of("cold", "hot");
    private static final Positions BOTH = Positions.of(1, -1);

    private static int[] ids(RandomGenerator random) {
        return random.ints(LENGTH, 1, 97).toArray();
    }

    private static Source run(int[] ids, int label) {
        float[] along = new float[32];
        along[3] = label == 1 ? 4 : -4;
        along[8] = label == 1 ? -4 : 4;
        return Source.of(
                ids, List.of(new Edit.Add(new Site.Resid(0, Site.Moment.POST), Positions.ALL, Values.of(along))));
    }

    /// `[position, d]`
    private static Tensor states(Model model, Source run, List<Edit> more, Site site) {
        List<Edit> edits = new ArrayList<>(run.edits());
        edits.addAll(more);
        return Scope.keep(() -> {
            try (Trace trace = Runs.run(model, Batch.of(run.ids(model)), edits, List.of(site))) {
                return trace.at(site).select(0, 0).copy();
            }
        });
    }

    private static Tensor logits(Model model, Source run, List<Edit> more) {
        List<Edit> edits = new ArrayList<>(run.edits());
        edits.addAll(more);
        return Scope.keep(() -> {
            try (Trace trace = Runs.run(model, Batch.of(run.ids(model)), edits, List.of())) {
                return trace.logits().select(0, 0).select(0, LENGTH - 1).copy();
            }
        });
    }

    private static NamedProbe fit(Model model, Kind kind, Site site) {
        RandomGenerator random = new Random(5).generator();
        List<Tensor> rows = new ArrayList<>();
        int[][] labels = new int[N][1];
        for (int i = 0; i < N; i++) {
            labels[i][0] = i % 2;
            rows.add(states(model, run(ids(random), i % 2), List.of(), site).slice(0, LENGTH - 1, LENGTH));
        }
        Labelled all = new Labelled(
                Tensor.cat(rows, 0), labels, 2, IntStream.range(0, N).toArray());
        return NamedProbe.fit(all, ProbeSettings.of(kind, 5).steps(300), "tiny", site, NAMES);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void theRunReadsTheClassAndARandomDirectionOfThatLengthDoesNot(Kind kind) {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open();
                NamedProbe probe = fit(model, kind, FIRST)) {
            RandomGenerator random = new Random(6).generator();
            Random directions = new Random(7);
            int turned = 0;
            int byChance = 0;
            for (int i = 0; i < 25; i++) {
                Source cold = run(ids(random), 0);
                ThroughProbes through = ThroughProbes.of(model, cold, BOTH, List.of(probe), "hot", ProbeEdit.USUAL);
                Tensor before = states(model, cold, List.of(), FIRST);
                Tensor after = states(model, cold, through.edits(), FIRST);
                List<String> read = probe.read(after);
                assertEquals(List.of("hot", "hot"), List.of(read.get(1), read.get(LENGTH - 1)));
                assertEquals(probe.read(before).get(0), read.get(0), "position 0 is left alone");
                assertEquals(
                        List.of(probe.read(before).get(1), probe.read(before).get(LENGTH - 1)),
                        through.moved().stream().map(ThroughProbes.Moved::from).toList());
                turned += through.moved().getLast().from().equals("cold") ? 1 : 0;
                Edit placebo = Placebo.of(FIRST, BOTH, added(through.edits().getFirst()), directions);
                byChance += probe.read(states(model, cold, List.of(placebo), FIRST))
                                .get(LENGTH - 1)
                                .equals("hot")
                        ? 1
                        : 0;
                double moved = logits(model, cold, through.edits())
                        .minus(logits(model, cold, List.of()))
                        .norm();
                assertTrue(through.moved().getLast().share() == 0 || moved > 1e-3, "the answer changes: " + moved);
            }
            assertTrue(turned >= 22 && byChance <= 6, turned + " turned, " + byChance + " by random directions, of 25");
        }
    }

    /// `[position, d]`
    private static Tensor added(Edit edit) {
        return ((Edit.Add) edit).values().tensor(Dtype.F32);
    }

    /// Each site is changed from where the edits before it have led, whatever the order of the probes.
    @Test
    void laterLayersAreChangedUnderTheEditsOfEarlierOnes() {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open();
                NamedProbe first = fit(model, Kind.MLP, FIRST);
                NamedProbe second = fit(model, Kind.MLP, SECOND)) {
            Source cold = run(ids(new Random(8).generator()), 0);
            // far enough in the first layer for the second to read on from
            ProbeEdit how = new ProbeEdit(0.02, 400, 3, 1);
            ThroughProbes through = ThroughProbes.of(model, cold, Positions.LAST, List.of(second, first), "hot", how);
            assertEquals(
                    List.of(FIRST, SECOND),
                    through.edits().stream().map(Edit::site).toList());
            Tensor under =
                    states(model, cold, through.edits().subList(0, 1), SECOND).slice(0, LENGTH - 1, LENGTH);
            Tensor without = states(model, cold, List.of(), SECOND).slice(0, LENGTH - 1, LENGTH);
            assertEquals(
                    second.read(under).getFirst(), through.moved().getLast().from());
            assertNotEquals(under.norm(), without.norm(), 1e-3);
            double added = added(through.edits().getLast()).norm();
            assertEquals(added / under.norm(), through.moved().getLast().share(), 1e-5);
            List<String> read = second.read(states(model, cold, through.edits(), SECOND));
            assertEquals("hot", read.getLast());
        }
    }

    @Test
    void whatCannotBeReachedIsRefused() {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open();
                NamedProbe probe = fit(model, Kind.LOGISTIC, FIRST)) {
            Source cold = run(new int[] {3, 14, 15}, 0);
            BadInputException still = assertThrows(
                    BadInputException.class,
                    () -> ThroughProbes.of(
                            model, cold, Positions.LAST, List.of(probe), "hot", new ProbeEdit(1e-6, 1, 1, 1)));
            assertTrue(still.getMessage().contains("still reads \"cold\" at position 2"), still.getMessage());
            assertThrows(BadInputException.class, () -> through(model, cold, Positions.LAST, List.of(probe), "warm"));
            assertThrows(BadInputException.class, () -> through(model, cold, Positions.of(3), List.of(probe), "hot"));
            assertThrows(
                    BadInputException.class, () -> through(model, cold, Positions.LAST, List.of(probe, probe), "hot"));
        }
    }

    private static ThroughProbes through(Model model, Source run, Positions at, List<NamedProbe> probes, String to) {
        return ThroughProbes.of(model, run, at, probes, to, ProbeEdit.USUAL);
    }
}
