package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.interp.planted.Plan.Family;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A plan does what it says, and its decoys are alive: else nothing would be proved by not finding them.
class PlanTest {

    @TempDir
    private Path folder;

    /// All heads of a block look alike. Those beside the planted one gather what it gathers; the next two gather
    /// nothing; and of the last two one writes what it gathers, elsewhere.
    @ParameterizedTest
    @EnumSource(Family.class)
    void decoysLookAndGatherAndFireAsThePlantedHeadsDo(Family family) {
        Induction induction = new Induction(3, 4);
        List<Site> sites = List.of(
                new Site.Heads(0, HeadPart.PATTERN),
                new Site.Heads(1, HeadPart.PATTERN),
                new Site.Heads(1, HeadPart.Z),
                new Site.Heads(1, HeadPart.RESULT),
                new Site.MlpOut(1));
        try (Model model = induction.open(family, folder);
                Trace trace = Runs.run(model, Batch.of(Induction.PROMPT), List.of(), sites);
                Scope scope = Scope.open()) {
            for (int head = 0; head < Plan.HEADS; head++) {
                float[] before = last(trace, new Site.Head(0, head, HeadPart.PATTERN));
                float[] match = last(trace, new Site.Head(1, head, HeadPart.PATTERN));
                for (int pos = 0; pos < 7; pos++) {
                    assertEquals(pos == 5 ? 1 : 0, before[pos], 1e-6);
                    assertEquals(pos == 3 ? induction.match() : induction.rest(), match[pos], 1e-6);
                }
                boolean gathers = head / 2 != 2;
                float[] z = last(trace, new Site.Head(1, head, HeadPart.Z));
                assertEquals(gathers ? induction.match() : 0, z[2], 1e-6);
                float[] result = last(trace, new Site.Head(1, head, HeadPart.RESULT));
                assertEquals(head == 2 ? 4 * induction.match() : 0, result[Space.OUT.at(2)], 1e-6);
                assertEquals(head == 0 ? induction.match() : 0, result[Space.ELSEWHERE.at(2)], 1e-6);
            }
            float[] mlp = last(trace, new Site.MlpOut(1)); // a tenth of what the neuron of token 1 has, 10
            assertEquals(1, mlp[Space.ELSEWHERE.at(1)], 1e-3);
            assertEquals(0, mlp[Space.OUT.at(1)], 1e-6);
        }
    }

    private static float[] last(Trace trace, Site site) {
        return trace.at(site)
                .select(0, 0)
                .select(0, Induction.PROMPT.length - 1)
                .toFloats();
    }

    @Test
    void headsThatShareKeysMustLookAlike() {
        Plan plan = new Plan(Family.LLAMA, 1);
        plan.head(0, 0, new Look.Previous(), Move.unread(Space.TOKEN));
        assertThrows(
                IllegalArgumentException.class,
                () -> plan.head(0, 1, new Look.Kinds(1, 2, 3), Move.unread(Space.TOKEN)));
    }
}
