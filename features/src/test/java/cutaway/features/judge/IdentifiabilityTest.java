package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdentifiabilityTest {

    private static final int COLLAGES = 200;
    private static final int LATENTS = 400;
    private static final int TELLS = 7;

    private static Identifiability.Seen column(double[] column, boolean... present) {
        return new Identifiability.Seen(
                Scope.free(() -> SparseRows.of(Tensor.of(column, column.length, 1))), new boolean[][] {present});
    }

    /// By hand: above 2.5 there is one of two that have it and none of those that do not, as good as above
    /// 0.5. On the others 2.6 is above it and 1 is not, and all that have it are above the one that does not.
    @Test
    void theThresholdIsChosenOnSomeAndScoredOnOthers() {
        Identifiability.Found found = Identifiability.of(
                List.of("it"),
                column(new double[] {3, 2, 1, 0}, true, false, true, false),
                column(new double[] {5, 2.6, 0, 1}, true, true, false, true),
                0);
        Identifiability.Identified it = found.objects().getFirst();
        assertEquals(2.5, it.threshold(), 1e-12);
        assertEquals((2 / 3.0 + 1) / 2, it.accuracy(), 1e-12);
        assertEquals(1, it.auc(), 1e-12);
    }

    /// Of 400 latents one tells the first object in nine of ten collages, none the second: whichever was best
    /// where it was chosen is no better than chance elsewhere, and so are all where labels are shuffled.
    @Test
    void aLatentThatTellsAnObjectIsFoundAndLuckIsNot() {
        RandomGenerator random = new Random(5).generator();
        Identifiability.Found found = Identifiability.of(List.of("told", "untold"), drawn(random), drawn(random), 3);
        Identifiability.Identified told = found.objects().getFirst();
        Identifiability.Identified untold = found.objects().getLast();
        assertEquals(TELLS, told.latent());
        assertEquals(0.9, told.accuracy(), 0.07);
        assertEquals(0.5, untold.accuracy(), 0.12);
        assertEquals(0.5, untold.auc(), 0.12);
        assertEquals(0.5, told.shuffled(), 0.06);
        assertEquals((told.accuracy() + untold.accuracy()) / 2, found.accuracy(), 1e-12);
    }

    private static Identifiability.Seen drawn(RandomGenerator random) {
        boolean[][] present = new boolean[2][COLLAGES];
        double[] codes = new double[COLLAGES * LATENTS];
        for (int collage = 0; collage < COLLAGES; collage++) {
            present[0][collage] = random.nextInt(3) == 0;
            present[1][collage] = random.nextInt(3) == 0;
            for (int latent = 0; latent < LATENTS; latent++) {
                codes[collage * LATENTS + latent] = random.nextBoolean() ? 0 : random.nextDouble();
            }
            boolean says = present[0][collage] == (random.nextInt(10) > 0);
            codes[collage * LATENTS + TELLS] = random.nextDouble() + (says ? 2 : 0);
        }
        return new Identifiability.Seen(Scope.free(() -> SparseRows.of(Tensor.of(codes, COLLAGES, LATENTS))), present);
    }

    private static final List<String> NAMES = List.of("bread", "drums", "rain", "score");

    /// Ten texts of each label; those of one group say so.
    private static LabelledTexts labelled() {
        int count = 10 * NAMES.size();
        return new LabelledTexts(
                IntStream.range(0, count)
                        .mapToObj(i -> NAMES.get(i % NAMES.size()) + " of " + i / 8)
                        .toList(),
                IntStream.range(0, count).mapToObj(i -> "line " + i).toList(),
                IntStream.range(0, count).map(i -> i % NAMES.size()).toArray(),
                NAMES,
                IntStream.range(0, count)
                        .map(i -> i / 8 * NAMES.size() + i % NAMES.size())
                        .toArray(),
                new int[0],
                List.of());
    }

    @Test
    void aCollageHoldsWhatItSaysAndHalvesShareNoGroup() {
        Collages collages = Collages.of(labelled(), 60, 2);
        List<Set<String>> groups = List.of(new HashSet<>(), new HashSet<>());
        for (int collage = 0; collage < 60; collage++) {
            List<String> parts = List.of(collages.texts().texts().get(collage).split("\n"));
            int own = collage;
            assertTrue(!parts.isEmpty() && parts.size() <= 3, parts.toString());
            for (int object = 0; object < NAMES.size(); object++) {
                String name = NAMES.get(object);
                long there =
                        parts.stream().filter(part -> part.startsWith(name)).count();
                assertEquals(collages.present()[object][own] ? 1 : 0, there, parts.toString());
            }
            groups.get(collages.texts().labels()[collage]).addAll(parts);
        }
        Set<String> both = new HashSet<>(groups.getFirst());
        both.retainAll(groups.getLast());
        assertEquals(Set.of(), both);
        assertThrows(BadInputException.class, () -> Collages.of(labelled(), 19, 2));
    }

    /// Activations that are the labels themselves, in an order of their own among noise, are told by the
    /// latents that read them.
    @Test
    void objectsAreToldByTheLatentsThatReadThem() {
        Collages collages = Collages.of(labelled(), 40, 2);
        try (Scope _ = Scope.open()) {
            double[] x = new Random(6).uniform(40, 7).times(0.5).toDoubles();
            for (int collage = 0; collage < 40; collage++) {
                for (int object = 0; object < NAMES.size(); object++) {
                    x[collage * 7 + 6 - object] += collages.present()[object][collage] ? 1 : 0;
                }
            }
            Labelled read = new Labelled(
                    Tensor.of(x, 40, 7),
                    collages.texts().labels(),
                    collages.texts().groups());
            try (Dictionary identity = identity()) {
                Identifiability.Found found = collages.identified(identity, read, 0);
                assertEquals(1, found.accuracy(), 1e-12);
                assertEquals(
                        List.of(6, 5, 4, 3),
                        found.objects().stream()
                                .map(Identifiability.Identified::latent)
                                .toList());
                assertTrue(found.shuffled() < 0.7, "shuffled " + found.shuffled());
            }
        }
    }

    private static Dictionary identity() {
        return Scope.free(() -> new Dictionary(
                new Dictionary.Weights(
                        Moments.identity(7),
                        Tensor.full(0, Dtype.F64, 7),
                        Moments.identity(7),
                        Tensor.full(0, Dtype.F64, 7),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("", List.of(), List.of(), Map.of())));
    }
}
