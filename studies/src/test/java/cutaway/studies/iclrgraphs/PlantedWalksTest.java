package cutaway.studies.iclrgraphs;

import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.studies.iclrgraphs.PlantedWalks.Truth;
import org.junit.jupiter.api.Test;

class PlantedWalksTest {

    @Test
    void aGraphSurvivesTheControlAndAnEchoDoesNot() {
        for (long seed = 0; seed < 3; seed++) {
            assertTrue(PlantedWalks.energy(Truth.GRAPH, true, seed) <= 0.3);
            assertTrue(PlantedWalks.energy(Truth.ECHO, true, seed) >= 0.9);
            assertTrue(PlantedWalks.energy(Truth.WORDS, true, seed) >= 0.9);
        }
    }

    /// The control left out: an echo passes for a graph, and the bar of the echo is missed.
    @Test
    void withoutTheControlAnEchoPassesForAGraph() {
        for (long seed = 0; seed < 3; seed++) {
            assertTrue(PlantedWalks.energy(Truth.ECHO, false, seed) < 0.85);
        }
    }
}
