package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Float64 throughout; factors of matrices of size 207 are exact to about 207 * 1e-16 relative, so 1e-11 is generous.
class LinearAlgebraTest {

    private static final double TOLERANCE = 1e-11;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,13,1", "1,1,13", "1,13,207", "1,207,13", "3,13,7", "2,7,13", "2,207,207"})
    void singularVectorsRebuildTheMatrix(int batch, int rows, int columns) {
        Tensor a = normal(batch, rows, columns);
        LinearAlgebra.Svd svd = LinearAlgebra.svd(a);
        int k = Math.min(rows, columns);
        assertEquals(new Shape(batch, rows, k), svd.u().shape());
        assertEquals(new Shape(batch, k), svd.s().shape());
        assertEquals(new Shape(batch, k, columns), svd.vT().shape());
        assertClose(a, svd.u().times(svd.s().unsqueeze(1)).matmul(svd.vT()));
        assertOrthonormal(svd.u());
        assertOrthonormal(transposed(svd.vT()));
        double[] s = svd.s().select(0, 0).toDoubles();
        for (int i = 1; i < k; i++) {
            assertTrue(s[i - 1] >= s[i] && s[i] >= 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"1,1,1", "1,13,207", "1,207,13", "3,13,7"})
    void qrRebuildsTheMatrix(int batch, int rows, int columns) {
        Tensor a = normal(batch, rows, columns);
        LinearAlgebra.Qr qr = LinearAlgebra.qr(a);
        assertClose(a, qr.q().matmul(qr.r()));
        assertOrthonormal(qr.q());
        int k = Math.min(rows, columns);
        assertEquals(new Shape(batch, k, columns), qr.r().shape());
        double[] r = qr.r().select(0, 0).toDoubles();
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < i; j++) {
                assertEquals(0, r[i * columns + j]);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 207})
    void eigenvectorsRebuildTheMatrix(int size) {
        Tensor half = normal(2, size, size);
        Tensor a = half.plus(transposed(half));
        LinearAlgebra.Eigh eigh = LinearAlgebra.eigh(a);
        assertClose(a, eigh.vectors().times(eigh.values().unsqueeze(1)).matmul(transposed(eigh.vectors())));
        assertOrthonormal(eigh.vectors());
        double[] values = eigh.values().select(0, 1).toDoubles();
        for (int i = 1; i < size; i++) {
            assertTrue(values[i - 1] <= values[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 13, 207})
    void solutionsSolve(int size) {
        Tensor half = normal(2, size, size);
        Tensor a = half.matmul(transposed(half)).plus(identity(size).times(size));
        Tensor b = normal(2, size, 3);
        assertClose(b, a.matmul(LinearAlgebra.solve(a, b)));
    }

    @Test
    void knownFactors() {
        assertArrayEquals(
                new double[] {4, 3},
                LinearAlgebra.svd(Tensor.of(new double[] {3, 0, 0, 4}, 2, 2))
                        .s()
                        .toDoubles(),
                1e-15);
        assertArrayEquals( // 2 +- 1
                new double[] {1, 3},
                LinearAlgebra.eigh(Tensor.of(new double[] {2, 1, 1, 2}, 2, 2))
                        .values()
                        .toDoubles(),
                1e-14);
        assertArrayEquals( // x + 2y = 5, 3x + 4y = 11
                new double[] {1, 2},
                LinearAlgebra.solve(Tensor.of(new double[] {1, 2, 3, 4}, 2, 2), Tensor.of(new double[] {5, 11}))
                        .toDoubles(),
                1e-14);
    }

    @Test
    void refusesWithTheReason() {
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> LinearAlgebra.solve(Tensor.zeros(2, 2), Tensor.ones(2, 1)))
                .getMessage()
                .contains("singular"));
        assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.svd(Tensor.ones(3)));
        assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.eigh(Tensor.ones(3, 2)));
        assertThrows(
                IllegalArgumentException.class,
                () -> LinearAlgebra.qr(Tensor.range(0, 4).reshape(2, 2)));
    }

    private static Tensor normal(long... dims) {
        return new Random(dims[1] * 1000 + dims[2]).normal(dims).to(Dtype.F64);
    }

    private static Tensor transposed(Tensor a) {
        return a.transpose(-1, -2);
    }

    private static Tensor identity(long size) {
        return Tensor.range(0, size)
                .unsqueeze(0)
                .equalTo(Tensor.range(0, size).unsqueeze(1))
                .to(Dtype.F64);
    }

    private static void assertOrthonormal(Tensor columns) {
        Tensor gram = transposed(columns).matmul(columns);
        assertClose(identity(columns.dim(-1)).expand(gram.shape().dims()), gram);
    }

    private static void assertClose(Tensor expected, Tensor given) {
        assertEquals(expected.shape(), given.shape());
        assertEquals(0, expected.minus(given).norm(), TOLERANCE * expected.norm());
    }
}
