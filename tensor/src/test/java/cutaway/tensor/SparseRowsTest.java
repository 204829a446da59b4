package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Sparse products against the same products made dense.
class SparseRowsTest {

    private static final int TOKENS = 700; // more than one block of rows
    private static final int WIDTH = 1300; // more than two tiles of columns, the last not full
    private static final int D = 13;

    private static Tensor normal(Dtype dtype, long seed, long... dims) {
        return new Random(seed).normal(dims).to(dtype);
    }

    private static double tolerance(Dtype dtype) {
        return dtype == Dtype.F64 ? 1e-12 : 1e-4;
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "F64"})
    void theLargestOfEachRowAreThoseOfTheWholeProduct(Dtype dtype) {
        try (Scope _ = Scope.open()) {
            Tensor x = normal(dtype, 1, TOKENS, D);
            Tensor weight = normal(dtype, 2, WIDTH, D);
            Tensor bias = normal(dtype, 3, WIDTH);
            double[] scale = new Random(4).uniform(WIDTH).plus(0.5).toDoubles();
            SparseRows found = SparseEncoding.top(x, weight, bias, scale, 7);
            double[] all = x.to(Dtype.F64)
                    .matmul(weight.to(Dtype.F64).transpose(0, 1))
                    .plus(bias.to(Dtype.F64))
                    .times(Tensor.of(scale, WIDTH))
                    .toDoubles();
            for (int row = 0; row < TOKENS; row++) {
                double[] entries = Arrays.copyOfRange(all, row * WIDTH, (row + 1) * WIDTH);
                int[] expected = IntStream.range(0, WIDTH)
                        .boxed()
                        .sorted((a, b) -> Double.compare(entries[b], entries[a]))
                        .limit(7)
                        .mapToInt(i -> i)
                        .sorted()
                        .toArray();
                int from = found.starts()[row];
                int end = found.starts()[row + 1];
                assertArrayEquals(expected, Arrays.copyOfRange(found.columns(), from, end), "row " + row);
                for (int i = from; i < end; i++) {
                    assertEquals(entries[found.columns()[i]], found.values()[i], tolerance(dtype));
                }
            }
        }
    }

    /// Enough of them for the rough product, where the processor has one: also where many entries are nearly equal.
    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-3})
    void theLargestOfManyColumnsAreExact(double spread) {
        try (Scope _ = Scope.open()) {
            int width = 3001;
            int d = 64;
            Tensor x = normal(Dtype.F32, 11, TOKENS, d);
            Tensor weight = normal(Dtype.F32, 12, 1, d)
                    .plus(normal(Dtype.F32, 13, width, d).times(spread));
            Tensor bias = normal(Dtype.F32, 14, width).times(0.1 * spread);
            double[] scale = new Random(15).uniform(width).plus(0.5).toDoubles();
            SparseRows found = SparseEncoding.top(x, weight, bias, scale, 9);
            SparseRows exact = SparseEncoding.top(x.to(Dtype.F64), weight.to(Dtype.F64), bias.to(Dtype.F64), scale, 9);
            assertArrayEquals(exact.starts(), found.starts());
            for (int row = 0; row < TOKENS; row++) {
                assertArrayEquals(sorted(exact, row), sorted(found, row), 1e-4, "row " + row);
            }
            int same = 0;
            for (int i = 0; i < exact.columns().length; i++) {
                same += exact.columns()[i] == found.columns()[i] ? 1 : 0;
            }
            assertTrue(same > 0.995 * exact.columns().length, same + " of " + exact.columns().length);
        }
    }

    /// A row's values by size: of two that are equal to float32 either may be among the largest.
    private static double[] sorted(SparseRows rows, int row) {
        return Arrays.stream(rows.values(), rows.starts()[row], rows.starts()[row + 1])
                .sorted()
                .toArray();
    }

    /// Whatever is guessed of the least, even where one row has nearly all of them.
    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 5, 1e9})
    void theLargestOfAllRowsAreThoseOfTheWholeProduct(double floor) {
        try (Scope _ = Scope.open()) {
            Tensor drawn = normal(Dtype.F64, 8, TOKENS, D);
            Tensor x = Tensor.cat(List.of(drawn.slice(0, 0, 1).times(50), drawn.slice(0, 1, TOKENS)), 0);
            Tensor weight = normal(Dtype.F64, 9, WIDTH, D);
            int count = 2 * TOKENS;
            SparseRows found = SparseEncoding.topOfAll(x, weight, null, null, count, floor);
            double[] all = x.matmul(weight.transpose(0, 1)).toDoubles();
            double[] sorted = all.clone();
            Arrays.sort(sorted);
            double least = sorted[sorted.length - count];
            assertEquals(count, found.values().length);
            assertEquals(least, Arrays.stream(found.values()).min().orElse(0), 1e-9);
            for (int row = 0; row < TOKENS; row++) {
                for (int i = found.starts()[row]; i < found.starts()[row + 1]; i++) {
                    assertEquals(all[row * WIDTH + found.columns()[i]], found.values()[i], 1e-9);
                }
            }
        }
    }

    @Test
    void ofAllEqualEntriesAsManyAreKeptAsWereAskedFor() {
        try (Scope _ = Scope.open()) {
            SparseRows found = SparseEncoding.topOfAll(Tensor.ones(3, 4), Tensor.ones(9, 4), null, null, 7, 0);
            assertEquals(7, found.values().length);
        }
    }

    @Test
    void ofEqualEntriesAsManyAreKeptAsWereAskedFor() {
        try (Scope _ = Scope.open()) {
            SparseRows found = SparseEncoding.top(Tensor.ones(3, 4), Tensor.ones(100, 4), null, 5);
            assertArrayEquals(new int[] {0, 5, 10, 15}, found.starts());
            SparseRows none = SparseEncoding.top(Tensor.ones(3, 4), Tensor.full(-1, Dtype.F32, 100, 4), null, 5);
            assertArrayEquals(new int[] {0, 0, 0, 0}, none.starts());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "F64"})
    void productsAgreeWithDenseOnes(Dtype dtype) {
        try (Scope _ = Scope.open()) {
            Tensor x = normal(dtype, 5, TOKENS, D);
            Tensor weight = normal(dtype, 6, WIDTH, D);
            double[] thresholds = new Random(7).uniform(WIDTH).plus(6).toDoubles();
            SparseRows codes = SparseEncoding.above(x, weight, null, thresholds);
            Tensor product = x.matmul(weight.transpose(0, 1));
            Tensor dense = Tensor.where(
                    product.greater(Tensor.of(thresholds, WIDTH).to(dtype)),
                    product,
                    Tensor.full(0, dtype, TOKENS, WIDTH));
            assertClose(dense, codes.dense(dtype), dtype);
            assertClose(dense.matmul(weight), codes.times(weight), dtype);
            SparseColumns columns = codes.byColumn();
            assertClose(dense.transpose(0, 1).matmul(x), columns.transposedTimes(codes.values(), x), dtype);
            assertArrayEquals(dense.sum(0, false).toDoubles(), columns.sums(codes.values()), 1e-3);
            double[] samples = codes.products(x, weight);
            for (int i = 0; i < samples.length; i++) {
                assertEquals(codes.values()[i], samples[i], tolerance(dtype));
            }
        }
    }

    private static void assertClose(Tensor expected, Tensor found, Dtype dtype) {
        double scale = expected.abs().toDoubles().length == 0
                ? 1
                : Arrays.stream(expected.abs().toDoubles()).max().orElse(1);
        assertArrayEquals(expected.toDoubles(), found.toDoubles(), tolerance(dtype) * Math.max(1, scale) * 0.1);
    }

    @Test
    void matricesBesideEachOtherAreOneThatIsWider() {
        SparseRows left = SparseRows.of(Tensor.of(new double[] {1, 0, 2, 0, 0, 0}, 2, 3));
        SparseRows right = SparseRows.of(Tensor.of(new double[] {0, 3, 4, 5}, 2, 2));
        assertArrayEquals(
                new double[] {1, 0, 2, 0, 3, 0, 0, 0, 4, 5},
                SparseRows.beside(List.of(left, right)).dense(Dtype.F64).toDoubles());
    }

    @Test
    void someRowsAndSomeColumnsKeepTheirEntriesAlone() {
        SparseRows rows = SparseRows.of(Tensor.of(new double[] {1, 0, 2, 3, 0, 0, 4, 5, 6}, 3, 3));
        SparseRows some = rows.ofRows(new boolean[] {true, false, true});
        assertArrayEquals(
                new double[] {1, 0, 2, 0, 0, 0, 4, 5, 6}, some.dense(Dtype.F64).toDoubles());
        assertArrayEquals(
                new double[] {0, 0, 2, 0, 0, 0, 0, 5, 6},
                rows.between(1, 3).dense(Dtype.F64).toDoubles());
    }
}
