package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.attribution.EdgeSlopes.Slope;
import cutaway.interp.attribution.Edges.Edge;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.path.Receiver;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EdgeAttributionTest {

    private static final int[] IDS = {3, 41, 60, 26, 9, 58, 13};
    private static final Source BASE = Source.of(IDS, List.of());
    private static final Source OTHER = Source.of(new int[] {3, 41, 59, 26, 5, 58, 13}, List.of());
    private static final Metric.LogitDifference METRIC = new Metric.LogitDifference(7, 21);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-rope3",
                "mistral",
                "qwen2",
                "qwen3",
                "gemma",
                "gemma2",
                "gemma3",
                "olmo2",
                "olmo3",
                "phi",
                "phi3",
                "gpt2",
                "gpt-neox",
                "stablelm",
                "starcoder2",
                "granite"
            })
    void everyEdgeIsTheSlopeOfItsPath(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, METRIC);
            agree(model, edges, List.of(List.of()), name);
        }
    }

    /// The mean of the slopes in runs from the other run's embeddings, a third and two thirds of the way, and the base.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "phi", "gemma2"})
    void integratedEdgesAreMeansOfSlopesOnTheWay(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64);
                Scope scope = Scope.open();
                Trace here = Runs.run(model, Batch.of(IDS), List.of(), List.of(new Site.Embed()));
                Trace there = Runs.run(model, Batch.of(OTHER.ids(model)), List.of(), List.of(new Site.Embed()))) {
            Tensor embed = here.at(new Site.Embed()).select(0, 0);
            Tensor far = there.at(new Site.Embed()).select(0, 0);
            List<List<Edit>> points = new ArrayList<>();
            for (int k = 1; k <= 3; k++) {
                Tensor between = far.times((3 - k) / 3.0).plus(embed.times(k / 3.0));
                points.add(List.of(new Edit.Replace(new Site.Embed(), Positions.ALL, Values.of(between))));
            }
            Edges edges = EdgeAttribution.integrated(model, BASE, OTHER, METRIC, 3);
            agree(model, edges, points, name);
            Edges plain = EdgeAttribution.of(model, BASE, OTHER, METRIC);
            double moved = 0;
            for (Edge edge : edges.all()) {
                moved = Math.max(moved, Math.abs(edge.score() - plain.score(edge.sender(), edge.receiver())));
            }
            assertTrue(moved > 1e-2, "the way makes no difference");
        }
    }

    private static void agree(Model model, Edges edges, List<List<Edit>> points, String name) {
        EdgeSlopes slopes = new EdgeSlopes(model, IDS, OTHER, METRIC);
        Map<Class<?>, Integer> told = new HashMap<>();
        double error = 0;
        double all = 0;
        for (int to = 0; to < edges.receivers().size(); to++) {
            Receiver receiver = edges.receivers().get(to);
            List<Site> senders = edges.senders().subList(0, edges.scores()[to].length);
            double[] expected = new double[senders.size()];
            double[] noise = new double[senders.size()];
            for (List<Edit> at : points) {
                List<Slope> here = slopes.of(senders, receiver, at);
                for (int from = 0; from < expected.length; from++) {
                    expected[from] += here.get(from).value() / points.size();
                    noise[from] += here.get(from).noise() / points.size();
                }
            }
            for (int from = 0; from < expected.length; from++) {
                double score = edges.score(senders.get(from), receiver);
                double tolerance = 1e-6 * Math.abs(expected[from]) + noise[from];
                assertEquals(
                        expected[from],
                        score,
                        tolerance,
                        name + " " + senders.get(from).text() + " -> " + receiver);
                if (Math.abs(expected[from]) > 1e6 * noise[from]) {
                    told.merge(receiver.getClass(), 1, Integer::sum);
                }
                error += Math.pow(expected[from] - score, 2);
                all += Math.pow(expected[from], 2);
            }
        }
        assertTrue(Math.sqrt(error / all) < 1e-7, name + ": " + Math.sqrt(error / all));
        assertEquals(5, told.size(), "kinds of receivers with slopes large enough to tell: " + told);
    }

    /// In float32 as in float64, but for float32's noise.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "qwen3", "gemma2", "gemma3", "olmo2", "granite"})
    void edgesInFloat32AreThoseOfFloat64(String name) {
        try (Model coarse = TinyModel.open(name);
                Model fine = TinyModel.open(name, Arithmetic.F64)) {
            Edges found = EdgeAttribution.integrated(coarse, BASE, OTHER, METRIC, 2);
            double error = 0;
            double all = 0;
            for (Edge edge :
                    EdgeAttribution.integrated(fine, BASE, OTHER, METRIC, 2).all()) {
                error += Math.pow(edge.score() - found.score(edge.sender(), edge.receiver()), 2);
                all += Math.pow(edge.score(), 2);
            }
            assertTrue(Math.sqrt(error / all) < 1e-5, name + ": " + Math.sqrt(error / all));
        }
    }

    /// What a sender tells all receivers is what patching its gradient says: autograd's, through every norm.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "phi", "qwen3", "gemma2", "olmo2", "granite"})
    void edgesOfASenderAddUpToItsAttribution(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, METRIC);
            AttributionPatching.Effects whole = AttributionPatching.of(model, BASE, OTHER, METRIC);
            boolean normed = model.transformer().blocks().getFirst().afterAttention() != null;
            for (Site sender : edges.senders()) {
                double sum = edges.all().stream()
                        .filter(edge -> edge.sender().equals(sender))
                        .mapToDouble(Edge::score)
                        .sum();
                switch (sender) {
                    case Site.MlpOut(int layer) -> assertEquals(whole.mlps()[layer], sum, 1e-12, sender.text());
                    case Site.Head(int layer, int head, var _)
                    when !normed -> assertEquals(whole.heads()[layer][head], sum, 1e-12, sender.text());
                    default -> {}
                }
            }
        }
    }

    /// A direction in the last residual stream is a linear metric: the logits' edges add up to its change, exactly.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "phi", "qwen2", "granite"})
    void edgesIntoTheLogitsAddUpToALinearMetric(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            int layers = model.sizes().layers();
            Site last = new Site.Resid(layers - 1, Site.Moment.POST);
            Values direction = TinyModel.random(new Random(5), model.sizes().dModel());
            Metric metric = new Metric.Projection(last, Positions.of(4, 6), direction);
            double change = Runs.measure(model, OTHER.ids(model), List.of(), metric)
                    - Runs.measure(model, IDS, List.of(), metric);
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, metric);
            double sum = edges.all().stream()
                    .filter(edge -> edge.receiver() instanceof Receiver.Logits)
                    .mapToDouble(Edge::score)
                    .sum();
            assertEquals(change, sum, 1e-12 * Math.max(1, Math.abs(change)));
            assertTrue(Math.abs(change) > 1e-2, "nothing changes: " + change);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "phi", "gemma2"})
    void aRunBesideItselfHasNoEdges(String name) {
        try (Model model = TinyModel.open(name)) {
            for (Edge edge :
                    EdgeAttribution.integrated(model, BASE, BASE, METRIC, 2).all()) {
                assertEquals(0, edge.score(), edge.toString());
            }
        }
    }

    /// A prompt that is taken position by position, and steps that fill more than one batch, give the same sums.
    @Test
    void piecesAddUp() {
        try (Model model = TinyModel.open("llama")) {
            Edges whole = EdgeAttribution.integrated(model, BASE, OTHER, METRIC, 25);
            Edges pieces = EdgeAttribution.integrated(model, BASE, OTHER, METRIC, 25, 1);
            for (Edge edge : whole.all()) {
                double of = pieces.score(edge.sender(), edge.receiver());
                assertEquals(edge.score(), of, 1e-5, edge.toString());
            }
        }
    }

    @Test
    void nothingStaysInNativeMemory() {
        try (Model model = TinyModel.open("gemma2")) {
            EdgeAttribution.integrated(model, BASE, OTHER, METRIC, 3);
            long before = Tensor.live();
            EdgeAttribution.integrated(model, BASE, OTHER, METRIC, 3);
            assertEquals(before, Tensor.live());
        }
    }

    @Test
    void strongestComesFirst() {
        try (Model model = TinyModel.open("llama")) {
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, METRIC);
            List<Edge> strongest = edges.strongest(500);
            assertEquals(edges.all().size(), strongest.size());
            for (int i = 1; i < strongest.size(); i++) {
                assertTrue(Math.abs(strongest.get(i - 1).score())
                        >= Math.abs(strongest.get(i).score()));
            }
            assertEquals(strongest.subList(0, 3), edges.strongest(3));
        }
    }

    @Test
    void saysWhatCannotBeCompared() {
        try (Model model = TinyModel.open("llama")) {
            refused("7 tokens with one of 2", model, Source.of(new int[] {3, 41}, List.of()), 1);
            refused("with 0 steps", model, OTHER, 0);
            Edges edges = EdgeAttribution.of(model, BASE, OTHER, METRIC);
            BadInputException late = assertThrows(
                    BadInputException.class,
                    () -> edges.score(new Site.Head(1, 0, HeadPart.Z), new Receiver.Queries(1, 0)));
            assertTrue(late.getMessage().contains("no edge"), late.getMessage());
        }
        try (Model model = TinyModel.open("bert")) {
            refused("norms of bert stand on it", model, OTHER, 1);
        }
    }

    private static void refused(String says, Model model, Source other, int steps) {
        BadInputException e = assertThrows(
                BadInputException.class, () -> EdgeAttribution.integrated(model, BASE, other, METRIC, steps));
        assertTrue(e.getMessage().contains(says), e.getMessage());
    }
}
