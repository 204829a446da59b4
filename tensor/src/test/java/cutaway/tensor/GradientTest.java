package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GradientTest {

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

    /// Central difference along random v, float64: (f(x + ev) - f(x - ev)) / 2e = grad f . v, where f weighs every
    /// output at random. Its error is of order e^2 = 1e-10, and rounding adds about 1e-16 / e = 1e-11.
    @ParameterizedTest
    @MethodSource("names")
    void gradientIsTheSlope(String name) {
        UnaryOperator<Tensor> f = OPERATIONS.get(name);
        Random random = new Random(11);
        for (int direction = 0; direction < 3; direction++) {
            Tensor x = random.uniform(5, 13).to(Dtype.F64).plus(0.5);
            Tensor v = random.normal(5, 13).to(Dtype.F64);
            Tensor weights = random.normal(f.apply(x).shape().dims()).to(Dtype.F64);
            Tensor tracked = Autograd.track(x);
            Tensor gradient = Autograd.gradients(f.apply(tracked).times(weights).sum(), List.of(tracked))
                    .getFirst();
            assertEquals(x.shape(), gradient.shape());
            double slope = (f.apply(x.plus(v.times(STEP))).dot(weights)
                            - f.apply(x.minus(v.times(STEP))).dot(weights))
                    / (2 * STEP);
            assertEquals(slope, gradient.dot(v), 1e-7 * (1 + Math.abs(slope)));
        }
    }

    static Set<String> names() {
        return OPERATIONS.keySet();
    }

    private static final Map<String, UnaryOperator<Tensor>> OPERATIONS = new LinkedHashMap<>();

    static {
        on("plus", x -> x.plus(x).plus(3).plus(x.select(0, 1)));
        on("minus", x -> x.minus(1).minus(x.select(0, 1).times(2)));
        on("times", x -> x.times(x).times(3).times(x.select(0, 1)));
        on("over", x -> x.over(x.select(0, 1)).over(3));
        on("negate", Tensor::negate);
        on("abs", x -> x.minus(1).abs());
        on("square", Tensor::square);
        on("sqrt", Tensor::sqrt);
        on("rsqrt", Tensor::rsqrt);
        on("pow", x -> x.pow(2.5));
        on("exp", Tensor::exp);
        on("log", Tensor::log);
        on("sin", Tensor::sin);
        on("cos", Tensor::cos);
        on("tanh", Tensor::tanh);
        on("sigmoid", Tensor::sigmoid);
        on("logSigmoid", x -> x.minus(1).times(30).logSigmoid());
        on("relu", x -> x.minus(1).relu());
        on("silu", x -> x.minus(1).silu());
        on("gelu", x -> x.minus(1).gelu());
        on("geluTanh", x -> x.minus(1).geluTanh());
        on("maximum", x -> x.maximum(x.negate().plus(2)));
        on("matmul", x -> x.matmul(x.transpose(0, 1)));
        on("linear", x -> x.linear(x.times(2), x.select(1, 0)));
        on("linear of one row", x -> x.slice(0, 1, 2).linear(x.times(2), x.select(1, 0)));
        on("sum", Tensor::sum);
        on("sum of an axis", x -> x.sum(-1, false).times(x.sum(0, true).sum()));
        on("mean", x -> x.mean(0, true).times(x.mean()));
        on("max", x -> x.max(1, false));
        on("top", x -> x.top(3).values());
        on("cumulativeSum", x -> x.square().cumulativeSum(1));
        on("softmax", x -> x.softmax(-1));
        on("logSoftmax", x -> x.logSoftmax(0));
        on("where", x -> Tensor.where(x.greater(1), x.square(), x));
        on("maskedFill", x -> x.square().maskedFill(x.greater(1), 0));
        on("reshape", x -> x.square().reshape(13, -1));
        on("transpose", x -> x.square().transpose(0, 1).contiguous());
        on("permute", x -> x.square().unsqueeze(1).permute(2, 1, 0).squeeze(1));
        on("expand", x -> x.unsqueeze(0).expand(2, -1, -1).square());
        on("slice", x -> x.square().slice(1, 3, 7));
        on("select", x -> x.square().select(0, -1));
        on("gatherRows", x -> x.square().gatherRows(0, Tensor.of(new long[] {4, 0, 4})));
        on(
                "scatter",
                x -> x.scatter(
                        1,
                        Tensor.of(new long[] {0, 12, 3, 4, 1}, 5, 1),
                        x.slice(1, 2, 3).square()));
        on("gather", x -> x.square().gather(1, Tensor.of(new long[] {0, 12, 3, 3, 1}, 5, 1)));
        on(
                "replaceRows",
                x -> x.replaceRows(
                        0, Tensor.of(new long[] {1}), x.slice(0, 2, 3).square()));
        on("cat", x -> Tensor.cat(List.of(x, x.square()), 1));
        on("stack", x -> Tensor.stack(List.of(x, x.square()), 1));
        on("copy", x -> x.copy().square());
        on(
                "solve",
                x -> LinearAlgebra.solve(
                        x.matmul(x.transpose(0, 1)).plus(Tensor.of(new double[] {9, 0, 0, 0, 0}, 5)), x));
        on("svd", x -> LinearAlgebra.svd(x).s());
        on("qr", x -> LinearAlgebra.qr(x.transpose(0, 1)).q());
        on("eigh", x -> LinearAlgebra.eigh(x.matmul(x.transpose(0, 1))).values());
    }

    private static void on(String name, UnaryOperator<Tensor> operation) {
        OPERATIONS.put(name, operation);
    }

    @Test
    void trackedLeavesShareTheirValuesAndOwnNothingElse() {
        Tensor x = Tensor.of(new double[] {2, 3});
        Tensor leaf = Autograd.track(x);
        assertTrue(Autograd.isTracked(leaf));
        assertFalse(Autograd.isTracked(x));
        assertFalse(Autograd.isTracked(Autograd.untracked(leaf.square())));
        x.close();
        assertArrayEquals(new double[] {2, 3}, leaf.toDoubles());
    }

    @Test
    void whatTheOutputDoesNotDependOnHasGradientZero() {
        Tensor x = Autograd.track(Tensor.of(new double[] {2, 3}));
        Tensor unused = Autograd.track(Tensor.ones(2, 2));
        Tensor constant = Tensor.full(1, Dtype.F64, 3);
        List<Tensor> slopes = Autograd.gradients(x.square().sum(), List.of(unused, x, constant, x));
        assertArrayEquals(new float[4], slopes.get(0).toFloats());
        assertEquals(new Shape(2, 2), slopes.get(0).shape());
        assertArrayEquals(new double[] {4, 6}, slopes.get(1).toDoubles());
        assertEquals(Dtype.F64, slopes.get(2).dtype());
        assertArrayEquals(new double[] {4, 6}, slopes.get(3).toDoubles());
    }

    @Test
    void theGraphCanBeAskedAgain() {
        Tensor x = Autograd.track(Tensor.of(new double[] {2, 3}));
        Tensor y = x.square().sum();
        for (int i = 0; i < 2; i++) {
            assertArrayEquals(
                    new double[] {4, 6},
                    Autograd.gradients(y, List.of(x)).getFirst().toDoubles());
        }
    }

    @Test
    void refusesWhatHasNoGradient() {
        Tensor x = Autograd.track(Tensor.ones(2));
        assertThrows(IllegalArgumentException.class, () -> Autograd.gradients(x.square(), List.of(x)));
        assertThrows(IllegalArgumentException.class, () -> Autograd.gradients(Tensor.scalar(1), List.of(x)));
        assertThrows(IllegalArgumentException.class, () -> Autograd.track(Tensor.range(0, 3)));
    }
}
