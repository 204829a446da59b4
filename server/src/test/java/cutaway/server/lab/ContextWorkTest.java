package cutaway.server.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.interp.geometry.Graph;
import cutaway.lab.context.ContextGeometry;
import cutaway.lab.context.ContextGeometry.Half;
import cutaway.lab.context.WordGraph;
import cutaway.model.Model;
import cutaway.server.api.Refusal;
import cutaway.server.job.Work;
import cutaway.server.lab.ContextWork.ContextAsked;
import cutaway.server.lab.ContextWork.ContextMoment;
import cutaway.server.model.OpenModels;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContextWorkTest {

    private static final Path LLAMA = Path.of("../model/src/test/resources/golden/llama");

    /// Each moment has the numbers of its own layer and length, a random model's, as the library measures them.
    @Test
    void momentsAreThoseOfTheirLayerAndLength() {
        WordGraph ring = new WordGraph(
                "ring:8",
                Graph.ring(8, 1),
                IntStream.range(0, 8).mapToObj(i -> "word" + i).toList(),
                IntStream.range(30, 38).toArray());
        ContextGeometry.Settings settings =
                new ContextGeometry.Settings(2, List.of(20, 35, 60), List.of(0, 2), 100, 1, 1);
        try (Model model = Model.open(LLAMA)) {
            ContextGeometry found = ContextGeometry.of(model, ring, settings, _ -> {});
            List<String> said = new ArrayList<>();
            List<ContextMoment> moments = ContextWork.moments(found, new Work.Told() {
                @Override
                public void at(String step, String done) {
                    said.add(done);
                }

                @Override
                public void draft(Object known) {
                    throw new AssertionError("contexts have no drafts");
                }
            });
            assertEquals(List.of("layer 0 of 2", "layer 2 of 2"), said);
            assertEquals(6, moments.size());
            ContextMoment moment = moments.get(4);
            assertEquals(2, moment.layer());
            assertEquals(35, moment.length());
            assertEquals(found.energy(2, 35, Half.BOTH, ring.graph()), moment.energy());
            assertEquals(found.withoutEcho(2, 35, Half.BOTH, 1), moment.withoutEcho());
            assertEquals(found.pictures(2, Half.BOTH).get(1).places(), moment.places());
            assertEquals(found.ownPictures(2, Half.BOTH).get(1).places(), moment.ownPlaces());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/etc/passwd, 400, 4, 400",
        "grid:3x3/../x, 400, 4, 400",
        "grid:99x99, 400, 4, 400",
        "ring:10, 49, 4, 400",
        "ring:10, 1501, 4, 400",
        "ring:10, 400, 1, 400",
        "ring:10, 400, 21, 400",
        "ring:10, 1500, 6, 413"
    })
    void filesAndWhatTakesTooLongAreRefused(String graph, int longest, int walks, int status) {
        ContextWork work = new ContextWork(new OpenModels(List.of("none"), 1));
        ContextAsked asked = new ContextAsked(null, graph, longest, walks, 0);
        assertEquals(
                status, assertThrows(Refusal.class, () -> work.check(asked)).status());
    }
}
