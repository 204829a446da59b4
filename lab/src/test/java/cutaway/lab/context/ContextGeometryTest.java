package cutaway.lab.context;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.Graph;
import cutaway.lab.context.ContextGeometry.Half;
import cutaway.lab.context.ContextGeometry.Settings;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A model with weights drawn at random, three layers, and a context of 64.
class ContextGeometryTest {

    private static final Path LLAMA = Path.of("../model/src/test/resources/golden/llama");
    private static final List<Integer> LAYERS = List.of(0, 2);
    private static final Settings SETTINGS = new Settings(4, List.of(20, 60), LAYERS, 30, 1, 3);

    private static WordGraph grid() {
        return new WordGraph(
                "grid:3x3",
                Graph.grid(3, 3),
                IntStream.range(0, 9).mapToObj(i -> "word" + i).toList(),
                IntStream.range(40, 49).toArray());
    }

    /// A model that has learned nothing knows no graph, nor which word comes next.
    @Test
    void whatNobodyLearnedIsNotFound() {
        try (Model model = Model.open(LLAMA)) {
            Scope.free(() -> model.logits(3).dim(0)); // unpacks the weights
            long before = Tensor.live();
            ContextGeometry found = ContextGeometry.of(model, grid(), SETTINGS, _ -> {});
            assertEquals(4, found.rows(Half.BOTH).size());
            found.rows(Half.BOTH).forEach(row -> {
                assertTrue(row.withoutEcho() > 0.75, row.toString());
                assertTrue(row.chance() > 0.01, row.toString());
            });
            assertTrue(found.neighbourMass(60) < 0.2);
            assertEquals(before, Tensor.live());
        }
    }

    /// The states of one walk, gathered by hand from its own run.
    @Test
    void meansAreThoseOfTheRuns() {
        WordGraph grid = grid();
        try (Model model = Model.open(LLAMA);
                Scope _ = Scope.open()) {
            ContextGeometry found = ContextGeometry.of(model, grid, SETTINGS, _ -> {});
            double[] sums = new double[2];
            int[] counts = new int[1];
            for (int i = 0; i < 4; i += 2) { // the first half
                int[] walk = grid.walk(60, 3 * 7919L + i);
                int[] ids = Arrays.stream(walk).map(node -> 40 + node).toArray();
                model.residual(Batch.of(ids), (point, value) -> {
                    if (point.equals(new Point(Kind.RESID_POST, 2))) {
                        for (int at = 30; at < 60; at++) {
                            if (walk[at] == 4) {
                                double[] state =
                                        value.select(0, 0).select(0, at).toDoubles();
                                sums[0] += state[0];
                                sums[1] += state[1];
                                counts[0]++;
                            }
                        }
                    }
                    return value;
                });
            }
            double[] mean = found.states(2, 60, Half.FIRST).means().select(0, 4).toDoubles();
            assertArrayEquals(
                    new double[] {sums[0] / counts[0], sums[1] / counts[0]}, new double[] {mean[0], mean[1]}, 1e-6);
        }
    }

    /// Distances in the plane are never longer than those of the states, and at the longest context the plane holds as
    /// much of their squares as two components of them can.
    @Test
    void picturesAreOfTheComponentsAtTheLongestContext() {
        try (Model model = Model.open(LLAMA);
                Scope _ = Scope.open()) {
            Settings settings = new Settings(4, List.of(12, 20, 30, 45, 60), List.of(2), 30, 1, 3);
            ContextGeometry found = ContextGeometry.of(model, grid(), settings, _ -> {});
            List<ContextGeometry.Picture> pictures = found.pictures(2, Half.BOTH);
            assertEquals(
                    settings.lengths(),
                    pictures.stream().map(ContextGeometry.Picture::length).toList());
            Tensor means = found.states(2, 60, Half.BOTH).means();
            double all = means.minus(means.mean(0, true)).square().sum().item();
            double[] sizes =
                    LinearAlgebra.svd(means.minus(means.mean(0, true))).s().toDoubles();
            double seen = pictures.getLast().places().stream()
                    .flatMap(List::stream)
                    .mapToDouble(place -> place * place)
                    .sum();
            assertEquals(sizes[0] * sizes[0] + sizes[1] * sizes[1], seen, 1e-6 * all);
            ContextGeometry.Bend bend = found.bend(2, Half.BOTH).orElseThrow();
            assertTrue(settings.lengths().contains((int) Math.round(bend.words())), bend.toString());
        }
        try (Model model = Model.open(LLAMA)) {
            ContextGeometry few = ContextGeometry.of(model, grid(), SETTINGS, _ -> {});
            assertEquals(Optional.empty(), few.bend(2, Half.BOTH));
        }
    }

    /// Turning changes no distance: those of each length's own components stay, which no other plane holds
    /// as much of. Once turned, the places of neighbouring lengths go together: their products are those of
    /// the best rotation, the sum of the singular values.
    @Test
    void ownPicturesAreOfEachLengthsComponentsTurnedOntoTheNext() {
        try (Model model = Model.open(LLAMA);
                Scope _ = Scope.open()) {
            Settings settings = new Settings(4, List.of(20, 30, 40, 50, 60), LAYERS, 30, 1, 3);
            ContextGeometry found = ContextGeometry.of(model, grid(), settings, _ -> {});
            for (int layer : LAYERS) {
                List<ContextGeometry.Picture> own = found.ownPictures(layer, Half.BOTH);
                List<ContextGeometry.Picture> plane = found.pictures(layer, Half.BOTH);
                assertEquals(
                        settings.lengths(),
                        own.stream().map(ContextGeometry.Picture::length).toList());
                assertEquals(plane.getLast(), own.getLast());
                assertTrue(spread(own.getFirst()) > spread(plane.getFirst()) * 1.01, "the plane of another length");
                for (int at = 0; at < own.size() - 1; at++) {
                    Tensor means =
                            found.states(layer, own.get(at).length(), Half.BOTH).means();
                    double[] sizes = LinearAlgebra.svd(means.minus(means.mean(0, true)))
                            .s()
                            .toDoubles();
                    assertEquals(sizes[0] * sizes[0] + sizes[1] * sizes[1], spread(own.get(at)), 1e-6);
                    Tensor products = places(own.get(at)).transpose(0, 1).matmul(places(own.get(at + 1)));
                    double trace = products.toDoubles()[0] + products.toDoubles()[3];
                    assertEquals(LinearAlgebra.svd(products).s().sum().item(), trace, 1e-6 * Math.abs(trace));
                }
            }
        }
    }

    private static Tensor places(ContextGeometry.Picture picture) {
        double[] all = picture.places().stream()
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return Tensor.of(all, all.length / 2, 2);
    }

    /// Squared distances from the mean, all together.
    private static double spread(ContextGeometry.Picture picture) {
        Tensor places = places(picture);
        return places.minus(places.mean(0, true)).square().sum().item();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (Model model = Model.open(LLAMA)) {
            WordGraph grid = grid();
            Settings deep = new Settings(2, List.of(20), List.of(3), 30, 1, 0);
            Settings lengthy = new Settings(2, List.of(100), List.of(0), 30, 1, 0);
            assertThrows(BadInputException.class, () -> ContextGeometry.of(model, grid, deep, _ -> {}));
            assertThrows(BadInputException.class, () -> ContextGeometry.of(model, grid, lengthy, _ -> {}));
        }
        assertThrows(BadInputException.class, () -> new Settings(1, List.of(20), LAYERS, 30, 1, 0));
        assertThrows(BadInputException.class, () -> new Settings(2, List.of(20, 20), LAYERS, 30, 1, 0));
    }

    @Test
    void aShuffledWalkVisitsTheSameNodes() {
        int[] walk = grid().walk(50, 1);
        int[] shuffled = WordGraph.shuffled(walk, 1);
        assertTrue(!Arrays.equals(walk, shuffled));
        assertArrayEquals(
                Arrays.stream(walk).sorted().toArray(),
                Arrays.stream(shuffled).sorted().toArray());
    }
}
