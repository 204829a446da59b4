package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TensorTest {

    @Test
    void matrixProductByHand() {
        try (Scope scope = Scope.open()) {
            Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor b = Tensor.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
            assertArrayEquals(new float[] {4, 5, 10, 11}, a.matmul(b).toFloats());
            LinearAlgebra.Svd svd = LinearAlgebra.svd(Tensor.of(new double[] {3, 0, 0, 4}, 2, 2));
            assertArrayEquals(new double[] {4, 3}, svd.s().toDoubles(), 1e-12);
            Tensor x = Autograd.track(Tensor.of(new double[] {2, 3}));
            Tensor y = x.square().sum();
            assertArrayEquals(new double[] {4, 6}, Autograd.gradients(y, java.util.List.of(x)).getFirst().toDoubles());
            assertEquals(3, a.top(2).values().toFloats()[0]);
        }
        assertEquals(0, Tensor.live());
    }
}
