package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Values worked out by hand.
class TensorTest {

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void products() {
        Tensor a = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        Tensor b = Tensor.of(new float[] {1, 0, 0, 1, 1, 1}, 3, 2);
        assertValues(a.matmul(b), 4, 5, 10, 11);
        assertValues(a.linear(b.transpose(0, 1), Tensor.of(new float[] {10, 20})), 14, 25, 20, 31);
        assertEquals(91, a.dot(a));
        assertEquals(Math.sqrt(91), a.norm(), 1e-6);
    }

    @Test
    void theNormOfMillionsOfNumbersIsExact() {
        Tensor x = new Random(1).normal(3_000_001);
        double squares =
                Arrays.stream(x.toDoubles()).map(value -> value * value).sum();
        assertEquals(1, x.norm() / Math.sqrt(squares), 1e-7);
    }

    @ParameterizedTest
    @CsvSource({"1,13,207", "1,1,1", "2,13,207"})
    void linearIsTheProductWithTheTransposedWeight(int rows, int in, int out) {
        Random random = new Random(9);
        Tensor x = random.normal(rows, in).to(Dtype.F64);
        Tensor weight = random.normal(out, in).to(Dtype.F64);
        Tensor bias = random.normal(out).to(Dtype.F64);
        Tensor expected = x.unsqueeze(1).times(weight).sum(-1, false); // [rows, out]
        assertClose(expected, x.linear(weight, null));
        assertClose(expected.plus(bias), x.linear(weight, bias));
        assertEquals(
                new Shape(rows, 1, 1, out),
                x.reshape(rows, 1, 1, in).linear(weight, bias).shape());
        assertEquals(new Shape(out), x.select(0, 0).linear(weight, bias).shape());
        assertClose(expected.select(0, 0), x.select(0, 0).linear(weight, null));
        assertClose(expected, x.linear(weight.transpose(0, 1).contiguous().transpose(0, 1), null));
    }

    @Test
    void functions() {
        Tensor x = Tensor.of(new double[] {-1, 0, 2});
        assertValues(x.relu(), 0, 0, 2);
        assertValues(x.silu(), -0.2689414213699951, 0, 1.7615941559557649); // x / (1 + e^-x)
        assertValues(x.gelu(), -0.15865525393145707, 0, 1.9544997361036416); // x Phi(x)
        assertValues(x.geluTanh(), -0.15880800939172324, 0, 1.954597694087775);
        assertValues(x.softmax(0), 0.04201006613406605, 0.11419519938459449, 0.8437947344813395);
        assertValues(x.plus(2).rsqrt(), 1, Math.sqrt(0.5), 0.5);
        assertValues(x.maximum(x.negate()), 1, 0, 2);
        assertValues(Tensor.of(new double[] {1000, 1000}).logSoftmax(0), -Math.log(2), -Math.log(2));
        assertValues(x.pow(3), -1, 0, 8);
    }

    @Test
    void reductions() {
        Tensor x = Tensor.of(new double[] {1, 5, 3, 4, 2, 4}, 2, 3);
        assertValues(x.sum(0, false), 5, 7, 7);
        assertEquals(new Shape(2, 1), x.mean(-1, true).shape());
        assertValues(x.mean(-1, true), 3, 10 / 3.0);
        assertValues(x.max(1, false), 5, 4);
        assertArrayEquals(new long[] {1, 0}, x.argmax(1).toLongs());
        assertArrayEquals(new long[] {1, 2}, x.select(0, 0).top(2).indices().toLongs());
        assertValues(x.cumulativeSum(1), 1, 6, 9, 4, 6, 10);
    }

    @Test
    void rowsAndViews() {
        Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 3, 2);
        assertValues(x.gatherRows(0, Tensor.of(new long[] {2, 0})), 5, 6, 1, 2);
        assertValues(x.gather(1, Tensor.of(new long[] {1, 0, 1}, 3, 1)), 2, 3, 6);
        Tensor ends = Tensor.of(new long[] {1, 0, 1}, 3, 1);
        assertValues(x.scatter(1, ends, Tensor.of(new double[] {7, 8, 9}, 3, 1)), 1, 7, 8, 4, 5, 9);
        assertValues(x.replaceRows(0, Tensor.of(new long[] {1}), x.slice(0, 2, 3)), 1, 2, 5, 6, 5, 6);
        assertValues(x.permute(1, 0), 1, 3, 5, 2, 4, 6);
        assertValues(x, 1, 2, 3, 4, 5, 6);
        Tensor cache = Tensor.zeros(2, 2);
        cache.select(0, 1).assign(Tensor.of(new float[] {7, 8}));
        cache.select(0, 1).assign(Tensor.of(new float[] {8, 9}));
        assertValues(cache, 0, 0, 8, 9);
    }

    @Test
    void truthValues() {
        Tensor x = Tensor.of(new float[] {1, Float.NaN, 3});
        Tensor mask = x.greater(2);
        assertArrayEquals(new long[] {0, 0, 1}, mask.toLongs());
        assertArrayEquals(new long[] {1, 0, 1}, x.isFinite().toLongs());
        assertFalse(x.isFinite().all());
        assertTrue(mask.or(mask.not()).all());
        assertValues(Tensor.where(mask, Tensor.zeros(3), Tensor.ones(3)), 1, 1, 0);
        assertEquals(1, mask.sum().item());
        assertArrayEquals(
                new long[] {1, 1}, Tensor.of(new boolean[] {true, true}).toLongs());
    }

    @Test
    void wholeNumbersStayWhole() {
        Tensor x = Tensor.of(new long[] {(1L << 53) + 1, -3});
        assertArrayEquals(new long[] {(1L << 53) + 3, -1}, x.plus(2).toLongs());
        assertEquals(Dtype.I64, x.times(2).dtype());
        assertArrayEquals(new long[2], x.greater(Double.POSITIVE_INFINITY).toLongs());
        assertThrows(IllegalArgumentException.class, () -> x.maskedFill(x.greater(0), 0.5));
        assertThrows(IllegalArgumentException.class, () -> Tensor.full(0.5, Dtype.I64, 2));
    }

    @Test
    void brainFloatsKeepEightBits() {
        Tensor x = Tensor.of(new float[] {1 + 0x1p-7f, 1 + 0x1p-9f}).to(Dtype.BF16);
        assertValues(x, 1 + 0x1p-7, 1);
        assertEquals((short) 0x3f81, x.data().get(ValueLayout.JAVA_SHORT, 0));
        assertEquals(4, x.data().byteSize());
        assertEquals(Dtype.BF16, x.sum(0, true).dtype());
        assertEquals(Dtype.BF16, x.unsqueeze(0).linear(x.unsqueeze(0), null).dtype());
    }

    @ParameterizedTest
    @EnumSource(Dtype.class)
    void nothingIsAShapeToo(Dtype dtype) {
        Tensor x = Tensor.full(1, dtype, 0, 3);
        assertEquals(0, x.data().byteSize());
        assertEquals(0, x.toDoubles().length);
        assertTrue(x.bitsEqual(x.copy()));
        assertEquals(0, x.sum().item());
        assertEquals(
                new Shape(2, 3),
                Tensor.cat(List.of(x, Tensor.full(1, dtype, 2, 3)), 0).shape());
        assertEquals(
                new Shape(0, 5), x.to(Dtype.F32).linear(Tensor.ones(5, 3), null).shape());
    }

    @Test
    void oneValueIsAVector() {
        assertEquals(new Shape(1), Tensor.of(new long[] {7}).shape());
        assertEquals(new Shape(), Tensor.scalar(7).shape());
        assertEquals(new Shape(0), Tensor.of(new float[0]).shape());
    }

    @Test
    void refusalsSayWhatWasGiven() {
        Tensor x = Tensor.ones(2, 3);
        assertSays("matmul of [2, 3] and [2, 3]", () -> x.matmul(x));
        assertSays("slice 2 to 1 of axis 0 of [2, 3]", () -> x.slice(0, 2, 1));
        assertSays("its size is not 1", () -> x.squeeze(0));
        assertSays("cat of no tensors", () -> Tensor.cat(List.of(), 0));
        assertSays("6 values do not fill shape [4]", () -> Tensor.of(new float[6], 4));
        assertSays("not contiguous", () -> x.transpose(0, 1).data());
        assertSays("tensor [1099511627776]", () -> Tensor.ones(1L << 40));
        assertSays("more elements than memory", () -> new Shape(1L << 40, 1L << 40).count());
        assertSays("item of shape [2, 3]", x::item);
        assertSays("range from 3 to 0", () -> Tensor.range(3, 0));
    }

    private static void assertSays(String words, Runnable body) {
        String message = assertThrows(IllegalArgumentException.class, body::run).getMessage();
        assertTrue(message.contains(words), message);
    }

    private static void assertValues(Tensor given, double... expected) {
        assertArrayEquals(expected, given.toDoubles(), 1e-12);
    }

    private static void assertClose(Tensor expected, Tensor given) {
        assertEquals(expected.shape(), given.shape());
        assertEquals(0, expected.minus(given).norm(), 1e-13 * (1 + expected.norm()));
    }
}
