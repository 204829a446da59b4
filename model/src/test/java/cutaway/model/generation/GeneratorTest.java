package cutaway.model.generation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Batch;
import cutaway.model.DefaultModel;
import cutaway.model.Golden;
import cutaway.model.Model;
import cutaway.model.generation.Generated.Stop;
import cutaway.model.parts.Past;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeneratorTest {

    /// Golden: transformers' greedy text from the same weights.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-rope3", "gpt2"})
    void greedyTextAgreesWithTransformers(String name) {
        try (Golden golden = Golden.of(name);
                Model model = Model.open(Golden.folder(name))) {
            int[] prompt = Arrays.copyOf(golden.ids("input_ids", 0), 5);
            assertEquals(list(golden.ids("greedy")), greedy(model, prompt, 20).ids());
        }
    }

    @Test
    void theDefaultModelsGreedyTextAgreesWithTransformers() {
        try (Golden golden = Golden.of("smollm2");
                Model model = Model.open(DefaultModel.gguf())) {
            for (int k = 0; k < 4; k++) {
                assertEquals(
                        list(golden.ids(k + ".greedy")),
                        greedy(model, golden.ids(k + ".ids"), 24).ids(),
                        "prompt " + k);
            }
        }
    }

    /// The cache starts smaller than the text here, so that it has to grow as well.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-rope3", "gpt2"})
    void theCacheChangesNothing(String name) {
        try (Golden golden = Golden.of(name);
                Model model = Model.open(Golden.folder(name));
                Past.Cache cache = new Past.Cache(2);
                Scope scope = Scope.open()) {
            int[] ids = golden.ids("input_ids", 1);
            Tensor whole = model.residual(Batch.of(ids), Tap.NONE);
            int from = 0;
            for (int length : new int[] {1, 3, 1, 1, 5, 2}) {
                Tensor part = model.residual(Arrays.copyOfRange(ids, from, from + length), Tap.NONE, cache);
                double worst = Golden.worst(whole.slice(1, from, from + length).toFloats(), part);
                assertTrue(worst < 1e-5, () -> "relative difference " + worst); // float32 sums in another order
                from += length;
            }
            assertEquals(ids.length, from);
        }
    }

    @Test
    void aStopTokenEndsTheTextAndIsNotPartOfIt() {
        try (Model model = Model.open(Golden.folder("llama"))) {
            int[] prompt = {5, 9, 2};
            List<Integer> free = greedy(model, prompt, 12).ids();
            int stop = free.get(4);
            int at = free.indexOf(stop);
            Generated stopped = Generator.generate(
                    model, new Request(list(prompt), 12, Sampling.GREEDY, Set.of(stop)), Taps.NONE, id -> {});
            assertEquals(free.subList(0, at), stopped.ids());
            assertEquals(Stop.END, stopped.stop());
        }
    }

    @Test
    void theContextIsTheLimit() {
        try (Model model = Model.open(Golden.folder("gpt2"))) { // positions beyond it have no embedding
            int context = model.sizes().context();
            int[] nearlyFull = IntStream.range(0, context - 3).map(i -> i % 97).toArray();
            Generated filled = greedy(model, nearlyFull, 100);
            assertEquals(3, filled.ids().size());
            assertEquals(Stop.CONTEXT, filled.stop());
            assertEquals(Stop.MAX, greedy(model, nearlyFull, 3).stop());
            int[] full = IntStream.range(0, context).map(i -> i % 97).toArray();
            BadInputException refused = assertThrows(BadInputException.class, () -> greedy(model, full, 1));
            assertEquals(
                    "the prompt has 64 tokens; the model's context is 64, which must hold what follows too: shorten"
                            + " it.",
                    refused.getMessage());
        }
    }

    @Test
    void tokensStreamAsTheyAreChosen() {
        try (Model model = Model.open(Golden.folder("llama"))) {
            List<Integer> streamed = new ArrayList<>();
            Generated generated = Generator.generate(
                    model, new Request(List.of(5, 9), 7, Sampling.GREEDY, Set.of()), Taps.NONE, streamed::add);
            assertEquals(generated.ids(), streamed);
        }
    }

    @Test
    void noMemoryStaysBehindHoweverItEnds() {
        try (Model model = Model.open(Golden.folder("llama"))) {
            greedy(model, new int[] {1, 2}, 3);
            long before = Tensor.live();
            greedy(model, new int[] {1, 2}, 3);
            assertEquals(before, Tensor.live(), "at its end");
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> Generator.generate(
                            model, new Request(List.of(1, 2), 9, Sampling.GREEDY, Set.of()), Taps.NONE, id -> {
                                throw new UnsupportedOperationException();
                            }));
            assertEquals(before, Tensor.live(), "after an exception of the listener");
            Taps failing = (first, length) -> (point, value) -> {
                if (first > 3 && point.layer() == 2) {
                    throw new UnsupportedOperationException();
                }
                return value;
            };
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> Generator.generate(
                            model, new Request(List.of(1, 2), 9, Sampling.GREEDY, Set.of()), failing, id -> {}));
            assertEquals(before, Tensor.live(), "after an exception in the middle of a pass");
            Generated interrupted = Generator.generate(
                    model,
                    new Request(List.of(1, 2), 9, Sampling.GREEDY, Set.of()),
                    Taps.NONE,
                    id -> Thread.currentThread().interrupt());
            assertTrue(Thread.interrupted(), "the thread is still told");
            assertEquals(Stop.INTERRUPTED, interrupted.stop());
            assertEquals(1, interrupted.ids().size());
            assertEquals(before, Tensor.live(), "after an interrupt");
        }
    }

    @Test
    void theSeedDecidesTheText() {
        try (Model model = Model.open(Golden.folder("llama"))) {
            Sampling first = new Sampling(1, 0.95, 7);
            List<Integer> text = sampled(model, first);
            assertEquals(text, sampled(model, first));
            assertNotEquals(text, sampled(model, new Sampling(1, 0.95, 8)));
            assertNotEquals(text, sampled(model, Sampling.GREEDY));
            assertEquals(
                    sampled(model, Sampling.GREEDY),
                    sampled(model, new Sampling(1, 1e-9, 7)),
                    "the likeliest alone is left");
            assertEquals(sampled(model, Sampling.GREEDY), sampled(model, new Sampling(1e-4, 1, 7)), "frozen");
        }
    }

    @Test
    void settingsCheckThemselves() {
        assertThrows(BadInputException.class, () -> new Sampling(-0.1, 1, 0));
        assertThrows(BadInputException.class, () -> new Sampling(Double.NaN, 1, 0));
        assertThrows(BadInputException.class, () -> new Sampling(Double.POSITIVE_INFINITY, 1, 0));
        assertThrows(BadInputException.class, () -> new Sampling(1, 0, 0));
        assertThrows(BadInputException.class, () -> new Sampling(1, 1.01, 0));
        assertThrows(BadInputException.class, () -> new Sampling(1, Double.NaN, 0));
        assertThrows(BadInputException.class, () -> new Request(List.of(), 1, Sampling.GREEDY, Set.of()));
        assertThrows(BadInputException.class, () -> new Request(List.of(1), 0, Sampling.GREEDY, Set.of()));
    }

    private static List<Integer> sampled(Model model, Sampling sampling) {
        return Generator.generate(model, new Request(List.of(3, 14, 15), 16, sampling, Set.of()), Taps.NONE, id -> {})
                .ids();
    }

    private static Generated greedy(Model model, int[] prompt, int max) {
        return Generator.generate(
                model, new Request(list(prompt), max, Sampling.GREEDY, Collections.emptySet()), Taps.NONE, id -> {});
    }

    private static List<Integer> list(int[] ids) {
        return Arrays.stream(ids).boxed().toList();
    }
}
