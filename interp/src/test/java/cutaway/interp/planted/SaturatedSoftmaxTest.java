package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.attribution.AttributionPatching;
import cutaway.interp.attribution.EdgeAttribution;
import cutaway.interp.edit.Edit;
import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Positions;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An induction head that looks with all its weight: its softmax is flat, and no gradient in one of the runs tells that
/// its keys matter.
class SaturatedSoftmaxTest {

    private static final Induction SHARP = new Induction(40, 1);

    @TempDir
    private Path folder;

    /// Moving the match moves the margin from 1 to -1, and patching says so. One gradient at the prompt sees some
    /// `40 e^-40` of it; attribution patching no more than what a norm with an epsilon of 1e10 lets through.
    @ParameterizedTest
    @EnumSource(Family.class)
    void patchingFindsTheKeysAndOneGradientDoesNot(Family family) {
        try (Model model = SHARP.open(family, folder)) {
            Question keys = keys(model);
            Receiver receiver = receiver(keys);
            try (PathPatching paths =
                    new PathPatching(model, keys.base(), keys.other(), List.of(Induction.BEFORE), List.of(receiver))) {
                assertEquals(-2, effect(model, keys, paths.edits(Induction.BEFORE, receiver)), 1e-6);
            }
            Edit patch = new Edit.Patch(Induction.BEFORE, Positions.ALL, keys.other());
            assertEquals(-2, effect(model, keys, List.of(patch)), 1e-6);
            double seen = EdgeAttribution.of(model, keys.base(), keys.other(), keys.metric())
                    .score(Induction.BEFORE, receiver);
            assertEquals(0, seen, 1e-9);
            double part = AttributionPatching.of(model, keys.base(), keys.other(), keys.metric())
                    .heads()[0][1];
            assertEquals(0, part, 1e-9);
        }
    }

    /// On the way, with a score of `s` at one position and `40 - s` at the other, the slope is `40 / cosh^2(s -
    /// 20)`: nothing but near the middle. 100 steps of 0.4 find its area, 2; four see the middle alone, a fourth of
    /// 40; five step over it, and see two fifths of `40 / cosh^2(4)`, at 16 and 24.
    @ParameterizedTest
    @EnumSource(Family.class)
    void integratingFindsTheKeysWhenStepsAreFine(Family family) {
        try (Model model = SHARP.open(family, folder)) {
            assertEquals(-2, integrated(model, 100), 1e-3);
            assertEquals(-10, integrated(model, 4), 1e-3);
            double beside = 40 / Math.pow(Math.cosh(4), 2) * 2 / 5;
            assertEquals(-beside, integrated(model, 5), 1e-3);
            assertTrue(beside < 0.03, "1 % of the effect");
        }
    }

    private static double integrated(Model model, int steps) {
        Question keys = keys(model);
        return EdgeAttribution.integrated(model, keys.base(), keys.other(), keys.metric(), steps)
                .score(Induction.BEFORE, receiver(keys));
    }

    private static double effect(Model model, Question keys, List<Edit> edits) {
        return Runs.measure(model, keys.prompt(), edits, keys.metric())
                - Runs.measure(model, keys.prompt(), List.of(), keys.metric());
    }

    private static Question keys(Model model) {
        return SHARP.questions(model.sizes()).getFirst();
    }

    private static Receiver receiver(Question keys) {
        return keys.paths().keySet().stream()
                .filter(path -> path.sender().equals(Induction.BEFORE))
                .findFirst()
                .orElseThrow()
                .receiver();
    }
}
