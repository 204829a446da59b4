package cutaway.interp.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.explain.Draft.Part;
import cutaway.interp.explain.Explanation.LogitLens;
import cutaway.interp.explain.Explanation.ModelFacts;
import cutaway.interp.heads.HeadKinds;
import cutaway.model.Model;
import cutaway.model.hub.Hub;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// What is known of an explanation while it is made, on a prompt that differs from its contrast near the end.
class DraftsTest {

    private static final HeadKinds NONE = new HeadKinds(0, 0, 0, List.of(), List.of());

    @Test
    void estimatesComeFirstAndEachIsMeasured() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache");
        List<Draft> drafts = new ArrayList<>();
        List<int[]> lenses = new ArrayList<>();
        try (Model model = Model.open(Hub.resolve(Hub.DEFAULT))) {
            ModelFacts facts = new ModelFacts("m", "", model.family(), 30, 9, 576, "cpu", "float32");
            Explanation found = new Explainer(model, facts, "", "", wanting(drafts))
                    .knowing(new Explainer.Known() {
                        @Override
                        public Optional<HeadKinds> kinds(long seed, IntConsumer progress) {
                            return Optional.of(NONE);
                        }

                        @Override
                        public Optional<LogitLens> lens(int[] ids, int answer) {
                            lenses.add(ids);
                            return Optional.empty();
                        }
                    })
                    .explain(new Explainer.Question(
                            "The capital of France is",
                            Optional.of("The capital of Italy is"),
                            Optional.empty(),
                            Optional.empty(),
                            List.of(),
                            false,
                            0));
            assertEquals(
                    List.of(
                            List.of(),
                            List.of(Part.PATCHING, Part.ATTRIBUTION),
                            List.of(Part.PATCHING, Part.ATTRIBUTION, Part.CIRCUIT),
                            List.of(Part.PATCHING, Part.ATTRIBUTION, Part.CIRCUIT), // with the kinds of heads
                            List.of(Part.ATTRIBUTION, Part.CIRCUIT),
                            List.of(Part.CIRCUIT),
                            List.of()),
                    drafts.stream().map(Draft::estimated).toList());
            Draft estimated = drafts.get(2);
            Draft last = drafts.getLast();
            assertEquals(1, lenses.size());
            assertNotNull(estimated.patterns());
            assertTrue(estimated.circuit() != null && estimated.circuit().faithfulness() >= Circuits.TARGET);
            assertNotEquals(estimated.attribution(), last.attribution());
            assertEquals(found.patching(), last.patching());
            assertEquals(found.attribution(), last.attribution());
            assertEquals(found.circuit().withoutEdits(), last.circuit());
            assertEquals(found.patterns(), last.patterns());
            assertFalse(found.circuit().random().isEmpty(), "controls are measured");
        }
    }

    private static Explainer.Progress wanting(List<Draft> drafts) {
        return new Explainer.Progress() {
            @Override
            public void at(String step, String done) {}

            @Override
            public void drafted(Draft draft) {
                drafts.add(draft);
            }

            @Override
            public boolean wantsEstimates() {
                return true;
            }
        };
    }
}
