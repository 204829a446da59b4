package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.attribution.Edges.Edge;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.path.PathPatching;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.PlantedLlama;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Models in which the truth about edges is known.
class PlantedEdgesTest {

    private static final int[] IDS = {3, 41, 60, 26, 9, 58, 13};
    private static final Source BASE = Source.of(IDS, List.of());
    private static final Source OTHER = Source.of(new int[] {3, 41, 59, 26, 5, 58, 13}, List.of());

    @TempDir
    private Path folder;

    /// A head that attends and gathers as before, but whose output weights are zero, tells nobody anything.
    @Test
    void aHeadThatWritesNothingHasNoEdges() {
        Site decoy = new Site.Head(1, 2, HeadPart.Z);
        Metric metric = new Metric.LogitDifference(7, 21);
        try (Model model =
                PlantedLlama.write(folder, PlantedLlama.USUAL, weights -> PlantedLlama.silence(weights, 1, 2))) {
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, metric);
            double others = 0;
            for (Edge edge : edges.all()) {
                if (edge.sender().equals(decoy)) {
                    assertEquals(0, edge.score(), edge.toString());
                } else {
                    others = Math.max(others, Math.abs(edge.score()));
                }
            }
            assertTrue(others > 1e-2, "no edge tells anything");
        }
    }

    /// Where every part is linear, with norms that divide by what is nearly a constant, attention that looks at all
    /// positions alike and no MLP, one gradient says exactly what patching a path does.
    @Test
    void whatIsLinearIsExact() {
        try (Model model = PlantedLlama.linear(folder)) {
            Site last = new Site.Resid(2, Moment.POST);
            Metric metric;
            try (Scope scope = Scope.open()) {
                metric = new Metric.Projection(last, Positions.LAST, Values.of(new Random(5).normal(32)));
            }
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, metric);
            double baseline = Runs.measure(model, IDS, List.of(), metric);
            double largest = 0;
            try (PathPatching paths = new PathPatching(model, BASE, OTHER, edges.senders(), edges.receivers())) {
                for (Edge edge : edges.all()) {
                    List<Edit> edits = paths.edits(edge.sender(), edge.receiver());
                    double effect = Runs.measure(model, IDS, edits, metric) - baseline;
                    assertEquals(effect, edge.score(), 1e-4, edge.toString());
                    if (edge.receiver() instanceof Receiver.Values) {
                        largest = Math.max(largest, Math.abs(effect));
                    }
                }
            }
            assertTrue(largest > 0.05, "no value matters: " + largest);
        }
    }

    /// One neuron with SiLU, which reads the embedding's second number and writes the third:
    ///
    ///     token 60: pre = -12, silu(-12) = -0.00007, slope -0.00007
    ///     token 59: pre = +4, silu(4) = 3.928
    ///
    /// The gradient in the base run finds the neuron asleep; on the way to the other token it wakes.
    @Test
    void aSaturatedReceiverIsFoundByIntegrating() {
        try (Model model = PlantedLlama.write(folder, PlantedLlama.CONSTANT, PlantedEdgesTest::oneNeuron)) {
            Source base = Source.of(new int[] {60}, List.of());
            Source other = Source.of(new int[] {59}, List.of());
            Values third;
            try (Scope scope = Scope.open()) {
                third = Values.of(unit(2).reshape(-1));
            }
            Metric metric = new Metric.Projection(new Site.Resid(2, Moment.POST), Positions.LAST, third);
            Site sender = new Site.Embed();
            Receiver receiver = new Receiver.MlpInput(0);
            double effect;
            try (PathPatching paths = new PathPatching(model, base, other, List.of(sender), List.of(receiver))) {
                effect = Runs.measure(model, new int[] {60}, paths.edits(sender, receiver), metric)
                        - Runs.measure(model, new int[] {60}, List.of(), metric);
            }
            assertEquals(3.928, effect, 1e-3);
            double plain = EdgeAttribution.of(model, base, other, metric).score(sender, receiver);
            assertEquals(-0.001, plain, 1e-3, "16 times a slope of -0.00007");
            double integrated =
                    EdgeAttribution.integrated(model, base, other, metric, 100).score(sender, receiver);
            // A sum over right ends is off by half a step times the difference of the slopes: 16 * 1.05 / 200.
            assertEquals(effect - 16 * 1.05 / 200, integrated, 1e-2);
            double few =
                    EdgeAttribution.integrated(model, base, other, metric, 5).score(sender, receiver);
            assertTrue(few > 0.5 * effect, "five steps: " + few);
        }
    }

    private static void oneNeuron(Map<String, Tensor> weights) {
        for (int layer = 0; layer < PlantedLlama.LAYERS; layer++) {
            PlantedLlama.zero(weights, "model.layers." + layer + ".self_attn.o_proj.weight");
            PlantedLlama.silenceMlp(weights, layer);
        }
        PlantedLlama.embed(weights, 60, unit(0).plus(unit(1).times(-12)));
        PlantedLlama.embed(weights, 59, unit(0).plus(unit(1).times(4)));
        String mlp = "model.layers.0.mlp.";
        weights.put(mlp + "gate_proj.weight", rows(unit(1)));
        weights.put(mlp + "up_proj.weight", rows(unit(0)));
        weights.put(mlp + "down_proj.weight", rows(unit(2)).transpose(0, 1).contiguous());
    }

    /// `[1, 32]`
    private static Tensor unit(int at) {
        float[] values = new float[32];
        values[at] = 1;
        return Tensor.of(values, 1, 32);
    }

    /// The first of 64 neurons, `[64, 32]`.
    private static Tensor rows(Tensor first) {
        return Tensor.cat(List.of(first, Tensor.zeros(63, 32)), 0);
    }
}
