package cutaway.studies.saedarkmatter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import cutaway.studies.Size;
import cutaway.studies.StudyRun;
import cutaway.studies.TinyWords;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The arm of the study that needs a text, on a random model.
class OnTextTest {

    private static final Map<String, Double> SMALL = Map.of(
            "text-block", 1.0,
            "text-back", 1.0,
            "text-train", 1200.0,
            "text-fit", 600.0,
            "text-width", 16.0,
            "text-k", 4.0,
            "text-steps", 20.0,
            "text-seeds", 2.0,
            "text-whole", 300.0);

    @TempDir
    Path folder;

    private static StudyRun run(Model model, Path text, Map<String, Double> parameters) {
        return new StudyRun(new SaeDarkMatter(), Size.QUICK, 3, parameters, new StudyRun.Host() {
            @Override
            public void tell(String what, double done) {}

            @Override
            public Model model() {
                return model;
            }

            @Override
            public Optional<Path> text() {
                return Optional.of(text);
            }
        });
    }

    /// More latents leave less, training leaves less than first weights, half of an activation is foretold whole, and
    /// codes by pursuit leave less than the encoder's. What is spliced has the widest's own share of the variance.
    @Test
    void dictionariesOfATextAreMeasured() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), TinyWords.text(3, 3000));
        try (Model model = TinyWords.model(folder)) {
            StudyRun run = run(model, text, SMALL);
            OnText found = OnText.measure(run, run.text().orElseThrow());
            assertEquals(2, found.all().size(), "two of three seeds");
            for (OnText.Measured one : found.all()) {
                assertEquals(3, one.splits().size());
                assertTrue(one.splits().get(2).fvu() < one.splits().get(0).fvu());
                assertTrue(one.splits().get(0).fvu() < one.untrained());
                assertEquals(1, one.shrunk(), 1e-6);
                assertTrue(one.pursued() < 1);
                assertTrue(one.nonlinearPursued() > 0, "" + one.nonlinearPursued());
                assertTrue(one.earlier().own() < one.earlier().shuffled(), "an earlier output says more of its token");
                assertTrue(one.earlier().shuffled() > 1, "that of another token says nothing");
                assertTrue(one.wideByNarrow() <= 1 && one.secondary() > 0);
                assertEquals(
                        List.of(
                                "mean of the token's id",
                                "norm of the activation",
                                "active latents",
                                "loss of the model"),
                        List.copyOf(one.norms().keySet()));
                assertEquals(
                        1 - one.widest().fvu(), one.spliced().rows().getFirst().variance(), 0.1);
            }
            assertEquals(10, found.bars().size());
            assertTrue(found.notes().getFirst().contains("text.txt")
                    && found.notes().getFirst().contains("block 1"));
            Map<String, Double> deeper = new HashMap<>(SMALL);
            deeper.put("text-block", 3.0);
            StudyRun tooDeep = run(model, text, deeper);
            String said = assertThrows(
                            BadInputException.class,
                            () -> OnText.measure(tooDeep, tooDeep.text().orElseThrow()))
                    .getMessage();
            assertTrue(said.contains("blocks 0 to 2"), said);
            Map<String, Double> later = new HashMap<>(SMALL);
            later.put("text-back", 2.0);
            StudyRun tooLate = run(model, text, later);
            said = assertThrows(
                            BadInputException.class,
                            () -> OnText.measure(tooLate, tooLate.text().orElseThrow()))
                    .getMessage();
            assertTrue(said.contains("no more than 1 blocks"), said);
        }
    }
}
