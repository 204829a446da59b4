package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.heads.Thumbnails;
import cutaway.interp.intervention.Intervention;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import cutaway.model.parts.BetweenBlocks;
import cutaway.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever waits for a run may leave it before any block: nothing of it stays behind.
class LeftRunsTest {

    private static final int[] IDS = {3, 14, 15, 92, 65, 35};
    private static final Metric METRIC = new Metric.LogProbability(7);
    private static final Edit ZERO = new Edit.Zero(new Site.Head(1, 2, HeadPart.Z), Positions.ALL);
    private static final Edit MEAN = new Edit.Mean(new Site.MlpOut(1), Positions.ALL, List.of());

    private static final class Left extends RuntimeException {}

    static Stream<Map.Entry<String, Consumer<Model>>> questions() {
        Source other = Source.of(new int[] {3, 14, 15, 9, 65, 35}, List.of());
        return Map.<String, Consumer<Model>>of(
                "zero",
                model -> measure(model, ZERO),
                "mean",
                model -> measure(model, MEAN),
                "patch",
                model -> measure(model, new Edit.Patch(new Site.MlpOut(0), Positions.ALL, other)),
                "metric of its own run",
                model -> Runs.measure(model, IDS, List.of(MEAN), METRIC),
                "gradients",
                model -> Runs.gradients(model, IDS, List.of(), METRIC, List.of(new Site.MlpOut(1)))
                        .values()
                        .forEach(Tensor::close),
                "patterns",
                model -> Thumbnails.read(model, IDS, 4, layers -> {}))
                .entrySet()
                .stream();
    }

    private static void measure(Model model, Edit edit) {
        try (Intervention intervention = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            intervention.measure(List.of(edit), 3, 0);
        }
    }

    /// Works, and leaves before a block.
    ///
    /// @param last blocks that are begun
    /// @return how many were reached
    /// @throws Left when there are more
    private static int blocks(Runnable work, int last) {
        AtomicInteger reached = new AtomicInteger();
        BetweenBlocks.during(
                (block, of) -> {
                    if (reached.getAndIncrement() == last) {
                        throw new Left();
                    }
                },
                () -> {
                    work.run();
                    return 0;
                });
        return reached.get();
    }

    private static int blocks(Runnable work) {
        return blocks(work, Integer.MAX_VALUE);
    }

    @ParameterizedTest
    @MethodSource("questions")
    void nothingStaysBehind(Map.Entry<String, Consumer<Model>> question) {
        try (Model model = TinyModel.open("llama")) {
            Runnable asking = () -> question.getValue().accept(model);
            int all = blocks(asking);
            assertTrue(all >= 3, "a pass goes through three blocks");
            long before = Tensor.live();
            for (int last = 0; last < all; last++) {
                int at = last;
                assertThrows(Left.class, () -> blocks(asking, at));
                assertEquals(before, Tensor.live(), question.getKey() + " left before its block " + last);
            }
        }
    }

    @Test
    void whatWasLeftIsAskedAgain() {
        try (Model model = TinyModel.open("llama");
                Intervention left = new Intervention(model, Source.of(IDS, List.of()), METRIC);
                Intervention whole = new Intervention(model, Source.of(IDS, List.of()), METRIC)) {
            Intervention.Effect expected = whole.measure(List.of(MEAN), 3, 0);
            int all = blocks(() -> whole.measure(List.of(ZERO), 3, 0));
            for (int last = 0; last < all; last++) {
                int before = last;
                assertThrows(Left.class, () -> blocks(() -> left.measure(List.of(ZERO), 3, 0), before));
                assertEquals(expected, left.measure(List.of(MEAN), 3, 0));
            }
        }
    }

    /// Waves run side by side on the cores, and each is heard.
    @Test
    void theCoresThatHelpAreHeardToo() {
        List<List<Edit>> variants = Collections.nCopies(60, List.of(ZERO));
        try (Model model = TinyModel.open("llama");
                Sweep sweep = new Sweep(model, Source.of(IDS, List.of()), METRIC)) {
            int waves = sweep.forecast(variants, OptionalDouble.of(1)).waves();
            assertEquals(2 * waves, blocks(() -> sweep.measure(variants))); // blocks 1 and 2 of 0 to 2
        }
    }
}
