package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConvolutionTest {

    private static final double STEP = 1e-5;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// The sum of the doc comment, written out.
    @Test
    void isTheSumOverWindows() {
        Random random = new Random(1);
        Tensor x = random.normal(2, 3, 5, 4).to(Dtype.F64);
        Tensor w = random.normal(7, 3, 3, 3).to(Dtype.F64);
        Tensor b = random.normal(7).to(Dtype.F64);
        int stride = 2;
        int padding = 1;
        Tensor y = Convolution.conv2d(x, w, b, stride, padding, 1);
        assertEquals(new Shape(2, 7, 3, 2), y.shape());
        double[] xs = x.toDoubles();
        double[] ws = w.toDoubles();
        double[] expected = new double[2 * 7 * 3 * 2];
        int at = 0;
        for (int n = 0; n < 2; n++) {
            for (int o = 0; o < 7; o++) {
                for (int i = 0; i < 3; i++) {
                    for (int j = 0; j < 2; j++) {
                        double sum = b.select(0, o).item();
                        for (int c = 0; c < 3; c++) {
                            for (int u = 0; u < 3; u++) {
                                for (int v = 0; v < 3; v++) {
                                    int row = stride * i + u - padding;
                                    int column = stride * j + v - padding;
                                    if (row >= 0 && row < 5 && column >= 0 && column < 4) {
                                        sum += ws[((o * 3 + c) * 3 + u) * 3 + v]
                                                * xs[((n * 3 + c) * 5 + row) * 4 + column];
                                    }
                                }
                            }
                        }
                        expected[at++] = sum;
                    }
                }
            }
        }
        assertArrayEquals(expected, y.toDoubles(), 1e-12);
    }

    @Test
    void groupsSeeTheirOwnChannelsAlone() {
        Random random = new Random(2);
        Tensor x = random.normal(2, 6, 5, 5).to(Dtype.F64);
        Tensor w = random.normal(8, 3, 3, 3).to(Dtype.F64);
        Tensor both = Convolution.conv2d(x, w, null, 1, 0, 2);
        Tensor second = Convolution.conv2d(x.slice(1, 3, 6), w.slice(0, 4, 8), null, 1, 0, 1);
        assertArrayEquals(second.toDoubles(), both.slice(1, 4, 8).toDoubles(), 1e-12);
    }

    @Test
    void poolsDropWhatIsLeftOver() {
        Tensor x = Tensor.range(0, 15).to(Dtype.F64).reshape(1, 1, 3, 5);
        assertArrayEquals(new double[] {6, 8}, Convolution.maxPool(x, 2).toDoubles());
        assertArrayEquals(new double[] {3, 5}, Convolution.averagePool(x, 2).toDoubles());
    }

    /// Central difference, as in [GradientTest]; at random numbers no two of a pooled window are equal.
    @Test
    void gradientsAreSlopes() {
        Random random = new Random(3);
        List<Tensor> at = List.of(
                random.normal(2, 4, 7, 7).to(Dtype.F64),
                random.normal(6, 2, 3, 3).to(Dtype.F64),
                random.normal(6).to(Dtype.F64));
        slopes(at, all -> Convolution.conv2d(all.get(0), all.get(1), all.get(2), 1, 1, 2));
        slopes(at, all -> Convolution.conv2d(all.get(0), all.get(1), null, 2, 0, 2));
        slopes(at.subList(0, 1), all -> Convolution.maxPool(all.get(0), 2));
        slopes(at.subList(0, 1), all -> Convolution.averagePool(all.get(0), 3));
        List<Tensor> stacked = List.of(
                random.normal(2, 5, 4).to(Dtype.F64),
                random.normal(2, 3, 4).to(Dtype.F64),
                random.normal(2, 3).to(Dtype.F64));
        slopes(stacked, all -> StackedLinear.product(all.get(0), all.get(1), all.get(2)));
    }

    @Test
    void stackedProductsAreThoseOfEachInstance() {
        Random random = new Random(4);
        Tensor x = random.normal(3, 13, 4).to(Dtype.F64);
        Tensor w = random.normal(3, 5, 4).to(Dtype.F64);
        Tensor b = random.normal(3, 5).to(Dtype.F64);
        for (int i = 0; i < 3; i++) {
            Tensor alone = x.select(0, i).linear(w.select(0, i), b.select(0, i));
            assertArrayEquals(
                    alone.toDoubles(),
                    StackedLinear.product(x, w, b).select(0, i).toDoubles(),
                    1e-13);
            assertArrayEquals(
                    alone.toDoubles(),
                    StackedLinear.product(x.select(0, i), w.select(0, i), b.select(0, i))
                            .toDoubles(),
                    1e-13);
            assertArrayEquals(
                    alone.minus(b.select(0, i)).toDoubles(),
                    StackedLinear.product(x, w, null).select(0, i).toDoubles(),
                    1e-13);
        }
    }

    private static void slopes(List<Tensor> at, Function<List<Tensor>, Tensor> f) {
        Random random = new Random(11);
        Tensor weights = random.normal(f.apply(at).shape().dims()).to(Dtype.F64);
        List<Tensor> tracked = at.stream().map(Autograd::track).toList();
        List<Tensor> found = Autograd.gradients(f.apply(tracked).times(weights).sum(), tracked);
        for (int i = 0; i < at.size(); i++) {
            Tensor v = random.normal(at.get(i).shape().dims()).to(Dtype.F64);
            double slope = (f.apply(moved(at, i, v, STEP)).dot(weights)
                            - f.apply(moved(at, i, v, -STEP)).dot(weights))
                    / (2 * STEP);
            assertEquals(slope, found.get(i).dot(v), 1e-7 * (1 + Math.abs(slope)), "operand " + i);
        }
    }

    private static List<Tensor> moved(List<Tensor> at, int i, Tensor v, double by) {
        List<Tensor> moved = new ArrayList<>(at);
        moved.set(i, at.get(i).plus(v.times(by)));
        return moved;
    }
}
