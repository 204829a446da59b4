package cutaway.studies.methods;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RatingTest {

    private static final Asked ASKED = new Asked("some", "a method", "command", "a truth");

    private static Rating rating(double[] ours, double[] best, double... nothing) {
        return Rating.of(
                ASKED,
                "share",
                Goal.atLeast(0.9),
                ours,
                List.of(Baseline.of("chance", 0.1, 0.1, 0.1), Baseline.of("simple", best)),
                Silence.of("found of nothing", Goal.atMost(0.05), nothing));
    }

    /// Gains 0.2, 0.4 and 0.6: mean 0.4, standard error 0.2 / sqrt(3), and t(2) = 4.3027 for 95 %.
    @Test
    void theGainIsOverTheBestBaselineByStudentsT() {
        Rating rating = rating(new double[] {0.9, 1, 1}, new double[] {0.7, 0.6, 0.4}, 0, 0, 0.05);
        assertEquals("simple", rating.gain().over());
        assertEquals(0.4, rating.gain().mean(), 1e-12);
        assertEquals(0.4 - 4.30265 * 0.2 / Math.sqrt(3), rating.gain().low(), 1e-4);
        assertEquals(0.4 + 4.30265 * 0.2 / Math.sqrt(3), rating.gain().high(), 1e-4);
        assertFalse(rating.passes());
        assertEquals(1, rating.failures().size());
        assertTrue(
                rating.failures().getFirst().contains("not told from simple"),
                rating.failures().toString());
    }

    @Test
    void itPassesWhereAllHolds() {
        Rating rating = rating(new double[] {0.9, 1, 1}, new double[] {0.3, 0.3, 0.3}, 0, 0.05, 0);
        assertTrue(rating.passes());
        assertEquals(List.of(), rating.failures());
        assertEquals(0.05, rating.silence().worst());
    }

    /// The goal is of the median; the null of every seed.
    @Test
    void itFailsWhereItMissesItsGoalOrSpeaksOfANull() {
        Rating low = rating(new double[] {0.8, 0.8, 1}, new double[] {0.1, 0.1, 0.1}, 0, 0, 0);
        assertFalse(low.passes());
        assertTrue(low.failures().getFirst().startsWith("recovers 0.80"));
        Rating loud = rating(new double[] {1, 1, 1}, new double[] {0.1, 0.1, 0.1}, 0, 0.06, 0);
        assertFalse(loud.passes());
        assertTrue(loud.failures().getFirst().startsWith("speaks of a null"));
        assertFalse(rating(new double[] {1, 1, 1}, new double[] {0.1, 0.1, 0.1}, 0, Double.NaN, 0)
                .passes());
    }

    @Test
    void oneSeedHasNoInterval() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Rating.of(
                        ASKED,
                        "share",
                        Goal.atLeast(0),
                        new double[] {1},
                        List.of(Baseline.of("chance", 0)),
                        Silence.of("nothing", Goal.atMost(0), 0)));
    }

    /// Found at ranks 1 and 3 of 4: (1 / 1 + 2 / 3) / 2.
    @Test
    void precisionAndOverlapByHand() {
        Map<String, Double> scores = Map.of("a", 4.0, "b", 3.0, "c", 2.0, "d", 1.0);
        List<String> items = List.of("d", "c", "b", "a");
        assertEquals(5.0 / 6, Ranks.precision(items, Set.of("a", "c"), item -> scores.getOrDefault(item, 0.0)), 1e-12);
        assertEquals(2.0 * 1 / (3 + 2), Ranks.overlap(Set.of("a", "b", "c"), Set.of("a", "d")), 1e-12);
        assertEquals(0, Ranks.overlap(Set.of(), Set.of("a")), 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"codes", "pools", "selection"})
    void aFamilyPassesOnItsPlantedTruths(String name) {
        Family family = Family.ALL.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        List<Rating> ratings = family.rate(3);
        assertFalse(ratings.isEmpty());
        for (Rating rating : ratings) {
            assertTrue(rating.passes(), rating.method() + ": " + rating.failures());
            assertEquals(name, rating.family());
            assertEquals(3, rating.ours().size());
        }
    }
}
