package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.HarmonicModel;
import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.family.LabShape.NormKind;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Of logits that are read off distances, in float64.
class HarmonicAttributionTest {

    private static final int[] IDS = {3, 21, 9, 26, 5};
    private static final int LAST_BLOCK = 1;
    private static final Metric.LogitDifference MARGIN = new Metric.LogitDifference(7, 3);
    private static final double STEP = 1e-4;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(NormKind.class)
    void allPartsAddUpToTheMargin(NormKind norm) {
        try (Model model = HarmonicModel.open(folder, norm);
                Trace trace = trace(model)) {
            DirectLogitAttribution attribution = attribution(model, trace);
            double sum = attribution.embedding() + attribution.biases();
            for (int layer = 0; layer <= LAST_BLOCK; layer++) {
                sum += Arrays.stream(attribution.heads(layer)).sum() + attribution.mlp(layer);
            }
            double margin = Runs.measure(model, IDS, List.of(), MARGIN);
            assertTrue(Math.abs(margin) > 1e-2, "no margin to speak of: " + margin);
            assertEquals(margin, sum, 1e-9);
        }
    }

    /// The neurons of the last block have no way to the logits but the direct one. With the norm's scale held, the
    /// central difference of the margin along a neuron's write is its share, to the square of the step.
    @ParameterizedTest
    @EnumSource(NormKind.class)
    void aShareIsTheSlopeOfTheMargin(NormKind norm) {
        try (Model model = HarmonicModel.open(folder, norm);
                Trace trace = trace(model)) {
            double[] shares = attribution(model, trace).neurons(LAST_BLOCK);
            double largest = 0;
            for (int neuron = 0; neuron < shares.length; neuron += 3) {
                Site site = new Site.Neuron(LAST_BLOCK, neuron, NeuronPart.POST);
                double slope =
                        (scaled(model, trace, site, 1 + STEP) - scaled(model, trace, site, 1 - STEP)) / (2 * STEP);
                assertEquals(slope, shares[neuron], 1e-6);
                largest = Math.max(largest, Math.abs(shares[neuron]));
            }
            assertTrue(largest > 1e-2, "no neuron writes anything");
        }
    }

    private static double scaled(Model model, Trace trace, Site site, double factor) {
        Edit scale = new Edit.Scale(site, Positions.LAST, factor);
        Site norm = new Site.NormScale(0, Site.Norm.FINAL);
        double[] scales = trace.at(norm).toDoubles();
        Edit held = new Edit.Replace(norm, Positions.LAST, Values.of((float) scales[scales.length - 1]));
        return Runs.measure(model, IDS, List.of(scale, held), MARGIN);
    }

    /// An encoder's logits are read through a layer of their own.
    @Test
    void anEncoderIsRefused() {
        try (Model model = TinyModel.open("bert")) {
            BadInputException refusal =
                    assertThrows(BadInputException.class, () -> DirectLogitAttribution.sites(model, false));
            assertTrue(refusal.getMessage().contains("is an encoder"), refusal.getMessage());
        }
    }

    private static DirectLogitAttribution attribution(Model model, Trace trace) {
        return new DirectLogitAttribution(model, trace, MARGIN.answer(), MARGIN.rival());
    }

    private static Trace trace(Model model) {
        return Runs.run(model, Batch.of(IDS), List.of(), DirectLogitAttribution.sites(model, true));
    }
}
