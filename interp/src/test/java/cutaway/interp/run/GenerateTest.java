package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.generation.Generated.Stop;
import cutaway.model.generation.Request;
import cutaway.model.generation.Sampling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GenerateTest {

    private static final List<Integer> PROMPT = List.of(3, 41, 59, 26, 5);
    private static final int MAX = 12;
    private static final Site MID = new Site.Resid(1, Moment.MID);

    /// With the cache or without, run after run over the whole text: the same tokens under the same edits.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-rope3", "gpt2"})
    void theCacheChangesNothingUnderEdits(String name) {
        try (Model model = TinyModel.open(name)) {
            Values push = TinyModel.random(new Random(1), 32);
            Source other = Source.of(new int[] {60, 2, 17, 88, 33}, List.of());
            for (List<Edit> edits : List.of(
                    List.<Edit>of(),
                    List.<Edit>of(new Edit.Add(MID, Positions.ALL, push)),
                    List.<Edit>of(
                            new Edit.Zero(new Site.Head(0, 1, HeadPart.Z), Positions.ALL),
                            new Edit.Scale(MID, Positions.ALL, 2)),
                    List.<Edit>of(new Edit.Scale(new Site.Heads(1, HeadPart.SCORES), Positions.ALL, 5)),
                    List.<Edit>of(new Edit.Patch(MID, Positions.of(1, 4), other)),
                    List.<Edit>of(new Edit.Patch(new Site.Heads(1, HeadPart.PATTERN), Positions.of(2, 3), other)),
                    List.<Edit>of(new Edit.ProjectOut(new Site.Resid(2, Moment.POST), Positions.ALL, push)))) {
                List<Integer> cached = generate(model, edits).generated().ids();
                assertEquals(uncached(model, edits), cached, edits.toString());
            }
        }
    }

    /// One pass over prompt and text together, for each token.
    private static List<Integer> uncached(Model model, List<Edit> edits) {
        List<Integer> text = new ArrayList<>(PROMPT);
        while (text.size() < PROMPT.size() + MAX) {
            int[] ids = text.stream().mapToInt(Integer::intValue).toArray();
            try (Trace trace = Runs.run(model, Batch.of(ids), edits, List.of());
                    Scope scope = Scope.open()) {
                Tensor last = trace.logits().select(0, 0).select(0, ids.length - 1);
                text.add((int) last.argmax(-1).item());
            }
        }
        return text.subList(PROMPT.size(), text.size());
    }

    /// The square that the next norm takes of the stream is beyond float32.
    @Test
    void nothingIsWrittenFromNumbersThatAreNotFinite() {
        try (Model model = TinyModel.open("llama")) {
            List<Edit> edits =
                    List.of(new Edit.Scale(MID, Positions.ALL, 3e38), new Edit.Scale(MID, Positions.ALL, 3e38));
            var refused = assertThrows(BadInputException.class, () -> generate(model, edits));
            assertTrue(
                    String.valueOf(refused.getMessage()).contains("not finite at position " + (PROMPT.size() - 1)),
                    refused.getMessage());
        }
    }

    @Test
    void editsAreCountedOnEveryTokenThatPasses() {
        try (Model model = TinyModel.open("llama")) {
            Values push = TinyModel.random(new Random(1), 32);
            List<Edit> edits = List.of(
                    new Edit.Add(MID, Positions.ALL, push),
                    new Edit.Zero(new Site.AttnOut(0), Positions.of(-1, 2, 7, 9)),
                    new Edit.Scale(new Site.Logits(), Positions.ALL, 2),
                    new Edit.Patch(MID, Positions.ALL, Source.of(new int[] {60, 2, 17, 88, 33}, List.of())));
            Continuation text = generate(model, edits);
            // Of the 12 tokens the last one is never passed over; logits are computed once a token.
            assertEquals(List.of(5 + 11, 4, 12, 5), text.applied());
            assertEquals(MAX, text.generated().ids().size());
        }
    }

    /// A position that comes later is edited when it comes, and what was written before it stays.
    @Test
    void aPositionToComeIsEditedWhenItComes() {
        try (Model model = TinyModel.open("llama")) {
            Values push = TinyModel.random(new Random(4), 32);
            List<Integer> plain = generate(model, List.of()).generated().ids();
            Continuation edited = generate(model, List.of(new Edit.Add(MID, Positions.of(8), push)));
            assertEquals(List.of(1), edited.applied());
            assertEquals(plain.subList(0, 4), edited.generated().ids().subList(0, 4)); // tokens at positions 5 to 8
            assertNotEquals(plain.get(4), edited.generated().ids().get(4)); // chosen at position 8
        }
    }

    @Test
    void anEditThatIsNeverReachedIsAnError() {
        try (Model model = TinyModel.open("llama")) {
            long before = Tensor.live();
            int stop = generate(model, List.of()).generated().ids().get(2);
            Request early = new Request(PROMPT, MAX, Sampling.GREEDY, Set.of(stop));
            Edit late = new Edit.Zero(MID, Positions.of(14));
            assertEquals(1, generate(model, List.of(late)).applied().getFirst());
            refused("was never reached", () -> Runs.generate(model, early, List.of(late), id -> {}));
            List<Integer> streamed = new ArrayList<>();
            refused(
                    "position 17 is outside of a text of 5 tokens that grows to 17",
                    () -> Runs.generate(
                            model, request(), List.of(new Edit.Zero(MID, Positions.of(17))), streamed::add));
            refused(
                    "takes every position from a prompt of 3 tokens; this prompt has 5",
                    () -> Runs.generate(
                            model,
                            request(),
                            List.of(new Edit.Patch(MID, Positions.ALL, Source.of(new int[] {1, 2, 3}, List.of()))),
                            streamed::add));
            assertEquals(List.of(), streamed, "refused before the first token");
            assertEquals(before, Tensor.live());
        }
    }

    @Test
    void memoryIsFreedWhenTheListenerThrows() {
        try (Model model = TinyModel.open("llama")) {
            List<Edit> edits =
                    List.of(new Edit.Mean(MID, Positions.ALL, List.of()), new Edit.Scale(MID, Positions.ALL, 2));
            long before = Tensor.live();
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> Runs.generate(model, request(), edits, id -> {
                        throw new UnsupportedOperationException();
                    }));
            assertEquals(before, Tensor.live());
            Continuation interrupted = Runs.generate(
                    model,
                    request(),
                    List.of(new Edit.Zero(MID, Positions.of(9))),
                    id -> Thread.currentThread().interrupt());
            assertTrue(Thread.interrupted());
            assertEquals(Stop.INTERRUPTED, interrupted.generated().stop());
            assertEquals(List.of(0), interrupted.applied());
            assertEquals(before, Tensor.live());
        }
    }

    private static Request request() {
        return new Request(PROMPT, MAX, Sampling.GREEDY, Set.of());
    }

    private static Continuation generate(Model model, List<Edit> edits) {
        return Runs.generate(model, request(), edits, id -> {});
    }

    private static void refused(String expected, Executable body) {
        BadInputException refused = assertThrows(BadInputException.class, body);
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
    }
}
