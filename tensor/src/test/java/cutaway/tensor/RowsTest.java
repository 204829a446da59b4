package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowsTest {

    private static final int ROWS = 207;
    private static final int D = 13;

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "F64"})
    void rowsOfAGradientAreOrthogonalAndElseAsTheyWere(Dtype dtype) {
        try (Scope _ = Scope.open()) {
            Tensor w = new Random(1).normal(ROWS, D).to(dtype);
            Tensor g = new Random(2).normal(ROWS, D).to(dtype).copy();
            Tensor before = g.copy();
            Rows.removeParallel(g, w);
            double tolerance = dtype == Dtype.F64 ? 1e-13 : 1e-5;
            assertArrayEquals(new double[ROWS], g.times(w).sum(1, false).toDoubles(), tolerance * 10);
            Tensor taken = before.minus(g); // along w: its cosine with w is 1 in size
            double[] cosines = taken.times(w)
                    .sum(1, false)
                    .over(taken.norms(1).times(w.norms(1)))
                    .abs()
                    .toDoubles();
            double[] ones = new double[ROWS];
            java.util.Arrays.fill(ones, 1);
            assertArrayEquals(ones, cosines, dtype == Dtype.F64 ? 1e-12 : 1e-3);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Dtype.class,
            names = {"F32", "F64"})
    void normalisedRowsKeepTheirDirection(Dtype dtype) {
        try (Scope _ = Scope.open()) {
            Tensor w = Tensor.cat(
                            java.util.List.of(new Random(1).normal(ROWS, D).times(30), Tensor.zeros(1, D)), 0)
                    .to(dtype)
                    .copy();
            Tensor before = w.copy();
            Rows.normalise(w);
            double[] expected = before.slice(0, 0, ROWS)
                    .over(before.slice(0, 0, ROWS).square().sum(1, true).sqrt())
                    .toDoubles();
            assertArrayEquals(expected, w.slice(0, 0, ROWS).toDoubles(), dtype == Dtype.F64 ? 1e-14 : 1e-6);
            assertArrayEquals(new double[D], w.select(0, ROWS).toDoubles());
        }
    }
}
