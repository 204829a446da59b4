package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.attribution.AttributionPatching;
import cutaway.interp.attribution.EdgeAttribution;
import cutaway.interp.attribution.Edges;
import cutaway.interp.attribution.IntegratedGradients;
import cutaway.interp.attribution.IntegratedGradients.Attribution;
import cutaway.interp.attribution.IntegratedGradients.Baseline;
import cutaway.interp.path.Receiver;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.planted.Question.Path;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Model;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What gradients say of each part, edge and token: where the circuit is linear the truth, else a number that follows
/// from the slope of a softmax or of an activation function, and over a whole way the truth again.
class FirstOrderTest {

    /// In nats: slopes of float32 times changes of up to 80 before an activation function.
    private static final double ROUNDING = 1e-4;

    /// What is left of 0: a norm with an epsilon of 1e10 lets through 1e-10 of a change of 80.
    private static final double NOTHING = 1e-7;

    @TempDir
    private java.nio.file.Path folder;

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void oneGradientFindsThePlantedEdges(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                Edges edges = EdgeAttribution.of(model, question.base(), question.other(), question.metric());
                for (Edges.Edge edge : edges.all()) {
                    double expected = question.estimated(new Path(edge.sender(), edge.receiver()));
                    assertEquals(expected, edge.score(), near(expected), question + ": " + edge);
                }
            }
        }
    }

    /// Over the whole way from the contrast an edge that was wrong is right: within the half step by which a sum of
    /// right ends may miss an integral, `slope * change / 100` of each of two neurons or scores.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void gradientsOverTheWayFindWhatTheEdgesCarry(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                Edges edges =
                        EdgeAttribution.integrated(model, question.base(), question.other(), question.metric(), 50);
                for (Edges.Edge edge : edges.all()) {
                    Path path = new Path(edge.sender(), edge.receiver());
                    double told = question.told(path);
                    double estimate = question.estimated(path);
                    assertEquals(told, edge.score(), near(estimate) + Math.abs(estimate) / 50, question + ": " + edge);
                }
            }
        }
    }

    /// Of a part, the sum of its edges: nothing stands between its value and what it writes.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void attributionPatchingFindsThePlantedParts(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                AttributionPatching.Effects effects =
                        AttributionPatching.of(model, question.base(), question.other(), question.metric());
                for (int layer = 0; layer < model.sizes().layers(); layer++) {
                    for (int head = 0; head < model.sizes().heads(); head++) {
                        Site site = new Site.Head(layer, head, HeadPart.Z);
                        check(question, site, effects.heads()[layer][head]);
                    }
                    check(question, new Site.MlpOut(layer), effects.mlps()[layer]);
                }
            }
        }
    }

    private static void check(Question question, Site sender, double found) {
        double expected = question.paths().keySet().stream()
                .filter(path -> path.sender().equals(sender))
                .mapToDouble(question::estimated)
                .sum();
        assertEquals(expected, found, near(expected), question + ": " + sender);
    }

    private static double near(double expected) {
        return expected == 0 ? NOTHING : ROUNDING;
    }

    /// Where a neuron wakes on the way, points that lie `pi sqrt(a (1 - a)) / 100` apart miss at most half of that,
    /// times the slope.
    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void integratedGradientsFindTheTokens(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                Attribution found = IntegratedGradients.of(
                        model, question.base(), new Baseline.Prompt(question.other()), question.metric(), 100);
                double miss = Math.abs(question.estimated(new Path(new Site.Embed(), new Receiver.MlpInput(0))));
                for (int pos = 0; pos < found.tokens().length; pos++) {
                    double expected = question.tokens().getOrDefault(pos, 0.0);
                    boolean differs = question.prompt()[pos] != question.contrast()[pos];
                    double near = near(expected) + (differs ? 0.02 * miss : 0);
                    assertEquals(expected, found.tokens()[pos], near, question + ": " + pos);
                }
                assertEquals(question.margin(), found.atPrompt(), ROUNDING);
                assertEquals(question.margin() + question.change(), found.atBaseline(), ROUNDING);
            }
        }
    }
}
