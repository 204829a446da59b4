package cutaway.features.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.pages.FeaturePage.Example;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
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

    /// A sentence that stands in a corpus seven times is no pattern.
    @Test
    void copiesCountOnce() {
        List<Example> a = examples("a", TOP, "");
        List<Example> b = examples("b", TOP, "");
        List<Example> repeated = new ArrayList<>(a);
        repeated.addAll(Collections.nCopies(6, a.getFirst()));
        assertEquals(reference.of(a, b), reference.of(repeated, b));
        assertNull(reference.of(Collections.nCopies(TOP, a.getFirst()), b).score());
    }

    @Test
    void theSameSeedSaysTheSame() {
        List<Example> a = examples("a", TOP, "whale");
        List<Example> b = examples("b", TOP, "");
        assertEquals(reference.of(a, b), reference.of(a, b));
    }

    /// A topic that shares no word: an encoder that knows topics sees it, bags of words do not.
    @Test
    void anEncoderSeesATopicWithoutCommonWords() {
        Illusion.Reference encoded = encoded();
        List<Example> clear = topics("a", TOP, 1);
        List<Example> mixed = topics("b", TOP, 0);
        Illusion found = encoded.of(clear, mixed);
        assertEquals("topics", found.likeness());
        assertTrue(score(found) > 0.3 && found.told(), found.toString());
        assertTrue(found.clearFirst() > 0.3 && found.clearSecond() < 0.2, found.toString());
        Illusion words = reference.of(clear, mixed);
        assertEquals("bags of words", words.likeness());
        assertTrue(score(words) < 0.1, words.toString());
    }

    @Test
    void oneTopicOnBothCorporaScoresLow() {
        Illusion found = encoded().of(topics("a", TOP, 1), topics("b", TOP, 1));
        assertTrue(score(found) < 0.1 && found.shared() > 0.3, found.toString());
    }

    /// The null, with the encoder.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 13})
    void shuffledCorporaOfATopicAreNotTold(int seed) {
        List<Example> all = new ArrayList<>(topics("a", TOP, 1));
        all.addAll(topics("b", TOP, 0));
        Collections.shuffle(all, new Random(seed));
        assertFalse(encoded().of(all.subList(0, TOP), all.subList(TOP, 2 * TOP)).told());
    }

    private Illusion.Reference encoded() {
        Likeness topics = new SentenceLikeness("topics", IllusionTest::encode);
        return Illusion.among(topics("a", 100, 0), topics("b", 100, 0), topics, 0);
    }

    /// A stand-in for a sentence encoder: the direction of the topic, and some of the text's own.
    private static Tensor encode(List<String> texts) {
        float[] rows = new float[texts.size() * 16];
        for (int i = 0; i < texts.size(); i++) {
            int topic = texts.get(i).charAt(texts.get(i).indexOf("topic") + 5) - '0';
            Random own = new Random(texts.get(i).hashCode());
            double norm = 0;
            for (int j = 0; j < 16; j++) {
                rows[16 * i + j] = (float) ((j == topic ? 1 : 0) + 0.1 * own.nextGaussian());
                norm += rows[16 * i + j] * rows[16 * i + j];
            }
            for (int j = 0; j < 16; j++) {
                rows[16 * i + j] /= (float) Math.sqrt(norm);
            }
        }
        return Tensor.of(rows, texts.size(), 16);
    }

    /// As [#examples], with a word in the middle that no other example has and only the encoder reads: `topic`, the
    /// number of the topic, and a number of its own.
    ///
    /// @param topic 0 for any of 1 to 9
    private List<Example> topics(String corpus, int count, int topic) {
        return Stream.generate(() -> {
                    int of = topic == 0 ? 1 + random.nextInt(9) : topic;
                    return examples(corpus, 1, "topic" + of + random.nextInt(1_000_000_000))
                            .getFirst();
                })
                .limit(count)
                .toList();
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
