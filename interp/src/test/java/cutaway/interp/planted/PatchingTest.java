package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Sites.Cell;
import cutaway.interp.run.Sweep;
import cutaway.interp.site.Positions;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Activation patching (arXiv:2202.05262) of every value at every position.
class PatchingTest {

    /// In nats: float32 keeps some 1e-7 of logits of a few nats, and a norm divides and multiplies again.
    static final double ROUNDING = 1e-5;

    /// What is left of 0: the last bit of a margin whose softmax is summed in another order. Here it was exactly 0.
    static final double NOTHING = 1e-6;

    @TempDir
    private Path folder;

    /// Values from the contrast put into the prompt.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void noisingFindsThePlantedPartsAlone(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                check(model, question, question.base(), question.other(), question.margin(), 1);
            }
        }
    }

    /// Values from the prompt put into the contrast.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void denoisingFindsThePlantedPartsAlone(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                double margin = question.margin() + question.change();
                check(model, question, question.other(), question.base(), margin, -1);
            }
        }
    }

    private static void check(
            Model model, Question question, Source base, Source from, double baseline, int direction) {
        List<Cell> cells = Sites.all(model.sizes(), question.metric(), question.prompt().length);
        Set<Cell> known = new HashSet<>(question.effects().at().keySet());
        known.removeIf(cell -> !model.sizes().wiring().has(cell.site().point().kind()));
        assertTrue(cells.containsAll(known), "a planted site is not among those that were asked about");
        try (Sweep sweep = new Sweep(model, base, question.metric())) {
            assertEquals(baseline, sweep.baseline(), ROUNDING, question.name());
            double[] found = sweep.measure(cells.stream()
                    .map(cell -> List.<Edit>of(new Edit.Patch(cell.site(), Positions.of(cell.pos()), from)))
                    .toList());
            for (int i = 0; i < found.length; i++) {
                double expected = direction * question.effects().of(cells.get(i));
                assertEquals(
                        expected, found[i] - sweep.baseline(), near(expected), question.name() + ": " + cells.get(i));
            }
        }
    }

    /// How near a measured effect has to be to what it should be.
    static double near(double expected) {
        return expected == 0 ? NOTHING : ROUNDING;
    }
}
