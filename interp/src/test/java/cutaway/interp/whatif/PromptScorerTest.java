package cutaway.interp.whatif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.NamedProbe;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// A tiny random model whose tokens are the words w0 to w96.
class PromptScorerTest {

    private static final Site SITE = new Site.Resid(1, Site.Moment.POST);

    private static final Model MODEL = Model.open(Path.of("../model/src/test/resources/words"));

    private static final Datapoints TABLE = Datapoints.of(
            List.of("a", "b"),
            List.of(
                    List.of("w5", "w6"),
                    List.of("w7", "w8 w9 w10"),
                    List.of("w11", "w12"),
                    List.of("w5", "w6"),
                    List.of("w13", "w14 w15 w16")));

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static RowTemplate template() {
        return new RowTemplate("w1 {a} w2 {b} w3", TABLE);
    }

    /// One prompt alone, its whole pass, and the softmax over two of its logits.
    private static double expected(String prompt, List<Edit> edits, int yes, int no) {
        int[] ids = MODEL.encode(prompt).ids();
        try (Trace trace = Runs.run(MODEL, Batch.of(ids), edits, List.of());
                Scope _ = Scope.open()) {
            double[] logits = trace.logits().select(1, ids.length - 1).toDoubles();
            return Math.exp(logits[yes]) / (Math.exp(logits[yes]) + Math.exp(logits[no]));
        }
    }

    @Test
    void theScoreIsTheOptionsProbabilityAlone() {
        Scorer scorer = PromptScorer.ofOptions(MODEL, template(), List.of(), " w20", " w30");
        List<Integer> heard = new ArrayList<>();
        double[] scores = scorer.scores(TABLE.all(), (index, _) -> heard.add(index));
        String[] prompts = {"w1 w5 w2 w6 w3", "w1 w7 w2 w8 w9 w10 w3", "w1 w11 w2 w12 w3"};
        for (int row = 0; row < prompts.length; row++) {
            assertEquals(expected(prompts[row], List.of(), 20, 30), scores[row], 1e-5);
        }
        assertEquals(scores[0], scores[3]);
        assertEquals(List.of(0, 1, 2, 3, 4), heard.stream().sorted().toList());
        assertNotEquals(scores[0], scores[2], 1e-3);
        double[] other = PromptScorer.ofOptions(MODEL, template(), List.of(), " w30", " w20")
                .scores(TABLE.all(), Scorer.Heard.NOBODY);
        assertEquals(1, scores[4] + other[4], 1e-9);
    }

    /// A steered variant: an edit at the last position of each prompt of a batch is that of the prompt
    /// alone.
    @Test
    void editsSteerEveryPrompt() {
        float[] along = new float[32];
        along[3] = 6;
        List<Edit> edits = List.of(new Edit.Add(SITE, Positions.of(-1), Values.of(along)));
        double[] plain = PromptScorer.ofOptions(MODEL, template(), List.of(), " w20", " w30")
                .scores(TABLE.all(), Scorer.Heard.NOBODY);
        double[] steered = PromptScorer.ofOptions(MODEL, template(), edits, " w20", " w30")
                .scores(TABLE.all(), Scorer.Heard.NOBODY);
        assertEquals(expected("w1 w11 w2 w12 w3", edits, 20, 30), steered[2], 1e-5);
        assertEquals(expected("w1 w13 w2 w14 w15 w16 w3", edits, 20, 30), steered[4], 1e-5);
        assertTrue(Math.abs(plain[2] - steered[2]) > 1e-3);
    }

    /// A probe of whether one number of the state is high is surer of it where an edit raises it.
    @Test
    void aProbeReadsTheLastToken() {
        float[] along = new float[32];
        along[3] = 40;
        List<Edit> raise = List.of(new Edit.Add(SITE, Positions.of(-1), Values.of(along)));
        try (Scope _ = Scope.open();
                NamedProbe probe = probe(along)) {
            double[] plain = PromptScorer.ofProbe(MODEL, template(), List.of(), probe, "high")
                    .scores(TABLE.all(), Scorer.Heard.NOBODY);
            double[] raised = PromptScorer.ofProbe(MODEL, template(), raise, probe, "high")
                    .scores(TABLE.all(), Scorer.Heard.NOBODY);
            for (int row = 0; row < TABLE.rows(); row++) {
                assertEquals(read(probe, row), plain[row], 1e-5);
                assertTrue(raised[row] > plain[row] + 0.05, "row " + row + ": " + raised[row]);
            }
            assertThrows(
                    BadInputException.class, () -> PromptScorer.ofProbe(MODEL, template(), List.of(), probe, "warm"));
        }
    }

    /// What the probe reads in a row's prompt, run alone; the class that it names has the larger
    /// probability.
    private static double read(NamedProbe probe, int row) {
        int[] ids = MODEL.encode(template().filled(TABLE.row(row))).ids();
        try (Trace trace = Runs.run(MODEL, Batch.of(ids), List.of(), List.of(SITE));
                Scope _ = Scope.open()) {
            Tensor x = trace.at(SITE).select(1, ids.length - 1);
            double high = probe.probabilities(x).toDoubles()[1];
            assertEquals(high > 0.5, probe.read(x).getFirst().equals("high"));
            return high;
        }
    }

    private static NamedProbe probe(float[] along) {
        int rows = 64;
        Tensor noise = new Random(2).normal(rows, 32);
        int[][] labels = new int[rows][1];
        float[] added = new float[rows * 32];
        for (int row = 0; row < rows; row++) {
            labels[row][0] = row % 2;
            added[row * 32 + 3] = row % 2 * along[3];
        }
        Labelled all = new Labelled(
                noise.plus(Tensor.of(added, rows, 32)),
                labels,
                2,
                IntStream.range(0, rows).toArray());
        ProbeSettings usual = ProbeSettings.of(ProbeSettings.Kind.LOGISTIC, 0);
        return NamedProbe.fit(all, usual, "tiny", SITE, List.of("low", "high"));
    }

    @Test
    void whatIsNoOptionIsRefused() {
        assertThrows(
                BadInputException.class,
                () -> PromptScorer.ofOptions(MODEL, template(), List.of(), " w20 w21", " w30"));
        assertThrows(
                BadInputException.class, () -> PromptScorer.ofOptions(MODEL, template(), List.of(), " w20", " w20"));
    }
}
