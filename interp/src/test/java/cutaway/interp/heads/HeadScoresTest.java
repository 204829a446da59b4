package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.HarmonicModel;
import cutaway.interp.TinyModel;
import cutaway.interp.heads.HeadKinds.Kind;
import cutaway.model.Model;
import cutaway.model.family.LabShape.NormKind;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class HeadScoresTest {

    @TempDir
    private Path folder;

    /// Every kind is found where it was planted and nowhere else: the head that looks back and writes nothing
    /// copies nothing.
    @ParameterizedTest
    @ValueSource(longs = {0, 1, 2})
    void plantedHeadsAreFoundAndNoOthers(long seed) throws IOException {
        try (Model model = PlantedHeads.open(folder)) {
            HeadKinds kinds = HeadScores.measure(model, seed, layer -> {});
            Map<String, Set<String>> planted = Map.of(
                    "previous token", Set.of("L0H1", "L2H1"),
                    "duplicate token", Set.of("L0H3"),
                    "induction", Set.of("L1H2"),
                    "first token", Set.of("L1H0"),
                    "copying", Set.of("L1H2", "L2H0", "L2H2"),
                    "suppressing", Set.of("L2H3"));
            assertEquals(RepeatedTokens.LONGEST, kinds.length());
            for (Kind kind : kinds.kinds()) {
                assertEquals(planted.get(kind.name()), members(kind), kind.name());
                assertFalse((kind.statistic() + kind.control()).contains("%"), kind.statistic());
            }
            assertEquals(planted.size(), kinds.kinds().size());
            assertEquals(Set.of("induction", "copying"), Set.copyOf(kinds.of(1, 2)));
            assertEquals("name mover", kinds.unscored().getFirst().name());
        }
    }

    /// Names of the heads that are of a kind.
    static Set<String> members(Kind kind) {
        Set<String> members = new TreeSet<>();
        for (int layer = 0; layer < kind.score().length; layer++) {
            for (int head = 0; head < kind.score()[layer].length; head++) {
                if (kind.has(layer, head)) {
                    members.add("L" + layer + "H" + head);
                }
            }
        }
        return members;
    }

    /// Random weights have no reason for any kind.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gpt-neox", "gemma2", "gemma3", "phi", "olmo2", "qwen3"})
    void randomWeightsAreOfNoKind(String name) {
        try (Model model = TinyModel.open(name)) {
            for (Kind kind : HeadScores.measure(model, 0, layer -> {}).kinds()) {
                assertEquals(Set.of(), members(kind), kind.name());
            }
        }
    }

    @Test
    void anEncoderIsRefused() {
        try (Model model = TinyModel.open("bert")) {
            BadInputException refusal =
                    assertThrows(BadInputException.class, () -> HeadScores.measure(model, 0, layer -> {}));
            assertTrue(refusal.getMessage().contains("is an encoder"), refusal.getMessage());
        }
    }

    /// What a head writes towards a logit that is read off a distance depends on where the stream is.
    @Test
    void noHeadCopiesByWeightsAloneWhereDistancesAreRead() {
        try (Model model = HarmonicModel.open(folder, NormKind.LAYER)) {
            HeadKinds kinds = HeadScores.measure(model, 0, layer -> {});
            for (String name : List.of("copying", "suppressing")) {
                HeadKinds.Unscored unscored = kinds.unscored().stream()
                        .filter(kind -> kind.name().equals(name))
                        .findFirst()
                        .orElseThrow();
                assertTrue(unscored.why().contains("distances"), unscored.why());
            }
        }
    }

    /// In the record that is written, the scores and bars by which a reader names the kinds too.
    @Test
    void theRecordSurvivesJson() {
        try (Model model = TinyModel.open("llama")) {
            HeadKinds kinds = HeadScores.measure(model, 5, layer -> {});
            JsonMapper mapper = new JsonMapper();
            HeadKinds read = mapper.readValue(mapper.writeValueAsString(kinds), HeadKinds.class);
            assertEquals(mapper.writeValueAsString(kinds), mapper.writeValueAsString(read));
            assertEquals(
                    kinds.kinds().getFirst().floor(), read.kinds().getFirst().floor());
        }
    }

    /// A query's window leaves it no far keys: asked about one, a glance is not measured, and no control is
    /// drawn there.
    @Test
    void glancesKeepToTheWindow() {
        Glance glance = new Glance(0, 9, 4);
        assertTrue(glance.isMeasurable(0));
        assertTrue(glance.isMeasurable(6));
        assertFalse(glance.isMeasurable(5));
        assertEquals(Set.of(5, 6, 7, 8, 9), elsewhere(glance, 6));
        assertEquals(Set.of(1, 2, 3, 5, 6, 7, 8, 9), elsewhere(glance, 0), "all but position 0 and its own");
        assertFalse(new Glance(0, 1, 1).isMeasurable(0), "there is no other key to draw");
    }

    private static Set<Integer> elsewhere(Glance glance, int window) {
        Set<Integer> drawn = new TreeSet<>();
        SplittableRandom random = new SplittableRandom(0);
        for (int i = 0; i < 200; i++) {
            drawn.add(glance.elsewhere(window, random).keys()[0]);
        }
        return drawn;
    }
}
