package cutaway.interp.whatif;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// On a tiny random model whose tokens are the words w0 to w96.
class TokenSaliencyTest {

    private static final String PROMPT = "w1 w5 w2 w6 w3";

    private static final Model MODEL = Model.open(Path.of("../model/src/test/resources/words"));

    @AfterAll
    static void close() {
        MODEL.close();
    }

    private static PromptScorer scorer(List<Edit> edits) {
        Datapoints table = Datapoints.of(List.of("a"), List.of(List.of("w5")));
        return PromptScorer.ofOptions(MODEL, new RowTemplate("w1 {a}", table), edits, " w20", " w30");
    }

    private static double[] logits(String prompt, List<Edit> edits) {
        int[] ids = MODEL.encode(prompt).ids();
        try (Trace trace = Runs.run(MODEL, Batch.of(ids), edits, List.of());
                Scope _ = Scope.open()) {
            return trace.logits().select(1, ids.length - 1).toDoubles();
        }
    }

    private static double margin(String prompt, List<Edit> edits) {
        double[] logits = logits(prompt, edits);
        return logits[20] - logits[30];
    }

    @Test
    void theOptionsAreThoseOfTheRun() {
        TokenSaliency found = TokenSaliency.of(scorer(List.of()), PROMPT, false, () -> {});
        double[] logits = logits(PROMPT, List.of());
        assertEquals(margin(PROMPT, List.of()), found.margin(), 1e-5);
        assertEquals(1 / (1 + Math.exp(-found.margin())), found.score(), 1e-12);
        assertEquals(logits[20], found.options().getFirst().logit(), 1e-5);
        double all = IntStream.range(0, logits.length)
                .mapToDouble(id -> Math.exp(logits[id]))
                .sum();
        assertEquals(Math.exp(logits[30]) / all, found.options().getLast().probability(), 1e-6);
        assertEquals(
                List.of(1, 5, 2, 6, 3),
                found.tokens().stream().map(token -> token.id()).toList());
        assertTrue(found.leftOut().isEmpty());
    }

    /// What a token's embedding is worth is the slope of the margin as the embedding grows: a central
    /// difference over runs in which it is scaled. Also in a steered model.
    @Test
    void theGradientIsTheSlopeAsTheEmbeddingGrows() {
        for (List<Edit> edits :
                List.of(List.<Edit>of(), List.<Edit>of(new Edit.Zero(new Site.AttnOut(1), Positions.ALL)))) {
            TokenSaliency found = TokenSaliency.of(scorer(edits), PROMPT, false, () -> {});
            double largest =
                    found.gradient().stream().mapToDouble(Math::abs).max().orElseThrow();
            assertTrue(largest > 1e-3, found.gradient().toString());
            for (int pos = 0; pos < 5; pos++) {
                double slope = (scaled(pos, 1.02, edits) - scaled(pos, 0.98, edits)) / 0.04;
                assertEquals(slope, found.gradient().get(pos), 0.02 * largest, "position " + pos);
            }
        }
    }

    private static double scaled(int pos, double by, List<Edit> edits) {
        List<Edit> all = new ArrayList<>(edits);
        all.add(new Edit.Scale(new Site.Embed(), Positions.of(pos), by));
        return margin(PROMPT, all);
    }

    @Test
    void aTokenIsLeftOutByRunningWithoutIt() {
        List<Integer> passes = new ArrayList<>();
        TokenSaliency found = TokenSaliency.of(scorer(List.of()), PROMPT, true, () -> passes.add(1));
        String[] without = {"w5 w2 w6 w3", "w1 w2 w6 w3", "w1 w5 w6 w3", "w1 w5 w2 w3", "w1 w5 w2 w6"};
        for (int pos = 0; pos < without.length; pos++) {
            assertEquals(
                    margin(PROMPT, List.of()) - margin(without[pos], List.of()),
                    found.leftOut().get(pos),
                    1e-5);
        }
        assertEquals(1, passes.size());
        assertEquals(
                List.of(0.0),
                TokenSaliency.of(scorer(List.of()), "w4", true, () -> {}).leftOut());
    }

    @Test
    void whatIsTooLongIsRefused() {
        String many = "w1 ".repeat(TokenSaliency.MOST_LEFT_OUT + 1);
        assertThrows(BadInputException.class, () -> TokenSaliency.of(scorer(List.of()), many, true, () -> {}));
        assertThrows(BadInputException.class, () -> TokenSaliency.of(scorer(List.of()), "", false, () -> {}));
    }
}
