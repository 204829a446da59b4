package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// One operation has the values and the gradients of the several that it stands for.
class FusedTest {

    private static final Random RANDOM = new Random(5);

    private static void agree(List<Tensor> in, UnaryOperator<List<Tensor>> fused, UnaryOperator<List<Tensor>> single) {
        List<Tensor> leaves = in.stream().map(Autograd::track).toList();
        Tensor found = fused.apply(leaves).getFirst();
        Tensor expected = single.apply(leaves).getFirst();
        assertArrayEquals(expected.shape().dims(), found.shape().dims());
        assertArrayEquals(expected.toDoubles(), found.toDoubles(), 1e-13);
        Tensor weights = RANDOM.normal(expected.shape().dims()).to(Dtype.F64);
        List<Tensor> slopes = Autograd.lastGradients(found.times(weights).sum(), leaves);
        List<Tensor> wanted = Autograd.gradients(expected.times(weights).sum(), leaves);
        for (int i = 0; i < in.size(); i++) {
            assertArrayEquals(wanted.get(i).toDoubles(), slopes.get(i).toDoubles(), 1e-12, "operand " + i);
        }
    }

    private static Tensor normal(long... dims) {
        return RANDOM.normal(dims).to(Dtype.F64);
    }

    @Test
    void layerNorm() {
        agree(
                List.of(normal(3, 5, 7), normal(7), normal(7)),
                t -> List.of(Fused.layerNorm(t.get(0), t.get(1), t.get(2), 1e-5)),
                t -> List.of(normed(t.get(0)).times(t.get(1)).plus(t.get(2))));
        agree(
                List.of(normal(3, 7)),
                t -> List.of(Fused.layerNorm(t.get(0), null, null, 1e-5)),
                t -> List.of(normed(t.get(0))));
    }

    private static Tensor normed(Tensor x) {
        Tensor centred = x.minus(x.mean(-1, true));
        return centred.over(centred.square().mean(-1, true).plus(1e-5).sqrt());
    }

    @Test
    void attention() {
        Tensor later = Tensor.of(new double[] {0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0}, 1, 1, 3, 3);
        for (boolean causal : new boolean[] {true, false}) {
            agree(
                    List.of(normal(2, 5, 3, 4), normal(2, 5, 3, 4), normal(2, 5, 3, 4)),
                    t -> List.of(Fused.attention(t.get(0), t.get(1), t.get(2), causal ? later : null, 0.3)),
                    t -> {
                        Tensor scores =
                                t.get(0).matmul(t.get(1).transpose(-2, -1)).times(0.3);
                        return List.of((causal ? scores.plus(later) : scores)
                                .softmax(-1)
                                .matmul(t.get(2)));
                    });
        }
    }

    @Test
    void rows() {
        Tensor ids = Tensor.of(new long[] {4, 0, 4, 2, 1, 4}, 2, 3);
        agree(
                List.of(normal(5, 3)),
                t -> List.of(Fused.rows(t.getFirst(), ids)),
                t -> List.of(t.getFirst().gatherRows(0, ids.reshape(-1)).reshape(2, 3, 3)));
    }

    @Test
    void stackedProductOfOneInstance() {
        agree(
                List.of(normal(1, 6, 4), normal(1, 3, 4), normal(1, 3)),
                t -> List.of(StackedLinear.product(t.get(0), t.get(1), t.get(2))),
                t -> List.of(t.get(0)
                        .matmul(t.get(1).transpose(-2, -1))
                        .plus(t.get(2).unsqueeze(1))));
    }

    /// A graph that was given up cannot be asked again.
    @Test
    void lastGradientsGiveTheGraphUp() {
        Tensor x = Autograd.track(normal(3));
        Tensor y = x.exp().sum();
        assertArrayEquals(
                x.exp().toDoubles(),
                Autograd.lastGradients(y, List.of(x)).getFirst().toDoubles(),
                1e-13);
        assertThrows(IllegalArgumentException.class, () -> Autograd.lastGradients(y, List.of(x)));
        assertTrue(Autograd.isTracked(y));
    }
}
