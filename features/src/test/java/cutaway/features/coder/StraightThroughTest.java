package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Autograd;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gradients that are not the slope of the loss, against the loss that they are the slope of.
///
/// The estimator's derivatives (arXiv:2407.14435, equations 11 and 12) have antiderivatives, which make that loss.
/// With the bandwidth e, `c = min(max(t, z - e/2), z + e/2)` and `c_0` the same at the thresholds t_0 where the
/// gradient is taken,
///
///     f(t)  = z 1[z > t_0] - (c^2 - c_0^2) / 2e        1[z > t] -> 1[z > t_0] - (c - c_0) / e
class StraightThroughTest {

    private static final double EPS = 1e-6;
    private static final double BANDWIDTH = 0.2;
    private static final int D = 8;
    private static final int WIDTH = 24;

    @ParameterizedTest
    @ValueSource(strings = {"step", "tanh", "quadratic"})
    void thresholdsMoveAlongTheSmoothedLoss(String kind) {
        Sparsity.JumpRelu settings = new Sparsity.JumpRelu(penalty(kind), 0.3, 0.1, BANDWIDTH, false, 0);
        CoderCase of = new CoderCase("", new CoderSettings(settings), D, D, Set.of());
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 5, 0.05);
            Tensor x = of.x(9);
            Tensor gradient = CoderCase.gradients(coder, x, x).gradients().get(JumpReluCoder.THRESHOLD);
            double[] t = coder.parameters().get(JumpReluCoder.THRESHOLD).toDoubles();
            Numbers at = new Numbers(coder, x);
            assertEquals(
                    coder.loss(coder.parameters(), x, x, 1).total().item(),
                    at.smoothed(settings, t, t),
                    1e-12,
                    "at the thresholds themselves both losses are one");
            int moving = 0;
            for (int latent = 0; latent < WIDTH; latent++) {
                double[] up = t.clone();
                double[] down = t.clone();
                up[latent] += EPS;
                down[latent] -= EPS;
                double slope = (at.smoothed(settings, up, t) - at.smoothed(settings, down, t)) / (2 * EPS);
                assertEquals(slope, gradient.toDoubles()[latent], 1e-7, "threshold " + latent);
                moving += slope != 0 ? 1 : 0;
            }
            assertTrue(moving > WIDTH / 2, moving + " thresholds have a gradient");
        }
    }

    private static Sparsity.Penalty penalty(String kind) {
        return switch (kind) {
            case "step" -> new Sparsity.Penalty.Step();
            case "tanh" -> new Sparsity.Penalty.Tanh(4);
            default -> new Sparsity.Penalty.Quadratic(2);
        };
    }

    /// The smoothed loss in plain Java.
    private static final class Numbers {
        private final double[] x;
        private final double[] z;
        private final double[] decoder;
        private final double[] bias;

        Numbers(Coder coder, Tensor x) {
            Map<String, Tensor> p = coder.parameters();
            this.x = x.toDoubles();
            decoder = p.get(Maps.DECODER).toDoubles();
            bias = p.get(Maps.DECODER_BIAS).toDoubles();
            double[] encoder = p.get(Maps.ENCODER).toDoubles();
            double[] encoderBias = p.get(Maps.ENCODER_BIAS).toDoubles();
            int n = this.x.length / D;
            z = new double[n * WIDTH];
            for (int i = 0; i < z.length; i++) {
                z[i] = encoderBias[i % WIDTH];
                for (int j = 0; j < D; j++) {
                    z[i] += (this.x[i / WIDTH * D + j] - bias[j]) * encoder[i % WIDTH * D + j];
                }
            }
        }

        private static double clamped(double t, double z) {
            return Math.min(Math.max(t, z - BANDWIDTH / 2), z + BANDWIDTH / 2);
        }

        double smoothed(Sparsity.JumpRelu settings, double[] t, double[] t0) {
            double sum = 0;
            int n = x.length / D;
            for (int token = 0; token < n; token++) {
                double[] y = bias.clone();
                double l0 = 0;
                double tanh = 0;
                for (int i = 0; i < WIDTH; i++) {
                    double at = z[token * WIDTH + i];
                    double c = clamped(t[i], at);
                    double c0 = clamped(t0[i], at);
                    double open = at > t0[i] ? 1 : 0;
                    double f = open * at - (c * c - c0 * c0) / (2 * BANDWIDTH);
                    l0 += open - (c - c0) / BANDWIDTH;
                    double norm = 0;
                    for (int j = 0; j < D; j++) {
                        y[j] += f * decoder[i * D + j];
                        norm += decoder[i * D + j] * decoder[i * D + j];
                    }
                    tanh += Math.tanh(4 * f * Math.sqrt(norm));
                }
                for (int j = 0; j < D; j++) {
                    sum += Math.pow(y[j] - x[token * D + j], 2);
                }
                sum += settings.coefficient()
                        * switch (settings.penalty()) {
                            case Sparsity.Penalty.Step() -> l0;
                            case Sparsity.Penalty.Tanh(double _) -> tanh;
                            case Sparsity.Penalty.Quadratic(double target) -> 2 / target * Math.pow(l0 - target, 2);
                        };
            }
            return sum / n;
        }
    }

    /// With `toInput`, what a threshold gets, its latent's encoder bias gets too, with the other sign: the
    /// estimator only depends on `z - t`, and the pointwise derivative is unchanged.
    @ParameterizedTest
    @ValueSource(strings = {"step", "tanh", "quadratic"})
    void preActivationsGetTheOppositeOfThresholds(String kind) {
        try (Scope _ = Scope.open()) {
            Map<String, Tensor> without = gradients(penalty(kind), false);
            Map<String, Tensor> with = gradients(penalty(kind), true);
            Tensor added = with.get(Maps.ENCODER_BIAS).minus(without.get(Maps.ENCODER_BIAS));
            Tensor threshold = without.get(JumpReluCoder.THRESHOLD);
            assertTrue(threshold.bitsEqual(with.get(JumpReluCoder.THRESHOLD)));
            assertTrue(added.norm() > 1e-3);
            assertEquals(0, added.plus(threshold).norm(), 1e-12);
        }
    }

    private static Map<String, Tensor> gradients(Sparsity.Penalty penalty, boolean toInput) {
        Sparsity.JumpRelu settings = new Sparsity.JumpRelu(penalty, 0.3, 0.05, BANDWIDTH, toInput, 0);
        CoderCase of = new CoderCase("", new CoderSettings(settings), D, D, Set.of());
        try (Coder coder = of.create(1, Dtype.F64)) {
            return CoderCase.gradients(coder, of.x(9), of.x(9)).gradients();
        }
    }

    /// Dead latents explain the error of the others as it is: the auxiliary part's gradient is the slope of that
    /// loss with the error held fixed.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 11})
    void deadLatentsExplainAFixedError(int count) {
        CoderCase of = new CoderCase("", new CoderSettings(new Sparsity.TopK(3)), D, D, Set.of());
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 10, 0.1);
            Tensor x = of.x(9);
            boolean[] dead = new boolean[WIDTH];
            long[] silent = new long[WIDTH];
            for (int i = 0; i < count; i++) {
                dead[2 * i] = true;
                silent[2 * i] = 1001;
            }
            coder.buffers().get(LinearCoder.SILENT).assign(Tensor.of(silent));
            assertEquals(count, coder.dead().length);
            Map<String, Tensor> p = coder.parameters();
            Tensor residual = x.minus(reconstruction(p, x, 3));
            for (String name : p.keySet()) {
                Tensor tracked = Autograd.track(p.get(name));
                Tensor part =
                        coder.loss(with(p, name, tracked), x, x, 1).parts().get(Loss.AUXILIARY);
                assertEquals(auxiliary(p, x, residual, dead), part.item(), 1e-12);
                Tensor v = new Random(4).normal(tracked.shape().dims()).to(Dtype.F64);
                double slope = (auxiliary(with(p, name, p.get(name).plus(v.times(EPS))), x, residual, dead)
                                - auxiliary(with(p, name, p.get(name).minus(v.times(EPS))), x, residual, dead))
                        / (2 * EPS);
                double found =
                        Autograd.gradients(part, List.of(tracked)).getFirst().dot(v);
                assertEquals(slope, found, 1e-6 * Math.max(1, Math.abs(slope)), name);
            }
        }
    }

    private static Map<String, Tensor> with(Map<String, Tensor> p, String name, Tensor value) {
        Map<String, Tensor> changed = new LinkedHashMap<>(p);
        changed.put(name, value);
        return changed;
    }

    /// `[n, 24]`: pre-activations times decoder norms.
    private static Tensor ranked(Map<String, Tensor> p, Tensor x) {
        Tensor norms = p.get(Maps.DECODER).square().sum(1, false).sqrt();
        return x.minus(p.get(Maps.DECODER_BIAS))
                .matmul(p.get(Maps.ENCODER).transpose(0, 1))
                .plus(p.get(Maps.ENCODER_BIAS))
                .times(norms);
    }

    /// By sorting in plain Java: the largest k of those that are allowed, `[n, 24]`, with unit rows.
    private static Tensor largest(Tensor z, int k, boolean[] allowed, boolean positive) {
        double[] all = z.toDoubles();
        double[] kept = new double[all.length];
        for (int row = 0; row < all.length / WIDTH; row++) {
            int from = row * WIDTH;
            java.util.stream.IntStream.range(from, from + WIDTH)
                    .filter(i -> allowed[i - from])
                    .boxed()
                    .sorted((a, b) -> Double.compare(all[b], all[a]))
                    .limit(k)
                    .forEach(i -> kept[i] = positive ? Math.max(0, all[i]) : all[i]);
        }
        return Tensor.of(kept, z.dim(0), WIDTH);
    }

    private static Tensor unitRows(Map<String, Tensor> p) {
        Tensor decoder = p.get(Maps.DECODER);
        return decoder.over(decoder.square().sum(1, true).sqrt());
    }

    private static Tensor reconstruction(Map<String, Tensor> p, Tensor x, int k) {
        boolean[] all = new boolean[WIDTH];
        java.util.Arrays.fill(all, true);
        return largest(ranked(p, x), k, all, true).matmul(unitRows(p)).plus(p.get(Maps.DECODER_BIAS));
    }

    /// At most D / 2 = 4 dead latents a token; scaled down where fewer are dead.
    private static double auxiliary(Map<String, Tensor> p, Tensor x, Tensor residual, boolean[] dead) {
        return Scope.free(() -> {
            int count = 0;
            for (boolean isDead : dead) {
                count += isDead ? 1 : 0;
            }
            Tensor codes = largest(ranked(p, x), Math.min(4, count), dead, false);
            double error =
                    codes.matmul(unitRows(p)).minus(residual).square().sum().item() / x.dim(0);
            return error * Math.min(1, count / 4.0);
        });
    }

    /// The decoder hears nothing of the auxiliary reconstruction of a gated coder, where it is frozen; everything
    /// else does.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void gatesTrainTheDecoderOnlyWhereItIsNotFrozen(boolean frozen) {
        CoderCase of = new CoderCase("", new CoderSettings(new Sparsity.Gated(0.2, frozen)), D, D, Set.of());
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 10, 0.1);
            Tensor x = of.x(9);
            for (String name : List.of(Maps.DECODER, Maps.ENCODER, GatedCoder.GATE_BIAS)) {
                Tensor tracked = Autograd.track(coder.parameters().get(name));
                Tensor part = coder.loss(with(coder.parameters(), name, tracked), x, x, 1)
                        .parts()
                        .get(Loss.AUXILIARY);
                boolean hears = Autograd.isTracked(part);
                assertEquals(!(frozen && name.equals(Maps.DECODER)), hears, name);
            }
        }
    }
}
