package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinearInPartsTest {

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// Against the product of the whole; into memory that held no numbers, from a buffer with more than the rows.
    @ParameterizedTest
    @CsvSource({"1,1,1,1", "1,13,7,3", "5,13,7,3", "5,13,7,7", "128,64,96,32"})
    void partsJoinToTheWhole(int n, int in, int out, int part) {
        for (Dtype dtype : new Dtype[] {Dtype.F32, Dtype.BF16, Dtype.F64}) {
            Random random = new Random(n + in);
            Tensor x = random.normal(n, in).to(dtype);
            Tensor weight = random.normal(out, in).to(dtype);
            Dtype made = dtype == Dtype.F64 ? Dtype.F64 : Dtype.F32;
            Tensor product = Tensor.full(Double.NaN, made, n, out);
            LinearInParts parts = new LinearInParts(x, product);
            for (int first = 0; first < out; first += part) {
                int rows = Math.min(part, out - first);
                Tensor buffer = Tensor.full(Double.NaN, dtype, (long) (rows + 2) * in);
                buffer.slice(0, 0, (long) rows * in)
                        .assign(weight.slice(0, first, first + rows).reshape(-1));
                parts.fill(first, rows, buffer);
            }
            Tensor expected = x.linear(weight, null).to(made);
            double distance = product.minus(expected).norm() / expected.norm();
            assertTrue(distance < (dtype == Dtype.F64 ? 1e-14 : 1e-6), dtype + ": " + distance);
        }
    }

    @Test
    void nothingOutsideIsTouched() {
        Tensor product = Tensor.full(7, Dtype.F32, 2, 5);
        LinearInParts parts = new LinearInParts(Tensor.full(1, Dtype.F32, 2, 3), product);
        Tensor buffer = Tensor.full(1, Dtype.F32, 6);
        parts.fill(1, 2, buffer);
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 5; column++) {
                assertEquals(column == 1 || column == 2 ? 3 : 7, product.toFloats()[5 * row + column]);
            }
        }
        assertThrows(IndexOutOfBoundsException.class, () -> parts.fill(4, 2, buffer));
        assertThrows(IndexOutOfBoundsException.class, () -> parts.fill(-1, 1, buffer));
        assertThrows(IndexOutOfBoundsException.class, () -> parts.fill(0, 3, buffer));
        assertThrows(IllegalArgumentException.class, () -> new LinearInParts(Tensor.full(1, Dtype.F32, 3, 3), product));
    }
}
