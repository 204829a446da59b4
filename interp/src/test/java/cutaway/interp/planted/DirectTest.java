package cutaway.interp.planted;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.attribution.DirectLogitAttribution;
import cutaway.interp.planted.Plan.Family;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.model.Batch;
import cutaway.model.Model;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Direct logit attribution finds what writes the answer, and nothing of what the writer was told by.
class DirectTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @MethodSource("cutaway.interp.planted.PlantedModel#all")
    void onlyTheWriterHasAShare(PlantedModel planted, Family family) {
        try (Model model = planted.open(family, folder)) {
            for (Question question : planted.questions(model.sizes())) {
                int answer = question.metric().answer();
                int rival = question.metric().rival();
                Shares prompt = Shares.of(model, question.prompt(), answer, rival);
                prompt.check(planted, question.margin(), 0);
                Shares contrast = Shares.of(model, question.contrast(), answer, rival);
                contrast.check(planted, question.margin() + question.change(), 0);
            }
        }
    }

    /// The last token, 1, says itself; the head looks at it where it stands, at positions 2 and 6, and 4 times less
    /// `match` of them than of 2.
    @ParameterizedTest
    @EnumSource(Family.class)
    void theEmbeddingHasTheShareOfTheLastToken(Family family) {
        Induction induction = new Induction(3, 4);
        try (Model model = induction.open(family, folder)) {
            Shares shares = Shares.of(model, Induction.PROMPT, 1, 2);
            double head = 4 * (2 * induction.rest() - induction.match());
            shares.check(induction, head, Induction.ITSELF);
        }
    }

    /// Of OR with both tokens there, one neuron writes `(80 - 20) / 20` and the other `-(80 - 40) / 20`.
    @ParameterizedTest
    @EnumSource(Family.class)
    void neuronsShareWhatTheirMlpWrites(Family family) {
        try (Model model = Gate.OR.plan(family).open(folder)) {
            Shares shares = Shares.of(model, new int[] {0, 1, 3, 7}, 8, 9);
            assertEquals(1, shares.mlps[1], PatchingTest.ROUNDING);
            for (int i = 0; i < Plan.NEURONS; i++) {
                double expected = i == Gate.NEURON ? 3 : i == Gate.NEURON + 1 ? -2 : 0;
                assertEquals(expected, shares.neurons[1][i], PatchingTest.ROUNDING, "neuron " + i);
            }
            assertEquals(
                    0,
                    Arrays.stream(shares.heads)
                            .flatMapToDouble(Arrays::stream)
                            .map(Math::abs)
                            .sum());
        }
    }

    /// By layer: of heads, MLPs and neurons.
    private record Shares(double[][] heads, double[] mlps, double[][] neurons, double embedding, double biases) {

        static Shares of(Model model, int[] ids, int answer, int rival) {
            try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), DirectLogitAttribution.sites(model, true))) {
                DirectLogitAttribution direct = new DirectLogitAttribution(model, trace, answer, rival);
                return new Shares(
                        new double[][] {direct.heads(0), direct.heads(1)},
                        new double[] {direct.mlp(0), direct.mlp(1)},
                        new double[][] {direct.neurons(0), direct.neurons(1)},
                        direct.embedding(),
                        direct.biases());
            }
        }

        void check(PlantedModel planted, double ofWriter, double ofEmbedding) {
            for (int layer = 0; layer < 2; layer++) {
                for (int head = 0; head < Plan.HEADS; head++) {
                    boolean writes = planted.writer().layer() == layer
                            && planted.writer().head() == head;
                    assertEquals(
                            writes ? ofWriter : 0, heads[layer][head], PatchingTest.ROUNDING, "L" + layer + "H" + head);
                }
                assertEquals(0, mlps[layer], PatchingTest.ROUNDING);
                for (double neuron : neurons[layer]) {
                    assertEquals(0, neuron, PatchingTest.ROUNDING);
                }
            }
            assertEquals(ofEmbedding, embedding, PatchingTest.ROUNDING);
            assertEquals(0, biases);
        }
    }
}
