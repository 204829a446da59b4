package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Attention;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// What each edit does, against plain loops over the weights and over the activations of unedited runs.
class EditsTest {

    private static final Model LLAMA = TinyModel.open("llama");
    private static final Model GPT2 = TinyModel.open("gpt2");
    private static final int[] IDS = {3, 41, 59, 26, 5};
    private static final int N = IDS.length;
    private static final int D = 32;
    private static final int D_HEAD = 8;
    private static final Site ATTN_OUT = new Site.AttnOut(1);
    private static final Site MID = new Site.Resid(1, Moment.MID);
    private static final Site PRE = new Site.Resid(1, Moment.PRE);

    @AfterAll
    static void close() {
        LLAMA.close();
        GPT2.close();
    }

    /// `attn_out - z_h W_O_h`, in GPT-2 too, whose attention has an output bias that stays.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void zeroOfAHeadTakesItsWriteAway(boolean llama) {
        Model model = llama ? LLAMA : GPT2;
        int head = 2;
        Site z = new Site.Heads(1, HeadPart.Z);
        float[] before = read(model, List.of(), ATTN_OUT);
        float[] gathered = read(model, List.of(), z); // [pos, head, dHead]
        Attention attention = model.transformer().blocks().get(1).attention();
        float[] weights = attention.out().weight().whole().toFloats(); // [dModel, head * dHead]
        double[] expected = new double[N * D];
        for (int pos = 0; pos < N; pos++) {
            for (int d = 0; d < D; d++) {
                double write = 0;
                for (int i = 0; i < D_HEAD; i++) {
                    write += gathered[(pos * 4 + head) * D_HEAD + i] * (double) weights[d * D + head * D_HEAD + i];
                }
                expected[pos * D + d] = before[pos * D + d] - write;
            }
        }
        Edit zero = new Edit.Zero(new Site.Head(1, head, HeadPart.Z), Positions.ALL);
        close(expected, read(model, List.of(zero), ATTN_OUT));
        Edit zeroResult = new Edit.Zero(new Site.Head(1, head, HeadPart.RESULT), Positions.ALL);
        close(expected, read(model, List.of(zeroResult), ATTN_OUT));
    }

    @Test
    void scaleMultiplies() {
        double[] expected = doubles(read(LLAMA, List.of(), PRE));
        for (int d = 0; d < D; d++) {
            expected[3 * D + d] *= -2.5;
        }
        close(expected, read(LLAMA, List.of(new Edit.Scale(PRE, Positions.of(3), -2.5)), PRE));
    }

    /// What attention adds stays what it was, so the stream after it moves by the same vector.
    @Test
    void addMovesTheStream() {
        Values vector = TinyModel.random(new Random(1), D);
        double[] expected = doubles(read(LLAMA, List.of(), MID));
        for (int pos : new int[] {1, 4}) {
            for (int d = 0; d < D; d++) {
                expected[pos * D + d] += vector.data()[d];
            }
        }
        close(expected, read(LLAMA, List.of(new Edit.Add(ATTN_OUT, Positions.of(1, -1), vector)), MID));
    }

    @Test
    void replaceWritesARowForEachPosition() {
        float[] rows = new Random(2).normal(2, D).toFloats();
        Edit edit = new Edit.Replace(PRE, Positions.of(4, 0), new Values(List.of(2L, (long) D), rows));
        float[] expected = read(LLAMA, List.of(), PRE);
        System.arraycopy(rows, 0, expected, 4 * D, D);
        System.arraycopy(rows, D, expected, 0, D);
        assertArrayEquals(expected, read(LLAMA, List.of(edit), PRE));
    }

    @Test
    void replaceReachesOneHeadOneNeuronAndTheScale() {
        Site heads = new Site.Heads(1, HeadPart.V);
        float[] expected = read(LLAMA, List.of(), heads); // [pos, kvHead, dHead]
        float[] value = new Random(3).normal(D_HEAD).toFloats();
        System.arraycopy(value, 0, expected, (2 * 2 + 1) * D_HEAD, D_HEAD);
        Site head = new Site.Head(1, 1, HeadPart.V);
        assertArrayEquals(
                expected, read(LLAMA, List.of(new Edit.Replace(head, Positions.of(2), Values.of(value))), heads));

        Site neurons = new Site.Neurons(0, NeuronPart.POST);
        float[] posts = read(LLAMA, List.of(), neurons); // [pos, dMlp]
        posts[3 * 64 + 17] = 9;
        Site neuron = new Site.Neuron(0, 17, NeuronPart.POST);
        assertArrayEquals(
                posts, read(LLAMA, List.of(new Edit.Replace(neuron, Positions.of(3), Values.of(9))), neurons));

        Site scale = new Site.NormScale(1, Site.Norm.BEFORE_ATTENTION);
        Site normalized = new Site.Normalized(1, Site.Norm.BEFORE_ATTENTION);
        double[] stream = doubles(read(LLAMA, List.of(), PRE));
        double[] frozen = doubles(read(LLAMA, List.of(), normalized));
        for (int d = 0; d < D; d++) {
            frozen[D + d] = stream[D + d] / 0.25;
        }
        close(frozen, read(LLAMA, List.of(new Edit.Replace(scale, Positions.of(1), Values.of(0.25f))), normalized));
    }

    @Test
    void meanIsOverAllPositionsOfItsRuns() {
        int[] other = {7, 8, 9};
        float[] a = read(LLAMA, IDS, List.of(), PRE);
        float[] b = read(LLAMA, other, List.of(), PRE);
        double[] mean = new double[D];
        for (int d = 0; d < D; d++) {
            for (int pos = 0; pos < N; pos++) {
                mean[d] += a[pos * D + d] / 8;
            }
            for (int pos = 0; pos < 3; pos++) {
                mean[d] += b[pos * D + d] / 8;
            }
        }
        double[] expected = doubles(a);
        System.arraycopy(mean, 0, expected, 2 * D, D);
        List<Source> over = List.of(Source.of(IDS, List.of()), Source.of(other, List.of()));
        close(expected, read(LLAMA, List.of(new Edit.Mean(PRE, Positions.of(2), over)), PRE));
    }

    @Test
    void meanOverNothingElseIsOverThePromptItself() {
        float[] a = read(LLAMA, List.of(), PRE);
        double[] expected = new double[N * D];
        for (int pos = 0; pos < N; pos++) {
            for (int at = 0; at < N; at++) {
                for (int d = 0; d < D; d++) {
                    expected[pos * D + d] += a[at * D + d] / (double) N;
                }
            }
        }
        close(expected, read(LLAMA, List.of(new Edit.Mean(PRE, Positions.ALL, List.of())), PRE));
    }

    /// Patching every site whole from another run gives that run's values there.
    @Test
    void patchPutsTheOtherRunsValuesInPlace() {
        int[] other = {60, 2, 17, 88, 33};
        for (Site site : SiteNames.all(LLAMA.sizes())) {
            Edit patch = new Edit.Patch(site, Positions.ALL, Source.of(other, List.of()));
            assertArrayEquals(
                    read(LLAMA, other, List.of(), site), read(LLAMA, IDS, List.of(patch), site), 0, site.text());
        }
    }

    @Test
    void patchAtOnePositionEqualsReplacingByWhatWasCaptured() {
        int[] other = {60, 2, 17};
        float[] captured = read(LLAMA, other, List.of(), PRE);
        Values row = Values.of(Arrays.copyOfRange(captured, 2 * D, 3 * D));
        assertArrayEquals(
                logits(LLAMA, List.of(new Edit.Replace(PRE, Positions.of(2), row))),
                logits(LLAMA, List.of(new Edit.Patch(PRE, Positions.of(2), Source.of(other, List.of())))));
    }

    /// The run that values are taken from may have edits of its own, even such as take values from a third.
    @Test
    void patchesNest() {
        int[] second = {60, 2, 17, 88, 33};
        int[] third = {1, 1, 2, 3, 5};
        Edit inner = new Edit.Patch(new Site.Resid(0, Moment.POST), Positions.ALL, Source.of(third, List.of()));
        Edit outer = new Edit.Patch(PRE, Positions.ALL, Source.of(second, List.of(inner)));
        assertArrayEquals(read(LLAMA, third, List.of(), new Site.Logits()), logits(LLAMA, List.of(outer)), 1e-6f);
    }

    @Test
    void projectOutLeavesNothingAlongTheDirection() {
        Values direction = TinyModel.random(new Random(4), D);
        float[] before = read(LLAMA, List.of(), PRE);
        float[] after = read(LLAMA, List.of(new Edit.ProjectOut(PRE, Positions.ALL, direction)), PRE);
        double[] unit = direction.data();
        double length = Math.sqrt(Arrays.stream(unit).map(x -> x * x).sum());
        for (int pos = 0; pos < N; pos++) {
            double along = 0;
            double left = 0;
            for (int d = 0; d < D; d++) {
                along += before[pos * D + d] * unit[d] / length;
                left += after[pos * D + d] * unit[d] / length;
            }
            assertTrue(Math.abs(along) > 1e-3, "there was something to remove");
            assertEquals(0, left, 1e-6);
            for (int d = 0; d < D; d++) {
                assertEquals(
                        before[pos * D + d] - along * unit[d] / length, after[pos * D + d], 1e-6, "the rest stays");
            }
        }
    }

    /// Scores of 0 make the pattern uniform over the keys in sight; those out of sight stay so, at 0 * -inf too.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void scoresOutOfSightStayOutOfSight(boolean zero) {
        Site scores = new Site.Head(1, 3, HeadPart.SCORES);
        Edit edit = zero ? new Edit.Zero(scores, Positions.ALL) : new Edit.Scale(scores, Positions.ALL, 0);
        float[] pattern = read(LLAMA, List.of(edit), new Site.Head(1, 3, HeadPart.PATTERN));
        for (int q = 0; q < N; q++) {
            for (int k = 0; k < N; k++) {
                assertEquals(k <= q ? 1.0 / (q + 1) : 0, pattern[q * N + k], 1e-6);
            }
        }
        assertArrayEquals(
                read(LLAMA, List.of(), new Site.Head(1, 2, HeadPart.PATTERN)),
                read(LLAMA, List.of(edit), new Site.Head(1, 2, HeadPart.PATTERN)),
                "another head's stays");
    }

    /// A pattern that looks at one key gathers that key's value.
    @Test
    void aPatternRowChoosesWhatIsGathered() {
        Edit look = new Edit.Replace(new Site.Head(1, 0, HeadPart.PATTERN), Positions.of(3), Values.of(0, 0, 1, 0, 0));
        float[] values = read(LLAMA, List.of(), new Site.Head(1, 0, HeadPart.V)); // heads 0 and 1 read key/value head 0
        float[] z = read(LLAMA, List.of(look), new Site.Head(1, 0, HeadPart.Z));
        assertArrayEquals(
                Arrays.copyOfRange(values, 2 * D_HEAD, 3 * D_HEAD),
                Arrays.copyOfRange(z, 3 * D_HEAD, 4 * D_HEAD),
                1e-7f);
    }

    /// A pattern of a shorter prompt fits: its queries look at no later key.
    @Test
    void aPatternIsTakenFromAPromptOfAnotherLength() {
        Site pattern = new Site.Head(1, 2, HeadPart.PATTERN);
        int[] shorter = {60, 2, 17};
        float[] taken = read(LLAMA, shorter, List.of(), pattern);
        float[] expected = read(LLAMA, List.of(), pattern);
        for (int q = 1; q < 3; q++) {
            for (int k = 0; k < N; k++) {
                expected[q * N + k] = k < 3 ? taken[q * 3 + k] : 0;
            }
        }
        Edit patch = new Edit.Patch(pattern, Positions.of(1, 2), Source.of(shorter, List.of()));
        assertArrayEquals(expected, read(LLAMA, List.of(patch), pattern));
    }

    @Test
    void editsAtOneSiteApplyInOrder() {
        Values vector = TinyModel.random(new Random(6), D);
        Edit scale = new Edit.Scale(PRE, Positions.ALL, 3);
        Edit add = new Edit.Add(PRE, Positions.ALL, vector);
        double[] scaledFirst = new double[N * D];
        double[] addedFirst = new double[N * D];
        float[] before = read(LLAMA, List.of(), PRE);
        for (int i = 0; i < before.length; i++) {
            scaledFirst[i] = before[i] * 3.0 + vector.data()[i % D];
            addedFirst[i] = (before[i] + vector.data()[i % D]) * 3.0;
        }
        close(scaledFirst, read(LLAMA, List.of(scale, add), PRE));
        close(addedFirst, read(LLAMA, List.of(add, scale), PRE));
        // A patch after a scale wins, before it is scaled; and patches on both sides of it are not brought together.
        Source other = Source.of(new int[] {60, 2, 17, 88, 33}, List.of());
        Edit patch = new Edit.Patch(PRE, Positions.of(1), other);
        float[] captured = read(LLAMA, new int[] {60, 2, 17, 88, 33}, List.of(), PRE);
        assertEquals(captured[D], read(LLAMA, List.of(scale, patch), PRE)[D]);
        assertEquals(captured[D] * 3, read(LLAMA, List.of(patch, scale), PRE)[D]);
        assertEquals(captured[D], read(LLAMA, List.of(patch, scale, patch), PRE)[D]);
    }

    /// Patches of one run at one point are applied together; one after the other, with something between that
    /// changes nothing but keeps them apart, the outcome is the same.
    @Test
    void patchesTogetherEqualPatchesOneByOne() {
        Source other = Source.of(new int[] {60, 2, 17, 88, 33}, List.of());
        List<Edit> together = new ArrayList<>();
        List<Edit> apart = new ArrayList<>();
        for (int[] headAndPos : new int[][] {{0, 1}, {3, 4}, {0, 4}, {2, 0}, {3, 4}}) {
            Site head = new Site.Head(1, headAndPos[0], HeadPart.Z);
            Edit patch = new Edit.Patch(head, Positions.of(headAndPos[1]), other);
            together.add(patch);
            apart.add(patch);
            apart.add(new Edit.Scale(head, Positions.ALL, 1));
        }
        float[] both = logits(LLAMA, together);
        assertArrayEquals(logits(LLAMA, apart), both);
        assertFalse(Arrays.equals(logits(LLAMA, List.of()), both));
        // By hand: those heads and positions from the other run, the rest from this one.
        Site z = new Site.Heads(1, HeadPart.Z);
        float[] expected = read(LLAMA, List.of(), z);
        float[] taken = read(LLAMA, new int[] {60, 2, 17, 88, 33}, List.of(), z);
        for (int at : new int[] {1 * 4, 4 * 4 + 3, 4 * 4, 2}) {
            System.arraycopy(taken, at * D_HEAD, expected, at * D_HEAD, D_HEAD);
        }
        assertArrayEquals(expected, read(LLAMA, together, z));
    }

    @Test
    void aPatchBroughtTogetherWithOthersIsCheckedToo() {
        Source shorter = Source.of(new int[] {60, 2}, List.of());
        Edit fits = new Edit.Patch(new Site.Head(1, 0, HeadPart.Z), Positions.of(1), shorter);
        Edit doesNot = new Edit.Patch(new Site.Head(1, 1, HeadPart.Z), Positions.of(4), shorter);
        BadInputException refused = assertThrows(BadInputException.class, () -> logits(LLAMA, List.of(fits, doesNot)));
        assertTrue(refused.getMessage().contains("takes position 4 from a prompt of 2 tokens"), refused.getMessage());
    }

    @Test
    void whatDoesNotFitIsRefusedInOneSentence() {
        Source shorter = Source.of(new int[] {60, 2}, List.of());
        refused(
                "takes every position from a prompt of 2 tokens; this prompt has 5",
                new Edit.Patch(PRE, Positions.ALL, shorter));
        refused(
                "takes position 2 from a prompt of 2 tokens",
                new Edit.Patch(new Site.Heads(1, HeadPart.PATTERN), Positions.of(2), shorter));
        refused("position 5 is outside of a prompt of 5 tokens", new Edit.Zero(PRE, Positions.of(5)));
        refused("position -6 is outside", new Edit.Zero(PRE, Positions.of(-6)));
        refused(
                "carries 3 numbers for a position; the site has 32",
                new Edit.Add(PRE, Positions.ALL, Values.of(1, 2, 3)));
        refused(
                "carries values for 2 positions; it names 1",
                new Edit.Add(PRE, Positions.of(1), new Values(List.of(2L, 32L), new float[64])));
        refused("this model has layers 0 to 2", new Edit.Zero(new Site.AttnOut(3), Positions.ALL));
        refused("this model has heads 0 to 3", new Edit.Zero(new Site.Head(0, 4, HeadPart.Z), Positions.ALL));
        refused("key/value heads 0 to 1", new Edit.Zero(new Site.Head(0, 2, HeadPart.K), Positions.ALL));
        refused("neurons 0 to 63", new Edit.Zero(new Site.Neuron(0, 64, NeuronPart.PRE), Positions.ALL));
        refused("rotary positions", new Edit.Zero(new Site.PosEmbed(), Positions.ALL));
        refused("length 0", new Edit.ProjectOut(PRE, Positions.ALL, new Values(List.of(32L), new float[32])));
        refused("has 3 numbers", new Edit.ProjectOut(PRE, Positions.ALL, Values.of(1, 2, 3)));
        refused(
                "over positions has no meaning",
                new Edit.Mean(new Site.Heads(1, HeadPart.PATTERN), Positions.ALL, List.of()));
        refused("empty prompt", new Edit.Patch(PRE, Positions.ALL, Source.of(new int[0], List.of())));
    }

    /// A function sees a position's heads in one row, and what it makes stands at its positions alone.
    @Test
    void aFunctionIsAppliedToEachRow() {
        Site heads = new Site.Heads(1, HeadPart.Z);
        float[] before = read(LLAMA, List.of(), heads);
        List<long[]> shapes = new ArrayList<>();
        Edit edit = new Edit.Apply(heads, Positions.of(2, 4), rows -> {
            shapes.add(rows.shape().dims());
            return rows.square().plus(rows.sum(1, true));
        });
        float[] after = read(LLAMA, List.of(edit), heads);
        assertArrayEquals(new long[] {N, D}, shapes.getFirst());
        for (int pos = 0; pos < N; pos++) {
            double sum = 0;
            for (int d = 0; d < D; d++) {
                sum += before[pos * D + d];
            }
            for (int d = 0; d < D; d++) {
                double there = before[pos * D + d];
                double expected = pos == 2 || pos == 4 ? there * there + sum : there;
                assertEquals(expected, after[pos * D + d], pos == 2 || pos == 4 ? 1e-5 : 0);
            }
        }
        assertThrows(
                BadInputException.class, () -> new Edit.Apply(new Site.Head(1, 0, HeadPart.Z), null, rows -> rows));
        assertTrue(assertThrows(Exception.class, () -> JsonMapper.shared().writeValueAsString(edit))
                .getMessage()
                .contains("has no form in JSON"));
    }

    private static void refused(String expected, Edit edit) {
        BadInputException refused = assertThrows(BadInputException.class, () -> logits(LLAMA, List.of(edit)));
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }

    /// Each row is edited at the positions of its own prompt, wherever the padding stands, and padding never.
    @ParameterizedTest
    @ValueSource(strings = {"LEFT", "RIGHT"})
    void paddedRowsAreEditedAtTheirOwnPositions(String side) {
        List<int[]> prompts = List.of(new int[] {3, 41, 59, 26, 5}, new int[] {9, 8, 7}, new int[] {1, 2, 3, 4});
        Values rows =
                new Values(List.of(2L, (long) D), new Random(8).normal(2, D).toFloats());
        List<List<Edit>> cases = List.of(
                List.of(new Edit.Add(PRE, Positions.of(-1, 1), rows)),
                List.of(new Edit.Zero(new Site.Head(1, 2, HeadPart.Z), Positions.of(-2))),
                List.of(new Edit.Zero(new Site.Head(0, 1, HeadPart.SCORES), Positions.of(2))),
                List.of(new Edit.Scale(PRE, Positions.ALL, 2)),
                List.of(new Edit.Patch(
                        new Site.Heads(1, HeadPart.PATTERN),
                        Positions.of(1, 2),
                        Source.of(new int[] {60, 2, 17}, List.of()))),
                List.of(new Edit.Patch(PRE, Positions.of(0, 2), Source.of(new int[] {60, 2, 17}, List.of()))));
        Batch batch = Batch.of(prompts, Batch.Side.valueOf(side));
        for (List<Edit> edits : cases) {
            try (Trace trace = Runs.run(LLAMA, batch, edits, List.of())) {
                float[] all = trace.logits().toFloats();
                for (int row = 0; row < 3; row++) {
                    int length = prompts.get(row).length;
                    float[] alone = read(LLAMA, prompts.get(row), edits, new Site.Logits());
                    int start = (row * 5 + batch.place(row, 0)) * 97;
                    float[] together = Arrays.copyOfRange(all, start, start + length * 97);
                    assertArrayEquals(alone, together, 1e-5f, edits + " row " + row);
                }
            }
        }
    }

    /// An edit that puts in place what is there already leaves every bit, and so does one that changes nothing.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-rope3", "gpt2"})
    void nullEditsLeaveEveryBit(String name) {
        try (Model model = TinyModel.open(name)) {
            for (Site site : SiteNames.all(model.sizes())) {
                float[] before =
                        read(model, IDS, List.of(), new Site.Logits(), site); // with its result where asked for
                for (Edit edit : List.of(
                        new Edit.Patch(site, Positions.ALL, Source.of(IDS, List.of())),
                        new Edit.Scale(site, Positions.ALL, 1))) {
                    assertArrayEquals(
                            before, read(model, IDS, List.of(edit), new Site.Logits(), site), edit.toString());
                }
            }
        }
    }

    private static float[] logits(Model model, List<Edit> edits) {
        return read(model, IDS, edits, new Site.Logits());
    }

    private static float[] read(Model model, List<Edit> edits, Site site) {
        return read(model, IDS, edits, site);
    }

    private static float[] read(Model model, int[] ids, List<Edit> edits, Site site, Site... also) {
        List<Site> reads = new ArrayList<>(List.of(also));
        reads.add(site);
        try (Trace trace = Runs.run(model, Batch.of(ids), edits, reads);
                Scope scope = Scope.open()) {
            return trace.at(site).toFloats();
        }
    }

    private static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }

    /// Within float32's rounding of sums of some tens of numbers below 10.
    private static void close(double[] expected, float[] actual) {
        assertEquals(expected.length, actual.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], actual[i], 2e-6, "at " + i);
        }
    }
}
