package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadParityTest {

    @TempDir
    private Path folder;

    /// Different tokens in random order: nothing but their places is alike.
    private static List<int[]> sequences(int count, int length, int vocab) {
        SplittableRandom random = new SplittableRandom(3);
        return Stream.generate(() -> {
                    int[] ids = IntStream.range(0, vocab).toArray();
                    for (int i = 0; i < length; i++) {
                        int j = random.nextInt(i, vocab);
                        int kept = ids[i];
                        ids[i] = ids[j];
                        ids[j] = kept;
                    }
                    return Arrays.copyOf(ids, length);
                })
                .limit(count)
                .toList();
    }

    /// By hand, of 0 to 9: distance 2 has most, so pairs with it are out; (4, 5), (6, 7), (8, 9) give A =
    /// 0.3, (4, 3), (6, 5), (8, 7) give B = 0.3 less what 3, 5 and 7 have.
    @Test
    void theAlternationIsThatOfTheNeighbours() {
        double[] even = {0, 0, 0.4, 0.02, 0.1, 0.01, 0.1, 0, 0.1, 0};
        assertEquals(0.3 - 0.03, HeadParity.alternation(even), 1e-12);
        double[] odd = {0, 0.3, 0, 0.2, 0, 0.2, 0, 0.2, 0, 0.1};
        assertEquals(-0.6, HeadParity.alternation(odd), 1e-12, "beyond the previous position, which has most");
    }

    /// What looks at one distance, near before far, or everywhere alike does not alternate.
    @Test
    void decoysDoNotAlternate() {
        for (int spike = 0; spike < 8; spike++) {
            double[] one = new double[9];
            one[spike] = 1;
            assertEquals(0, HeadParity.alternation(one), "all at distance " + spike);
        }
        for (double decay : new double[] {0.05, 0.3, 1, 3}) {
            double[] near = IntStream.range(0, 12)
                    .mapToDouble(i -> Math.exp(-decay * i))
                    .toArray();
            double[] far = IntStream.range(0, 12)
                    .mapToDouble(i -> Math.exp(-decay * (11 - i)))
                    .toArray();
            assertEquals(0, HeadParity.alternation(near), "decay " + decay);
            assertEquals(0, HeadParity.alternation(far), "growth " + decay);
        }
    }

    /// Heads whose queries and keys are a number that changes sign at each position: even distances in one,
    /// odd in the other. The heads that look back one position, at the first or at a token are of neither
    /// kind.
    @Test
    void plantedParityIsFoundAndNoOther() throws Exception {
        try (Model model = PlantedHeads.withParity(folder)) {
            HeadParity found = HeadParity.measure(model, sequences(6, 91, 97), 0, _ -> {});
            List<HeadKinds.Kind> kinds = found.kinds().kinds();
            assertEquals(Set.of("L0H2"), HeadScoresTest.members(kinds.get(0)), HeadParity.EVEN);
            assertEquals(Set.of("L2H3"), HeadScoresTest.members(kinds.get(1)), HeadParity.ODD);
            assertEquals(Set.of("L0H1", "L2H1"), HeadScoresTest.members(kinds.get(2)), HeadParity.PREVIOUS);
            assertEquals(
                    Set.of("L0H2", "L2H3"),
                    found.alternating().stream().map(Object::toString).collect(Collectors.toSet()));
            HeadParity.Shares even = found.shares(0, 2);
            assertTrue(even.even() > 0.7 && even.odd() < 0.05, even.toString());
            HeadParity.Shares before = found.shares(0, 1);
            assertTrue(before.previous() > 0.9, before.toString());
            double all = even.self() + even.previous() + even.even() + even.odd();
            assertEquals(1, all, 1e-5, "attention of a query is shared out whole");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "gemma2"})
    void randomWeightsDoNotAlternate(String name) {
        try (Model model = TinyModel.open(name)) {
            HeadParity found = HeadParity.measure(model, sequences(20, 13, 97), 0, _ -> {});
            assertEquals(Set.of(), HeadScoresTest.members(found.kinds().kinds().get(0)));
            assertEquals(Set.of(), HeadScoresTest.members(found.kinds().kinds().get(1)));
        }
    }

    /// Padding is no position: a sequence counts as it does alone.
    @Test
    void shorterSequencesCountAsTheyDoAlone() {
        try (Model model = TinyModel.open("llama")) {
            List<int[]> long13 = sequences(1, 13, 97);
            List<int[]> short9 = sequences(1, 9, 97);
            double[] one = HeadParity.measure(model, long13, 0, _ -> {}).profile()[1][2];
            double[] other = HeadParity.measure(model, short9, 0, _ -> {}).profile()[1][2];
            double[] both = HeadParity.measure(model, List.of(long13.getFirst(), short9.getFirst()), 0, _ -> {})
                    .profile()[1][2];
            for (int back = 0; back < 13; back++) {
                double expected = (12 * one[back] + (back < 9 ? 8 * other[back] : 0)) / 20;
                assertEquals(expected, both[back], 1e-6, "distance " + back);
            }
        }
    }

    @Test
    void whatCannotAlternateIsRefused() {
        try (Model model = TinyModel.open("llama");
                Model encoder = TinyModel.open("bert")) {
            BadInputException refusal = assertThrows(
                    BadInputException.class, () -> HeadParity.measure(model, sequences(2, 7, 97), 0, _ -> {}));
            assertTrue(refusal.getMessage().contains("at least 8"), refusal.getMessage());
            assertThrows(BadInputException.class, () -> HeadParity.measure(encoder, sequences(2, 9, 97), 0, _ -> {}));
            assertFalse(encoder.sizes().isCausal());
        }
    }
}
