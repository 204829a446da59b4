package cutaway.server.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cutaway.features.pages.FeaturePage;
import cutaway.features.pages.Illusion;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Needs MiniLM in the cache; skips without it.
class ExampleLikenessTest {

    private static final List<FeaturePage.Example> MIXED = examples(
            "Interest rates rose by half a percent.",
            "She tuned her violin before breakfast.",
            "Concrete hardens within four weeks.",
            "My cousin votes for nobody.",
            "Lava flowed down towards villages.",
            "Add flour, then stir gently.");

    /// Sea animals, with hardly a word in common: MiniLM sees what they share.
    @Test
    void aMeaningWithoutCommonWordsIsSeen() {
        try (ExampleLikeness likeness = new ExampleLikeness()) {
            assumeTrue(likeness.hasEncoder(), "skipped: MiniLM is not in the cache; run scripts/minilm to make it");
            Illusion found = likeness.among(MIXED, MIXED)
                    .of(
                            examples(
                                    "A whale surfaced beside our boat.",
                                    "Dolphins swim in large pods.",
                                    "Sharks hunt seals near shore.",
                                    "An octopus hides under coral reefs.",
                                    "Tuna migrate across oceans."),
                            MIXED);
            assertEquals("MiniLM", found.likeness());
            assertTrue(found.clearFirst() > 0.15 && found.clearSecond() < 0.05, found.toString());
            assertTrue(found.told(), found.toString());
        }
    }

    private static List<FeaturePage.Example> examples(String... sentences) {
        return Stream.of(sentences)
                .map(sentence -> List.of(sentence.split("(?= )")))
                .map(tokens -> new FeaturePage.Example(
                        1, 0, 0, 2, 2, tokens, tokens.stream().map(_ -> 0.0).toList()))
                .toList();
    }
}
