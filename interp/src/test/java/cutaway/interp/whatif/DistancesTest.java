package cutaway.interp.whatif;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.whatif.Distances.Norm;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DistancesTest {

    private static Datapoints drawn(int rows) {
        Random random = new Random(3);
        List<List<String>> all = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            all.add(List.of(
                    String.valueOf(random.nextInt(40)),
                    random.nextInt(9) == 0 ? "" : String.valueOf(random.nextGaussian()),
                    "abbccc".substring(random.nextInt(6)).substring(0, 1)));
        }
        return Datapoints.of(List.of("age", "balance", "town"), all);
    }

    /// By hand. Ages 10, 20, 30, 40 deviate by sqrt(125); of the towns a, a, a, b two rows are alike by 9/16
    /// + 1/16.
    @Test
    void distancesByHand() {
        Datapoints table = Datapoints.of(
                List.of("age", "town"),
                List.of(List.of("10", "a"), List.of("20", "a"), List.of("30", "a"), List.of("40", "b")));
        Distances distances = new Distances(table, List.of("age", "town"));
        double step = 10 / Math.sqrt(125);
        assertArrayEquals(
                new double[] {0, step, 2 * step, 3 * step + 0.625}, distances.from(table.row(0), Norm.L1), 1e-12);
        assertEquals(Math.hypot(3 * step, 0.625), distances.from(table.row(0), Norm.L2)[3], 1e-12);
        assertEquals(List.of("age", "town"), distances.differing(table.row(0), 3));
        assertEquals(List.of("town"), distances.differing(List.of("40", "c"), 3));
    }

    /// The nearest of the rows that are predicted otherwise, looked for here by plain loops over the
    /// definition.
    @ParameterizedTest
    @EnumSource
    void theCounterfactualIsTheNearestOfAll(Norm norm) {
        Datapoints table = drawn(207);
        Distances distances = new Distances(table, List.of("age", "balance", "town"));
        double[] scores = new Random(1).doubles(207).toArray();
        double[] deviations = {deviation(table, "age"), deviation(table, "balance")};
        double same = table.column("town").counts().values().stream()
                .mapToDouble(count -> count / 207.0 * count / 207.0)
                .sum();
        for (int row = 0; row < 207; row += 13) {
            boolean predicted = scores[row] >= 0.5;
            int nearest = -1;
            double least = Double.POSITIVE_INFINITY;
            for (int other = 0; other < 207; other++) {
                double sum = 0;
                for (int i = 0; i < 3; i++) {
                    String a = table.row(row).get(i);
                    String b = table.row(other).get(i);
                    double apart;
                    if (a.equals(b)) {
                        apart = 0;
                    } else if (i == 2) {
                        apart = same;
                    } else if (a.isEmpty() || b.isEmpty()) {
                        apart = 1;
                    } else {
                        apart = Math.abs(Double.parseDouble(a) - Double.parseDouble(b)) / deviations[i];
                    }
                    sum += norm == Norm.L1 ? apart : apart * apart;
                }
                if (scores[other] >= 0.5 != predicted && sum < least) {
                    least = sum;
                    nearest = other;
                }
            }
            int found = distances
                    .nearest(table.row(row), norm, other -> scores[other] >= 0.5 != predicted)
                    .orElseThrow();
            assertEquals(nearest, found, "of row " + row);
            assertEquals(norm == Norm.L1 ? least : Math.sqrt(least), distances.from(table.row(row), norm)[found], 1e-9);
        }
        assertTrue(distances.nearest(table.row(0), norm, _ -> false).isEmpty());
    }

    private static double deviation(Datapoints table, String column) {
        List<Double> numbers = table.column(column).texts().stream()
                .filter(text -> !text.isEmpty())
                .map(Double::valueOf)
                .toList();
        double sum = 0;
        double squares = 0;
        for (double number : numbers) {
            sum += number;
            squares += number * number;
        }
        double mean = sum / numbers.size();
        return Math.sqrt(squares / numbers.size() - mean * mean);
    }
}
