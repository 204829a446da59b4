package cutaway.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.MetricChoice;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.prompts.PromptPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Effects written by hand, as the page gets them: head 0.0 does 4, 0.1 does 2 and 0.2 does 1 on every pair.
class SweepRecordsTest {

    private static final EffectSweep SWEEP =
            EffectSweep.of(new ActivationPatching(Direction.NOISE), "head_z[0.0..2]", "resid_pre@A+last");

    private static Pair pair(int index, @Nullable String group) {
        return new Pair(
                index,
                new PromptPair("a b", "a c", " x", " y", group, Map.of("A", List.of(0, 1))),
                List.of("a", " b"),
                List.of(1, 2),
                List.of(1, 3),
                4,
                5,
                1,
                Map.of("A", new Chosen("A", 0, 0)));
    }

    private static Effect head(int pair, int head, double effect, @Nullable Double recovered) {
        return new Effect(
                pair,
                "head_z",
                0,
                head,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                10 + effect,
                effect,
                recovered);
    }

    private static Effects effects(EffectSweep sweep, int pairs) {
        List<Effects.Ends> ends = new ArrayList<>();
        List<Effect> rows = new ArrayList<>();
        for (int index = 0; index < pairs; index++) {
            ends.add(new Effects.Ends(pair(index, null), 6, 10));
            for (int head = 0; head < 3; head++) {
                double effect = (4 >> head) + 0.01 * index;
                rows.add(head(index, head, effect, effect / 4));
            }
        }
        return new Effects(sweep, ends, rows, List.of());
    }

    private static SweepRecord record(SweepRecords limits, Effects found) {
        ModelFacts model = new ModelFacts("tiny", "", "llama", 1, 3, 8, "cpu", "float32");
        return limits.of(
                SweepFindings.of(found),
                new SweepRecords.Facts("1", model, "pairs.jsonl", 1, new SweepRecord.Repeat("all", "one")),
                id -> "<" + id + ">");
    }

    @Test
    void questionsCarryWhatEachPairSaid() {
        SweepRecord record = record(SweepRecords.USUAL, effects(SWEEP, 6));
        assertEquals(
                List.of("head_z[0.0..2]", "resid_pre@A+last"), record.asked().sites());
        assertEquals("noise", record.asked().direction());
        assertEquals("nats", record.asked().unit());
        assertTrue(record.asked().ofAnswer());
        assertFalse(record(SweepRecords.USUAL, effects(SWEEP.by(MetricChoice.LOSS), 1))
                .asked()
                .ofAnswer());
        assertEquals(
                List.of("head_z[0.0]", "head_z[0.1]", "head_z[0.2]"),
                record.answers().stream().map(SweepRecord.Answer::text).toList());
        SweepRecord.Answer second = record.answers().get(1);
        assertEquals(2.025, second.mean(), 1e-12);
        assertEquals(List.of(2.0, 2.01, 2.02, 2.03, 2.04, 2.05), second.effect());
        assertEquals(12.03, second.value().get(3), 1e-12);
        assertEquals(0.5, second.recovered().get(0), 1e-12);
        assertNull(second.in());
        assertTrue(second.low() < 2.025 && 2.025 < second.high());
        assertEquals(2.0 / 64, second.p(), 1e-12); // all six signs alike, of 2^6
        assertEquals(18, record.extent().carriedRows());
        assertEquals(3, record.extent().sure());
        assertEquals(List.of("<1>", "<3>"), record.pairs().get(0).contrast());
        assertEquals(List.of(0, 0), record.pairs().get(0).roles().get("A"));
        assertEquals(List.of(), record.chosen());
    }

    /// Twelve independent pairs are enough to hold half of them out; twelve that share a group count as one.
    @Test
    void halfIsHeldOutWherePairsAreEnough() {
        assertEquals(3, record(SweepRecords.USUAL, effects(SWEEP, 12)).chosen().size());
        Effects found = effects(SWEEP, 12);
        List<Effects.Ends> one = found.pairs().stream()
                .map(ends -> new Effects.Ends(pair(ends.pair().index(), "g"), 6, 10))
                .toList();
        SweepRecord record = record(SweepRecords.USUAL, new Effects(SWEEP, one, found.rows(), List.of()));
        assertEquals(List.of(), record.chosen());
        assertEquals(1, record.extent().independent());
        assertEquals("g", record.pairs().getFirst().group());
    }

    /// What has no room is left out from the weakest on, and counted; statistics stay those of all.
    @Test
    void aPageIsNeverTooLarge() {
        SweepRecord record = record(new SweepRecords(2, 5, 4), effects(SWEEP, 6));
        assertEquals(4, record.pairs().size());
        assertEquals(2, record.answers().size());
        assertEquals(List.of(4.0, 4.01, 4.02, 4.03), record.answers().get(0).effect());
        assertEquals(6, record.answers().get(0).pairs());
        assertEquals(4.025, record.answers().get(0).mean(), 1e-12);
        assertNull(record.answers().get(1).effect());
        assertNotNull(record.answers().get(1).p());
        assertEquals(4, record.extent().carriedRows());
        assertEquals(3, record.extent().questions());
        assertEquals(18, record.extent().rows());
    }

    /// A search that chose what to show by its size has no p; a pair without the site has no effect of 0.
    @Test
    void aPooledSearchHasNoTests() {
        Effects all = effects(SWEEP.pooled(0.5), 13);
        List<Effect> rows =
                all.rows().stream().filter(row -> row.pair() % 2 == 0).toList();
        Effects found = new Effects(all.sweep(), all.pairs(), rows, List.of("pair 0: few runs"));
        SweepRecord record = record(SweepRecords.USUAL, found);
        SweepRecord.Answer first = record.answers().getFirst();
        assertNull(first.p());
        assertNull(first.low());
        assertEquals(List.of(0, 2, 4, 6, 8, 10, 12), first.in());
        assertEquals(7, first.effect().size());
        assertEquals(0.5, record.asked().pooled());
        assertEquals(0, record.extent().sure());
        assertEquals(List.of(), record.chosen());
        assertEquals(List.of("pair 0: few runs"), record.searches());
    }

    @Test
    void aSearchThatFoundNothingIsARecordToo() {
        Effects none = new Effects(SWEEP.pooled(9), effects(SWEEP, 2).pairs(), List.of(), List.of("pair 0: none"));
        assertEquals(List.of(), record(SweepRecords.USUAL, none).answers());
    }

    /// Where nothing separates the two runs of a pair, its effects are shares of nothing.
    @Test
    void aPairWithoutADifferenceSaysSo() {
        Effects both = effects(SWEEP, 1);
        List<Effect> rows = new ArrayList<>(both.rows());
        rows.add(head(1, 0, 3, null));
        Effects found = new Effects(
                SWEEP, List.of(both.pairs().getFirst(), new Effects.Ends(pair(1, null), 6, 6)), rows, List.of());
        SweepRecord record = record(SweepRecords.USUAL, found);
        assertTrue(record.pairs().get(0).parts());
        assertFalse(record.pairs().get(1).parts());
        assertEquals(List.of(1.0, 0.0), record.answers().getFirst().recovered());
    }
}
