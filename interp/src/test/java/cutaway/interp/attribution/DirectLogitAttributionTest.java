package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectLogitAttributionTest {

    private static final int[] IDS = {3, 41, 59, 26, 5, 58, 13};
    private static final Metric.LogitDifference MARGIN = new Metric.LogitDifference(7, 21);

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "phi", "qwen3", "gemma2", "olmo2", "granite"})
    void allPartsAddUpToTheMargin(String name) {
        try (Model model = TinyModel.open(name);
                Trace trace = trace(model)) {
            DirectLogitAttribution attribution = attribution(model, trace);
            double sum = attribution.embedding() + attribution.biases();
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                sum += Arrays.stream(attribution.heads(layer)).sum() + attribution.mlp(layer);
            }
            double margin = Runs.measure(model, IDS, List.of(), MARGIN);
            assertEquals(margin, sum, 1e-4 * (1 + Math.abs(margin)));
        }
    }

    /// A part of the last block has no way to the logits but the direct one: with the norms' scales held, taking it
    /// away takes its share away.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "olmo2"})
    void takingAPartAwayTakesItsShare(String name) {
        try (Model model = TinyModel.open(name);
                Trace trace = trace(model)) {
            int last = model.sizes().layers() - 1;
            DirectLogitAttribution attribution = attribution(model, trace);
            double[] neurons = attribution.neurons(last);
            double margin = Runs.measure(model, IDS, List.of(), MARGIN);
            double largest = 0;
            for (int neuron = 0; neuron < neurons.length; neuron += 5) {
                List<Edit> edits = held(model, trace);
                edits.add(new Edit.Zero(new Site.Neuron(last, neuron, NeuronPart.POST), Positions.LAST));
                double without = Runs.measure(model, IDS, edits, MARGIN);
                assertEquals(margin - without, neurons[neuron], 1e-5 * (10 + Math.abs(margin)));
                largest = Math.max(largest, Math.abs(neurons[neuron]));
            }
            assertTrue(largest > 1e-3, "no neuron writes anything");
            double[] heads = attribution.heads(last);
            if (name.equals("gpt-neox")) { // the MLP of a parallel block does not read its attention
                for (int head = 0; head < heads.length; head++) {
                    List<Edit> edits = held(model, trace);
                    edits.add(new Edit.Zero(new Site.Head(last, head, HeadPart.Z), Positions.LAST));
                    assertEquals(
                            margin - Runs.measure(model, IDS, edits, MARGIN),
                            heads[head],
                            1e-5 * (10 + Math.abs(margin)));
                }
            }
        }
    }

    /// Edits that keep the scales that norms divide by at the last position.
    private static List<Edit> held(Model model, Trace trace) {
        List<Edit> edits = new ArrayList<>();
        for (Site site : DirectLogitAttribution.sites(model, true)) {
            if (site instanceof Site.NormScale scale
                    && (scale.norm() == Site.Norm.FINAL || scale.norm() == Site.Norm.AFTER_MLP)) {
                float value = trace.at(site).toFloats()[IDS.length - 1];
                edits.add(new Edit.Replace(site, Positions.LAST, Values.of(value)));
            }
        }
        return edits;
    }

    private static DirectLogitAttribution attribution(Model model, Trace trace) {
        return new DirectLogitAttribution(model, trace, MARGIN.answer(), MARGIN.rival());
    }

    private static Trace trace(Model model) {
        return Runs.run(model, Batch.of(IDS), List.of(), DirectLogitAttribution.sites(model, true));
    }
}
