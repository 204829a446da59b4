package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.heads.SilencedHeads.Head;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SilencedHeadsTest {

    private static final int HALF = 20;

    @TempDir
    private Path folder;

    /// Different random tokens, then the same once more.
    private static Batch repeated() {
        SplittableRandom random = new SplittableRandom(1);
        return Batch.of(
                Stream.generate(() -> {
                            int[] half =
                                    random.ints(0, 97).distinct().limit(HALF).toArray();
                            return IntStream.concat(IntStream.of(half), IntStream.of(half))
                                    .toArray();
                        })
                        .limit(8)
                        .toList(),
                Batch.Side.RIGHT);
    }

    /// L1H2 says what followed the token before, which L0H1 noted; the other heads look everywhere alike.
    @Test
    void plantedHeadsCostMoreThanOthersAndOthersDoNot() throws Exception {
        try (Model model = PlantedHeads.open(folder)) {
            Batch batch = repeated();
            SilencedHeads.Reading reading = tap -> TextLoss.gain(model, batch, tap);
            SilencedHeads planted = SilencedHeads.measure(
                            model, batch, List.of(new Head(0, 1), new Head(1, 2)), 6, 3, reading)
                    .orElseThrow();
            assertTrue(planted.isMore(), planted.toString());
            assertTrue(planted.whole() - planted.without() > 0.5, planted.toString());
            assertEquals(6, planted.others().size());
            SilencedHeads decoy = SilencedHeads.measure(
                            model, batch, List.of(new Head(0, 0), new Head(1, 1)), 6, 3, reading)
                    .orElseThrow();
            assertFalse(decoy.isMore(), decoy.toString());
        }
    }

    /// Padding counts for nothing, and heads that are not named stay as they are.
    @Test
    void aSilencedHeadGoesOnWithItsMean() {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open()) {
            Batch batch = Batch.of(List.of(new int[] {3, 9, 4, 1}, new int[] {7, 2}), Batch.Side.RIGHT);
            float[] before = gathered(model, batch, Tap.NONE);
            float[] after = gathered(model, batch, SilencedHeads.silencing(batch, List.of(new Head(0, 1))));
            int heads = model.sizes().heads();
            int dHead = before.length / (2 * 4 * heads);
            double[] mean = new double[dHead];
            Map<Integer, Integer> real = new HashMap<>(Map.of(0, 4, 1, 2));
            real.forEach((row, length) -> {
                for (int pos = 0; pos < length; pos++) {
                    for (int i = 0; i < dHead; i++) {
                        mean[i] += before[((row * 4 + pos) * heads + 1) * dHead + i] / 6;
                    }
                }
            });
            for (int place = 0; place < 8; place++) {
                for (int head = 0; head < heads; head++) {
                    for (int i = 0; i < dHead; i++) {
                        int at = (place * heads + head) * dHead + i;
                        assertEquals(head == 1 ? mean[i] : before[at], after[at], 1e-6);
                    }
                }
            }
        }
    }

    /// What the heads of the first layer gather, `[batch, pos, head, dHead]`.
    private static float[] gathered(Model model, Batch batch, Tap tap) {
        float[][] seen = new float[1][];
        Tap reads = (point, value) -> {
            var next = tap.at(point, value);
            if (point.kind() == Point.Kind.Z && point.layer() == 0) {
                seen[0] = next.toFloats();
            }
            return next;
        };
        model.residual(batch, reads).close();
        return seen[0];
    }

    @Test
    void controlsAreOfTheSameSizeInEachLayer() {
        try (Model model = TinyModel.open("llama")) {
            Batch batch = Batch.of(1, 2, 3, 4);
            int heads = model.sizes().heads();
            List<Head> most = IntStream.range(0, heads - 1)
                    .mapToObj(head -> new Head(1, head))
                    .toList();
            SilencedHeads found = SilencedHeads.measure(
                            model, batch, most, 5, 0, tap -> TextLoss.gain(model, batch, tap))
                    .orElseThrow();
            assertEquals(List.of(new Head(1, 0)), found.silenced(), "only one other is left");
            assertEquals(1, found.others().size(), "and it is drawn once");
            assertTrue(found.beyond().isEmpty(), "one text");
            List<Head> all = IntStream.range(0, heads)
                    .mapToObj(head -> new Head(1, head))
                    .toList();
            assertTrue(SilencedHeads.measure(model, batch, all, 5, 0, tap -> new double[] {1})
                    .isEmpty());
            assertThrows(
                    BadInputException.class,
                    () -> SilencedHeads.measure(
                            model, batch, List.of(new Head(0, heads)), 5, 0, tap -> new double[] {1}));
        }
    }

    @Test
    void theGainOfATextIsItsOwnInABatch() {
        try (Model model = TinyModel.open("llama")) {
            int[] shorter = {7, 2, 5};
            double alone = TextLoss.gain(model, Batch.of(shorter), Tap.NONE)[0];
            Batch batch = Batch.of(List.of(new int[] {3, 9, 4, 1, 8}, shorter), Batch.Side.RIGHT);
            assertArrayEquals(new double[] {alone}, new double[] {TextLoss.gain(model, batch, Tap.NONE)[1]}, 1e-5);
            assertTrue(alone < 0);
        }
    }
}
