package cutaway.features.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.pages.FeaturePage.Example;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Planted latents: what each fires on is known, on each of two corpora with words of their own.
class IllusionTest {

    private static final int TOP = 10;

    private final Random random = new Random(7);
    private final Illusion.Reference reference = Illusion.among(examples("a", 300, ""), examples("b", 300, ""), 0);

    @Test
    void aLatentThatIsClearOnOneCorpusOnlyScoresHigh() {
        Illusion found = reference.of(examples("a", TOP, "whale"), examples("b", TOP, ""));
        assertTrue(score(found) > 0.3, found.toString());
        assertTrue(found.told(), found.toString());
        assertTrue(found.clearFirst() > 0.3 && found.clearSecond() < 0.1, found.toString());
    }

    @Test
    void itScoresTheSameWhicheverCorpusItIs() {
        Illusion found = reference.of(examples("a", TOP, ""), examples("b", TOP, "whale"));
        assertTrue(score(found) > 0.3 && found.told(), found.toString());
    }

    @Test
    void aLatentThatSaysOneThingOnBothScoresLow() {
        Illusion found = reference.of(examples("a", TOP, "whale"), examples("b", TOP, "whale"));
        assertTrue(score(found) < 0.1, found.toString());
        assertTrue(found.shared() > 0.3, found.toString());
    }

    /// The illusion of the paper: a clear pattern on each, another one.
    @Test
    void aLatentThatSaysAnotherThingOnEachScoresHigh() {
        Illusion found = reference.of(examples("a", TOP, "whale"), examples("b", TOP, "return"));
        assertTrue(score(found) > 0.3 && found.told(), found.toString());
    }

    /// The null: the examples of the clear latent dealt to the two corpora at random.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 13})
    void shuffledCorporaAreNotTold(int seed) {
        List<Example> all = new ArrayList<>(examples("a", TOP, "whale"));
        all.addAll(examples("b", TOP, ""));
        Collections.shuffle(all, new Random(seed));
        Illusion found = reference.of(all.subList(0, TOP), all.subList(TOP, 2 * TOP));
        assertFalse(found.told(), found.toString());
    }

    @Test
    void aLatentThatSaysNothingOnEitherScoresNearNothing() {
        Illusion found = reference.of(examples("a", TOP, ""), examples("b", TOP, ""));
        assertTrue(score(found) < 0.1, found.toString());
    }

    @Test
    void tooFewExamplesHaveNoScore() {
        assertNull(
                reference.of(examples("a", TOP, "whale"), examples("b", 3, "")).score());
        assertFalse(reference.of(examples("a", TOP, "whale"), List.of()).told());
        assertThrows(BadInputException.class, () -> Illusion.among(examples("a", 3, ""), examples("b", 300, ""), 0));
    }

    @Test
    void theSameSeedSaysTheSame() {
        List<Example> a = examples("a", TOP, "whale");
        List<Example> b = examples("b", TOP, "");
        assertEquals(reference.of(a, b), reference.of(a, b));
    }

    private static double score(Illusion found) {
        return assertNotNullAnd(found.score());
    }

    private static double assertNotNullAnd(Double score) {
        assertNotNull(score);
        return score;
    }

    /// Nine words of a corpus with 500 of its own and 20 common ones; the middle one is the planted word, where there
    /// is one.
    private List<Example> examples(String corpus, int count, String planted) {
        return Stream.generate(() -> {
                    List<String> words = new ArrayList<>(IntStream.range(0, 9)
                            .mapToObj(i -> random.nextInt(3) == 0
                                    ? " the" + random.nextInt(20)
                                    : " " + corpus + random.nextInt(500))
                            .toList());
                    if (!planted.isEmpty()) {
                        words.set(4, " " + planted);
                    }
                    List<Double> codes = IntStream.range(0, 9)
                            .mapToObj(i -> i == 4 ? 1.0 : 0.0)
                            .toList();
                    return new Example(1, 0, 0, 4, 4, words, codes);
                })
                .limit(count)
                .toList();
    }
}
