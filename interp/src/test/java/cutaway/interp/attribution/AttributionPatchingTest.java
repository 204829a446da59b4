package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributionPatchingTest {

    private static final Source BASE = Source.of(new int[] {3, 41, 60, 26, 9, 58, 13}, List.of());
    private static final Source OTHER = Source.of(new int[] {3, 41, 59, 26, 5, 58, 13}, List.of());
    private static final Metric METRIC = new Metric.LogitDifference(7, 21);

    /// How far on the way to the other run's value and back: near enough for the curve, far enough for float64.
    private static final double STEP = 1e-3;

    /// A few roundings of a logit of size 10, over the step.
    private static final double NOISE = 1e-14 / STEP;

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2", "olmo2", "bert"})
    void isTheSlopeOnTheWayToTheOtherRun(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            AttributionPatching.Effects effects = AttributionPatching.of(model, BASE, OTHER, METRIC);
            double largest = 0;
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                double slope = slope(model, new Site.MlpOut(layer));
                assertEquals(slope, effects.mlps()[layer], 1e-6 * Math.abs(slope) + NOISE);
                for (int head = 0; head < model.sizes().heads(); head++) {
                    double of = slope(model, new Site.Head(layer, head, HeadPart.Z));
                    assertEquals(of, effects.heads()[layer][head], 1e-6 * Math.abs(of) + NOISE);
                    largest = Math.max(largest, Math.abs(of));
                }
            }
            assertTrue(largest > 1e-2, "no head would change anything");
        }
    }

    private static double slope(Model model, Site site) {
        int[] ids = BASE.ids(model);
        try (Scope scope = Scope.open();
                Trace here = Runs.run(model, Batch.of(ids), List.of(), List.of(site));
                Trace there = Runs.run(model, Batch.of(OTHER.ids(model)), List.of(), List.of(site))) {
            Tensor way = there.at(site).minus(here.at(site)).select(0, 0);
            double coarse = slope(model, ids, site, way, STEP);
            double fine = slope(model, ids, site, way, STEP / 2);
            return (4 * fine - coarse) / 3; // Richardson: the term in the step squared is gone
        }
    }

    private static double slope(Model model, int[] ids, Site site, Tensor way, double step) {
        double ahead = Runs.measure(model, ids, List.of(add(site, Values.of(way.times(step)))), METRIC);
        double behind = Runs.measure(model, ids, List.of(add(site, Values.of(way.times(-step)))), METRIC);
        return (ahead - behind) / (2 * step);
    }

    private static Edit add(Site site, Values values) {
        return new Edit.Add(site, Positions.ALL, values);
    }

    @Test
    void runsOfOtherLengthsAreRefused() {
        try (Model model = TinyModel.open("llama")) {
            Source shorter = Source.of(new int[] {3, 41}, List.of());
            BadInputException e =
                    assertThrows(BadInputException.class, () -> AttributionPatching.of(model, BASE, shorter, METRIC));
            assertTrue(e.getMessage().contains("7 tokens with one of 2"), e.getMessage());
        }
    }
}
