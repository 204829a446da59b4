package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Edit.Knockout;
import cutaway.interp.edit.Json;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// Attention knockout: keys out of sight of some queries.
class KnockoutTest {

    private static final Model LLAMA = TinyModel.open("llama");
    private static final int[] IDS = {3, 41, 59, 26, 5, 88};
    private static final int N = IDS.length;
    private static final int HEADS = 4;

    @AfterAll
    static void close() {
        LLAMA.close();
    }

    private static Knockout knockout(int layer, int head, int query, int... keys) {
        return new Knockout(new Site.Head(layer, head, HeadPart.SCORES), Positions.of(query), Positions.of(keys));
    }

    private static float[] pattern(List<Edit> edits) {
        Site site = new Site.Heads(0, HeadPart.PATTERN);
        try (Trace trace = Runs.run(LLAMA, Batch.of(IDS), edits, List.of(site))) {
            return trace.at(site).toFloats(); // [head, qPos, kPos]
        }
    }

    /// The keys that are left share the attention as they did among themselves; nothing else changes, bit for bit.
    @Test
    void whatIsLeftSharesTheAttention() {
        float[] before = pattern(List.of());
        float[] after = pattern(List.of(knockout(0, 2, 4, 0, 3)));
        double left = 0;
        for (int key : new int[] {1, 2, 4}) {
            left += before[(2 * N + 4) * N + key];
        }
        for (int head = 0; head < HEADS; head++) {
            for (int query = 0; query < N; query++) {
                for (int key = 0; key < N; key++) {
                    int at = (head * N + query) * N + key;
                    if (head != 2 || query != 4) {
                        assertEquals(before[at], after[at]);
                    } else {
                        assertEquals(key == 0 || key == 3 ? 0 : before[at] / left, after[at], 1e-6);
                    }
                }
            }
        }
    }

    @Test
    void aQueryIsLeftAKey() {
        BadInputException refused =
                assertThrows(BadInputException.class, () -> pattern(List.of(knockout(0, 1, 2, 0, 1, 2))));
        assertTrue(refused.getMessage().contains("nothing to look at"), refused.getMessage());
        assertThrows(BadInputException.class, () -> new Knockout(new Site.AttnOut(0), Positions.ALL, Positions.of(0)));
        assertThrows(
                BadInputException.class,
                () -> new Knockout(new Site.Heads(0, HeadPart.SCORES), Positions.ALL, Positions.ALL));
    }

    @Test
    void isWrittenAndReadAsJson() {
        List<Edit> edits = List.of(knockout(1, 3, -1, 0, 2));
        assertEquals(
                "[{\"op\":\"knockout\",\"site\":\"blocks.1.attn.hook_attn_scores[3]\",\"pos\":[-1],\"keys\":[0,2]}]",
                Json.of(edits));
        assertEquals(edits, Json.edits(Json.of(edits), "here"));
    }

    /// Rows of a sweep that hide the same keys are edited together, others not; each gives what a run of its own gives.
    @Test
    void aSweepGivesWhatRunsGive() {
        Metric metric = new Metric.LogitDifference(7, 21);
        List<List<Edit>> variants = new ArrayList<>();
        for (int layer = 0; layer < 3; layer++) {
            for (int head = 0; head < HEADS; head++) {
                for (int key = 0; key < 3; key++) {
                    variants.add(List.of(knockout(layer, head, N - 1, key)));
                    variants.add(List.of(knockout(layer, head, N - 1, key), knockout(2, 0, N - 1, 4)));
                }
            }
        }
        try (Sweep sweep = new Sweep(LLAMA, Source.of(IDS, List.of()), metric)) {
            double[] swept = sweep.measure(variants);
            for (int i = 0; i < swept.length; i++) {
                assertEquals(Runs.measure(LLAMA, IDS, variants.get(i), metric), swept[i], 1e-4);
            }
            assertTrue(Math.abs(swept[0] - sweep.baseline()) > 1e-4, "a knockout does something");
        }
    }
}
