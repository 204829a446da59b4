package cutaway.studies;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.store.Texts;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HarvestedTextTest {

    private static final Site SITE = Site.parse("blocks.1.hook_resid_post");

    @TempDir
    Path folder;

    private Model model() throws IOException {
        return TinyWords.model(folder);
    }

    private static void checkApart(HarvestedText found) {
        List<HarvestedText.Part> parts = List.of(found.train(), found.fit(), found.test());
        for (int i = 0; i < 3; i++) {
            HarvestedText.Part part = parts.get(i);
            assertTrue(part.size() > 0);
            assertEquals(part.size(), part.x().dim(0));
            for (int row = 0; row < part.size(); row++) {
                assertTrue(part.positions()[row] >= 8 && part.ids()[row] != TinyWords.SINK);
                assertEquals(found.contexts().get(part.contexts()[row])[part.positions()[row]], part.ids()[row]);
            }
            if (i > 0) {
                int[] before = parts.get(i - 1).contexts();
                assertTrue(before[before.length - 1] < part.contexts()[0], "a context in two parts");
            }
        }
    }

    @Test
    void partsAreOfOtherDocumentsAndHoldWhatTheModelHas() throws IOException {
        Path lines = folder.resolve("many.jsonl");
        Files.writeString(
                lines,
                IntStream.range(0, 30)
                        .mapToObj(i -> "{\"text\": \"" + TinyWords.text(i, 40 + i) + "\"}\n")
                        .collect(Collectors.joining()));
        try (Model model = model();
                HarvestedText found =
                        HarvestedText.of(model, Texts.of(List.of(lines), "text"), SITE, 400, 200, _ -> {})) {
            checkApart(found);
            assertTrue(found.byDocument());
            assertTrue(
                    400 <= found.train().size() && found.train().size() < 470,
                    "" + found.train().size());
            int context = found.test().contexts()[0];
            int row = found.test().positions()[0];
            try (Trace trace = Runs.run(model, Batch.of(found.contexts().get(context)), List.of(), List.of(SITE));
                    Scope _ = Scope.open()) {
                Tensor expected = trace.at(SITE).reshape(-1, 32).select(0, row);
                Tensor first = found.test().x().select(0, 0);
                assertEquals(0, first.minus(expected).norm(), 1e-4 * expected.norm());
            }
        }
    }

    /// A single file is one document: its parts are stretches of it, in proportion where it is shorter than asked.
    @Test
    void oneDocumentIsCutBetweenContexts() throws IOException {
        Path text = Files.writeString(folder.resolve("one.txt"), TinyWords.text(7, 2000));
        try (Model model = model();
                HarvestedText found =
                        HarvestedText.of(model, Texts.of(List.of(text), "text"), SITE, 20_000, 10_000, _ -> {})) {
            checkApart(found);
            assertFalse(found.byDocument());
            int all = found.train().size() + found.fit().size() + found.test().size();
            assertTrue(all > 1500, "" + all);
            assertEquals(0.5, (double) found.train().size() / all, 0.1);
            assertEquals(0.25, (double) found.fit().size() / all, 0.1);
        }
    }

    @Test
    void aShortTextIsRefused() throws IOException {
        Path few = Files.writeString(folder.resolve("few.txt"), TinyWords.text(7, 30));
        Path none = Files.writeString(folder.resolve("none.txt"), TinyWords.text(7, 5));
        try (Model model = model()) {
            for (Path text : List.of(few, none)) {
                String said = assertThrows(
                                BadInputException.class,
                                () -> HarvestedText.of(model, Texts.of(List.of(text), "text"), SITE, 100, 100, _ -> {}))
                        .getMessage();
                assertTrue(said.contains("longer text"), said);
            }
        }
    }
}
