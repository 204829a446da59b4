package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class UmapTest {

    private static final int CLUSTERS = 9;
    private static final int EACH = 25;
    private static final int WIDTH = 16;

    /// Clusters whose middles stand at right angles to one another: a plane keeps two ninths of their
    /// distances, and they lie over one another there.
    private static Tensor clusters() {
        float[] rows = new float[CLUSTERS * EACH * WIDTH];
        var random = new Random(3).generator();
        for (int i = 0; i < CLUSTERS * EACH; i++) {
            for (int axis = 0; axis < WIDTH; axis++) {
                rows[i * WIDTH + axis] = (float) ((axis == i % CLUSTERS ? 8 : 0) + random.nextGaussian());
            }
        }
        return Tensor.of(rows, (long) CLUSTERS * EACH, WIDTH);
    }

    private static double[][] plane(Tensor points) {
        double[] flat = PrincipalComponents.of(points, 2).codes(points).toDoubles();
        double[][] plane = new double[flat.length / 2][];
        for (int i = 0; i < plane.length; i++) {
            plane[i] = new double[] {flat[2 * i], flat[2 * i + 1]};
        }
        return plane;
    }

    private static double[][] map(Tensor points, long seed) {
        return new Umap(10, 100, seed).map(points, plane(points), () -> {});
    }

    /// Of points, how many have their nearest place in their own cluster.
    private static double purity(double[][] map) {
        int own = 0;
        for (int i = 0; i < map.length; i++) {
            int nearest = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int j = 0; j < map.length; j++) {
                double distance = Math.hypot(map[i][0] - map[j][0], map[i][1] - map[j][1]);
                if (j != i && distance < least) {
                    least = distance;
                    nearest = j;
                }
            }
            own += nearest % CLUSTERS == i % CLUSTERS ? 1 : 0;
        }
        return own / (double) map.length;
    }

    @Test
    void plantedClustersStandApartWhereThePlaneOfMostVarianceMixesThem() {
        try (Scope _ = Scope.open()) {
            Tensor points = clusters();
            double[][] plane = plane(points);
            double[][] map = map(points, 0);
            assertTrue(purity(plane) < 0.8, () -> "the plane mixes them: " + purity(plane));
            assertTrue(purity(map) > 0.99, () -> "the map parts them: " + purity(map));
            double trusted = Trustworthiness.of(points, map, 10, 0);
            double projected = Trustworthiness.of(points, plane, 10, 0);
            assertTrue(trusted > projected + 0.05, () -> trusted + " of the map, " + projected + " of the plane");
        }
    }

    /// Decoy: the same clusters with places dealt to other points.
    @Test
    void placesOfOtherPointsAreNotTrusted() {
        try (Scope _ = Scope.open()) {
            Tensor points = clusters();
            double[][] map = map(points, 0);
            Collections.shuffle(Arrays.asList(map), new java.util.Random(1));
            double trusted = Trustworthiness.of(points, map, 10, 0);
            assertEquals(0.5, trusted, 0.1);
        }
    }

    @Test
    void theSeedMakesTheMap() {
        try (Scope _ = Scope.open()) {
            Tensor points = clusters();
            double[][] map = map(points, 5);
            assertArrayEquals(map, map(points, 5));
            assertFalse(Arrays.deepEquals(map, map(points, 6)));
        }
    }

    @Test
    void trustworthinessIsThatOfAHandCalculation() {
        try (Scope _ = Scope.open()) {
            Tensor line = Tensor.of(new float[] {0, 1, 3, 7, 20}, 5, 1);
            double[][] same = {{0, 0}, {1, 0}, {3, 0}, {7, 0}, {20, 0}};
            assertEquals(1, Trustworthiness.of(line, same, 1, 0), 1e-12);
            double[][] swapped = {{0, 0}, {7, 0}, {3, 0}, {1, 0}, {20, 0}};
            // nearest places: of 0 it is 7 (rank 3), of 1 it is 3 (rank 2), of 3 it is 7 (rank 3), of 7 it is 0
            // (rank 3), of 20 it is 1 (rank 3): 2 + 1 + 2 + 2 + 2 = 9 beyond the first; 1 - 2 * 9 / (5 * 6)
            assertEquals(0.4, Trustworthiness.of(line, swapped, 1, 0), 1e-12);
        }
    }

    @Test
    void neighboursAreThoseThatAllDistancesTell() {
        try (Scope _ = Scope.open()) {
            Tensor points = new Random(4).normal(300, 5);
            double[][] rows = new double[300][];
            double[] flat = points.toDoubles();
            for (int i = 0; i < 300; i++) {
                rows[i] = Arrays.copyOfRange(flat, 5 * i, 5 * i + 5);
            }
            Neighbours near = Neighbours.of(points, 7, () -> {});
            for (int i : new int[] {0, 255, 256, 299}) {
                double[] distances = new double[300];
                for (int j = 0; j < 300; j++) {
                    for (int axis = 0; axis < 5; axis++) {
                        distances[j] += Math.pow(rows[i][axis] - rows[j][axis], 2);
                    }
                }
                double[] sorted = Arrays.stream(distances).sorted().toArray();
                for (int k = 0; k < 7; k++) {
                    assertEquals(sorted[k + 1], distances[near.indices()[i][k]], 1e-9);
                    assertEquals(Math.sqrt(sorted[k + 1]), near.distances()[i][k], 1e-5);
                }
            }
        }
    }

    @Test
    void whatCannotBeMappedIsSaid() {
        assertThrows(BadInputException.class, () -> new Umap(1, 0, 0));
        try (Scope _ = Scope.open()) {
            Tensor two = Tensor.of(new float[] {0, 1}, 2, 1);
            assertThrows(BadInputException.class, () -> new Umap(2, 0, 0).map(two, new double[3][2], () -> {}));
            assertThrows(BadInputException.class, () -> Trustworthiness.of(two, new double[2][2], 1, 0));
            assertThrows(BadInputException.class, () -> Neighbours.of(two, 0, () -> {}));
        }
    }
}
