package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointMapTest {

    /// Keys that lie far from the queries, and are ten times as long: only moving and scaling shows who looks
    /// at whom. A scale at the end of what is tried, where keys lie in one place, would be no map.
    @Test
    void movingAndScalingLetsDistanceTellTheScore() {
        try (Scope scope = Scope.open()) {
            Random random = new Random(1);
            Tensor q = random.normal(40, 8);
            Tensor k = random.normal(40, 8).times(10).plus(random.normal(1, 8).times(50));
            JointMap map = JointMap.of(q, k);
            assertTrue(map.correlation() > 0.7, () -> "r = " + map.correlation());
            assertTrue(map.correlation() > map.unscaled() + 0.1, () -> map.unscaled() + " before");
            assertEquals(Math.sqrt(10), map.c(), 0.6); // both of one length
        }
    }

    @Test
    void inAlmostEveryHeadItTellsBetterThanWithout() {
        try (Model model = TinyModel.open("llama")) {
            int[] ids = TinyModel.ids("llama", 0);
            int better = 0;
            int heads = 0;
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                for (int head = 0; head < model.sizes().heads(); head++) {
                    JointMap map = JointMap.of(model, ids, layer, head);
                    better += map.correlation() > map.unscaled() ? 1 : 0;
                    heads++;
                    assertEquals(ids.length, map.queries().length);
                    assertTrue(map.share() > 0 && map.share() <= 1 + 1e-9);
                }
            }
            assertTrue(better >= 0.9 * heads, better + " of " + heads);
        }
    }

    /// A thumbnail's cell is the largest weight of its part of the pattern.
    @Test
    void thumbnailsAreTheLargestWeights() {
        try (Model model = TinyModel.open("gpt2")) {
            int[] ids = TinyModel.ids("gpt2", 0);
            int side = 3;
            Thumbnails found = Thumbnails.read(model, ids, side, layers -> {});
            Site site = new Site.Head(1, 2, HeadPart.PATTERN);
            try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of(site));
                    Scope scope = Scope.open()) {
                float[] pattern = trace.at(site).select(0, 0).toFloats();
                float[] largest = new float[side * side];
                double back = 0;
                for (int query = 0; query < ids.length; query++) {
                    for (int key = 0; key < ids.length; key++) {
                        int cell = query * side / ids.length * side + key * side / ids.length;
                        largest[cell] = Math.max(largest[cell], pattern[query * ids.length + key]);
                        back += pattern[query * ids.length + key] * (double) (query - key);
                    }
                }
                for (int cell = 0; cell < largest.length; cell++) {
                    assertEquals(largest[cell], found.cells()[1][2][cell], 1e-6);
                }
                assertEquals(back / ids.length, found.distance()[1][2], 1e-5);
            }
        }
    }
}
