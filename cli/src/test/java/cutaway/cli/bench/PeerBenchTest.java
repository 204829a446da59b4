package cutaway.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import java.io.BufferedReader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PeerBenchTest {

    private static final Path FOLDER = Path.of("../model/src/test/resources/golden/llama");
    private static final int[] PROMPT = {3, 41, 59, 26, 5};
    private static final int[] CONTRAST = {7, 41, 59, 26, 5};

    /// One run before the 30 of 420 that were asked, a tenth of a second each.
    @Test
    void aSampleIsScaledWithoutWhatComesOnce() {
        assertEquals(
                42.1, PeerBench.wholeSeconds(json("{'seconds': 3.1, 'asked': 30, 'of': 420, 'forwards': 31}")), 1e-9);
        assertEquals(3.1, PeerBench.wholeSeconds(json("{'seconds': 3.1, 'asked': 420, 'of': 420, 'forwards': 421}")));
        assertEquals(3.1, PeerBench.wholeSeconds(json("{'seconds': 3.1}")));
        // batches of 14: 10 forwards for 140 edits
        assertEquals(
                9.0, PeerBench.wholeSeconds(json("{'seconds': 3, 'asked': 140, 'of': 420, 'forwards': 10}")), 1e-9);
    }

    @Test
    void theGapIsOfTheLargestAndLeavesOutWhatWasNotAsked() {
        assertEquals(
                0.1, PeerBench.gap(json("{'a': [[1.0, null], [2, -9]]}"), json("{'a': [[1, 5], [2, -10]]}")), 1e-9);
        assertEquals(Double.POSITIVE_INFINITY, PeerBench.gap(json("[1, 2]"), json("[1, 2, 3]")));
        assertEquals(Double.POSITIVE_INFINITY, PeerBench.gap(json("[null]"), json("[1]")), "nothing was compared");
    }

    /// What the bench asks of Cutaway is what it says it is.
    @Test
    void theWorkerMeasuresWhatSingleRunsMeasure() {
        List<JsonNode> answers = work("resid_pre", "head_all", "head_pos", "path_q", "attribution", "dla");
        try (Model model = Model.open(FOLDER)) {
            Metric metric = new Metric.LogitDifference(7, 21);
            Source prompt = Source.of(PROMPT, List.of());
            Edit residual = new Edit.Patch(new Site.Resid(1, Moment.PRE), Positions.of(2), prompt);
            Edit head = new Edit.Patch(new Site.Head(1, 2, HeadPart.Z), Positions.ALL, prompt);
            Edit placed = new Edit.Patch(new Site.Head(1, 2, HeadPart.Z), Positions.of(3), prompt);
            assertEquals(
                    measure(model, residual, metric),
                    values(answers, 0).at("/1/2").asDouble(),
                    1e-4);
            assertEquals(
                    measure(model, head, metric), values(answers, 1).at("/1/2").asDouble(), 1e-4);
            assertEquals(
                    measure(model, placed, metric),
                    values(answers, 2).at("/1/3/2").asDouble(),
                    1e-4);
            assertEquals(1, values(answers, 3).size(), "senders of the one block before the receiver's");
            assertEquals(model.sizes().layers(), values(answers, 4).path("mlps").size());
            assertEquals(
                    model.sizes().dMlp(), values(answers, 5).at("/neurons/0").size());
        }
        assertTrue(answers.stream().allMatch(answer -> answer.path("seconds").asDouble() > 0));
    }

    private static double measure(Model model, Edit edit, Metric metric) {
        return Runs.measure(model, CONTRAST, List.of(edit), metric);
    }

    private static JsonNode values(List<JsonNode> answers, int question) {
        return answers.get(question).path("values");
    }

    /// The worker's answers, without what it says when it is ready.
    private static List<JsonNode> work(String... tasks) {
        String questions = Stream.of(tasks)
                .map(task -> new Question(task, PROMPT, CONTRAST, 7, 21, null, false, 1, 0))
                .map(JsonMapper.shared()::writeValueAsString)
                .collect(Collectors.joining("\n"));
        List<JsonNode> said = new ArrayList<>();
        PeerBench.work(
                FOLDER,
                new BufferedReader(new StringReader(questions)),
                answer -> said.add(JsonMapper.shared().valueToTree(answer)));
        return said.subList(1, said.size());
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text.replace('\'', '"'));
    }
}
