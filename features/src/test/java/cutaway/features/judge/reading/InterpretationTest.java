package cutaway.features.judge.reading;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import cutaway.model.hub.CachedModel;
import cutaway.model.hub.Hub;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Texts made up of words, with a latent that is known.
class InterpretationTest {

    private static final String[] WORDS = {
        " the", " house", " of", " a", " green", " river", " was", " seen", " by", " nobody", " today", " and", " went"
    };

    /// Texts of 9 words, one of them, marked, from a list; or none.
    private static List<Example> texts(int count, List<String> special, long seed) {
        RandomGenerator random = new Random(seed).generator();
        List<Example> texts = new ArrayList<>();
        for (int text = 0; text < count; text++) {
            List<String> tokens = new ArrayList<>();
            List<Boolean> marked = new ArrayList<>();
            int at = random.nextInt(9);
            for (int i = 0; i < 9; i++) {
                boolean here = i == at && !special.isEmpty();
                tokens.add(here ? special.get(random.nextInt(special.size())) : WORDS[random.nextInt(WORDS.length)]);
                marked.add(here);
            }
            texts.add(new Example(tokens, marked));
        }
        return texts;
    }

    @Test
    void aTokensLatentIsFoundByItsKeyword() {
        Interpretation found = Interpretation.of(
                new KeywordJudge(),
                texts(20, List.of(" lion"), 1),
                texts(20, List.of(), 2),
                Interpretation.Settings.USUAL);
        assertEquals("the tokens lion", found.explanation().text());
        assertEquals(1, found.detection());
        assertEquals(1, found.fuzzing());
        assertEquals(
                0.5,
                found.ofAnother(new KeywordJudge(), texts(20, List.of(" tiger"), 3), texts(20, List.of(), 4)),
                "another latent's texts");
    }

    /// A latent whose marks are drawn at random has no keywords that help.
    @Test
    void aRandomLatentIsNotFound() {
        RandomGenerator random = new Random(5).generator();
        double detection = 0;
        double fuzzing = 0;
        for (int latent = 0; latent < 40; latent++) {
            List<Example> active = texts(20, List.of(WORDS), 100 + latent).stream()
                    .map(text -> Interpretation.mismarked(text, random))
                    .toList();
            Interpretation found = Interpretation.of(
                    new KeywordJudge(), active, texts(20, List.of(), 200 + latent), Interpretation.Settings.USUAL);
            detection += found.detection() / 40;
            fuzzing += found.fuzzing() / 40;
        }
        assertEquals(0.5, detection, 0.08); // 40 areas of 10 against 10, each with a deviation of 0.13
        assertEquals(0.5, fuzzing, 0.08);
    }

    @Test
    void theAreaByHand() {
        assertEquals(5.5 / 6, Interpretation.area(new double[] {3, 2}, new double[] {1, 2, 0}));
        assertEquals(0.5, Interpretation.area(new double[] {1}, new double[] {1}));
    }

    @Test
    void tooFewTextsAreRefused() {
        assertThrows(
                BadInputException.class,
                () -> Interpretation.of(
                        new KeywordJudge(),
                        texts(3, List.of(" lion"), 1),
                        texts(20, List.of(), 2),
                        Interpretation.Settings.USUAL));
    }

    /// The default model tells better than chance (0.5, of 30 texts against 30 with a deviation of 0.075). Keywords
    /// tell better.
    @Test
    void aLocalModelReads() {
        Optional<CachedModel> cached = Hub.cached().stream()
                .filter(model -> model.name().equals(Hub.DEFAULT))
                .findFirst();
        Assumptions.assumeTrue(cached.isPresent(), "skipped: the default model is not in the cache");
        try (Model model = Model.open(cached.orElseThrow().path())) {
            Interpretation found = Interpretation.of(
                    new ModelJudge(model),
                    texts(40, List.of(" lion"), 1),
                    texts(40, List.of(), 2),
                    new Interpretation.Settings(10, 30, 0));
            assertTrue(found.detection() > 0.6, "detection: " + found.detection());
        }
    }
}
