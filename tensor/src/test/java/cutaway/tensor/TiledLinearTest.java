package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TiledLinearTest {

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
        assumeTrue(OpenBlas.multiplies());
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// Against float64: rows that go by vector, unpacked and packed; tiles that do not divide the matrix.
    @ParameterizedTest
    @CsvSource({"1,576,1537", "2,3,5", "14,576,192", "14,1536,577", "70,64,1000", "256,576,1536"})
    void tilesJoinToTheWhole(int n, int in, int out) {
        Random random = new Random(n + out);
        Tensor x = random.normal(n, in);
        Tensor weight = random.normal(out, in);
        Tensor bias = random.normal(out);
        Tensor exact = x.to(Dtype.F64).matmul(weight.to(Dtype.F64).transpose(0, 1));
        assertTrue(TiledLinear.isFor(x, weight));
        assertClose(exact, x.linear(weight, null));
        assertClose(exact.plus(bias.to(Dtype.F64)), x.linear(weight, bias));
        Cores.forEach(
                2,
                i -> Scope.free(
                        () -> { // as part of other work
                            assertClose(exact, x.linear(weight, null));
                            return i;
                        }));
    }

    @Test
    void takesViewsAndKeepsTheAxesInFront() {
        Random random = new Random(1);
        Tensor x = random.normal(6, 4, 3).transpose(0, 1); // [4, 6, 3]
        Tensor weight = random.normal(5, 3);
        Tensor product = x.linear(weight, null);
        assertArrayEquals(new long[] {4, 6, 5}, product.shape().dims());
        assertClose(x.to(Dtype.F64).matmul(weight.to(Dtype.F64).transpose(0, 1)), product);
    }

    /// Into the rows and into the weight; the numbers are the same, bit for bit, as without.
    @Test
    void gradientsFlow() {
        Random random = new Random(2);
        Tensor rows = random.normal(14, 64);
        Tensor weights = random.normal(48, 64);
        Tensor x = Autograd.track(rows);
        Tensor weight = Autograd.track(weights);
        Tensor product = x.linear(weight, null);
        assertTrue(product.bitsEqual(rows.linear(weights, null)));
        List<Tensor> gradients = Autograd.gradients(product.sum(), List.of(x, weight));
        Tensor ones = Tensor.full(1, Dtype.F32, 14, 48);
        assertClose(ones.matmul(weights).to(Dtype.F64), gradients.getFirst());
        assertClose(ones.transpose(0, 1).matmul(rows).to(Dtype.F64), gradients.getLast());
    }

    private static void assertClose(Tensor exact, Tensor product) {
        double distance = exact.minus(product.to(Dtype.F64)).norm() / exact.norm();
        assertTrue(distance < 1e-6, "distance " + distance);
    }
}
