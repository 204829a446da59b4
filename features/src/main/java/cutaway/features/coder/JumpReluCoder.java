package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/// Codes above a threshold of their own, which is trained (Rajamanoharan et al. 2024, arXiv:2407.14435):
///
///     z = (x - c) W_enc^T + b_enc        f = z 1[z > t]
///     loss = mean |y - y_hat|^2 + coefficient mean (penalty of a token)
///
/// Neither jump has a useful derivative. Straight through (section 4), with the bandwidth e and the rectangle
/// `K(u) = 1[|u| < 1/2]`, the thresholds get those of smoothed ones:
///
///     d f / d t = -(t / e) K((z - t) / e)        d 1[z > t] / d t = -(1 / e) K((z - t) / e)
///
/// As SAELens has it, t itself is trained, not its logarithm, and put back to 0 where it is below; with `toInput` the
/// same, with the other sign, goes to z. With `preActivation` dead latents also pay `preActivation mean sum_i max(0,
/// t_i - z_i) |W_dec_i|` (Anthropic's update of January 2025, which asks it of all).
final class JumpReluCoder extends LinearCoder {

    static final String THRESHOLD = "threshold";

    private final Sparsity.JumpRelu kind;

    JumpReluCoder(CoderSettings settings, Sparsity.JumpRelu kind, Maps maps) {
        super(settings, maps);
        this.kind = kind;
        addParameter(Maps.ENCODER_BIAS, 0);
        addParameter(THRESHOLD, kind.threshold());
    }

    @Override
    public Loss loss(Map<String, Tensor> p, Tensor x, Tensor y, double sparsity) {
        Tensor threshold = Maps.parameter(p, THRESHOLD);
        Tensor z = preActivations(p, x);
        Tensor shut = z.greater(threshold).not();
        Tensor codes = z.maskedFill(shut, 0);
        Tensor slope = nearThreshold(z, threshold).over(kind.bandwidth());
        Tensor f = codes.plus(nothing(z, threshold).times(slope.times(Autograd.untracked(threshold))));
        Tensor errors = errors(maps().decode(p, f, x), y);
        LinkedHashMap<String, Tensor> parts = Loss.parts(errors);
        Tensor penalty = switch (kind.penalty()) {
            case Sparsity.Penalty.Step() -> l0(shut, slope, z, threshold);
            case Sparsity.Penalty.Quadratic(double target) ->
                l0(shut, slope, z, threshold).minus(target).square().times(2 / target);
            case Sparsity.Penalty.Tanh(double scale) ->
                f.times(maps().norms(p)).times(scale).tanh().sum(1, false);
        };
        parts.put(Loss.SPARSITY, penalty.mean().times(kind.coefficient() * sparsity));
        if (kind.preActivation() > 0) {
            parts.put("preActivation", preActivation(p, z, threshold));
        }
        return Loss.of(parts, errors, Activity.counting(codes));
    }

    /// Where no pre-activation pays for being below its threshold.
    @Override
    public Optional<Gradients> sparse(Tensor x, Tensor y, double sparsity) {
        return kind.preActivation() == 0
                ? SparsePass.of(maps(), parameters(), workspace(), x, y)
                        .map(pass -> sparse(pass, kind.coefficient() * sparsity))
                : Optional.empty();
    }

    private Gradients sparse(SparsePass pass, double coefficient) {
        Thresholds thresholds = new Thresholds();
        Gradients found = pass.inParts(thresholds.lowest, part -> new Sparse(part, thresholds, coefficient).found());
        found.gradients()
                .put(
                        THRESHOLD,
                        Tensor.of(thresholds.slopes).to(parameter(THRESHOLD).dtype()));
        return found;
    }

    /// The thresholds, and what a batch says of them.
    private final class Thresholds {

        final double[] values = parameter(THRESHOLD).toDoubles();
        final double[] slopes = new double[width()];

        /// From where on a pre-activation matters: half a bandwidth below its threshold.
        final double[] lowest = values.clone();

        Thresholds() {
            Arrays.setAll(lowest, i -> values[i] - kind.bandwidth() / 2);
        }
    }

    /// The loss of a part by way of the pre-activations that matter, each one of an entry here.
    private final class Sparse {

        private final SparsePass pass;
        private final double ofToken;
        private final Thresholds thresholds;
        private final double[] norms = maps().plainNorms(parameters());
        private final SparseRows z;
        private final SparseRows codes;
        private final double[] ofCount;
        private final double[] ofNorms = new double[width()];
        private double penalty;

        /// @param coefficient of the penalty of a token
        Sparse(SparsePass pass, Thresholds thresholds, double coefficient) {
            this.pass = pass;
            this.thresholds = thresholds;
            ofToken = coefficient / pass.tokens();
            z = pass.above(thresholds.lowest);
            double[] values = z.values().clone();
            for (int i = 0; i < values.length; i++) {
                values[i] = isOpen(i) ? values[i] : 0;
            }
            codes = z.with(values);
            ofCount = new double[values.length];
        }

        private boolean isOpen(int entry) {
            return z.values()[entry] > thresholds.values[z.columns()[entry]];
        }

        private boolean isNear(int entry) {
            return Math.abs(z.values()[entry] - thresholds.values[z.columns()[entry]]) / kind.bandwidth() < 0.5;
        }

        SparsePass.Found found() {
            Tensor error = pass.error(codes);
            Tensor slope = pass.slope(error);
            double[] ofCodes = pass.ofCodes(codes, slope);
            addPenalty(ofCodes);
            pass.backward(slope);
            pass.backward(codes, slope, backward(ofCodes));
            pass.backwardToNorms(ofNorms);
            Map<String, Double> losses = new LinkedHashMap<>();
            losses.put(Loss.RECONSTRUCTION, pass.mean(error));
            losses.put(Loss.SPARSITY, ofToken * penalty);
            return new SparsePass.Found(losses, Activity.of(codes));
        }

        /// @return `dL/dz` of each entry
        private double[] backward(double[] ofCodes) {
            double[] ofZ = new double[ofCodes.length];
            for (int i = 0; i < ofZ.length; i++) {
                int latent = z.columns()[i];
                ofZ[i] = isOpen(i) ? ofCodes[i] : 0;
                if (isNear(i)) {
                    double jump = (thresholds.values[latent] * ofCodes[i] + ofCount[i]) / kind.bandwidth();
                    thresholds.slopes[latent] -= jump;
                    ofZ[i] += kind.toInput() ? jump : 0;
                }
            }
            return ofZ;
        }

        /// What the penalty says of codes, of how many there are, and of norms.
        private void addPenalty(double[] ofCodes) {
            switch (kind.penalty()) {
                case Sparsity.Penalty.Step() -> addCounts(count -> count, _ -> 1);
                case Sparsity.Penalty.Quadratic(double target) ->
                    addCounts(
                            count -> 2 / target * (count - target) * (count - target),
                            count -> 4 / target * (count - target));
                case Sparsity.Penalty.Tanh(double scale) -> addTanh(scale, ofCodes);
            }
        }

        /// @param cost of a token with so many codes, and its slope
        private void addCounts(DoubleUnaryOperator cost, DoubleUnaryOperator slope) {
            for (int token = 0; token < z.rows(); token++) {
                int count = 0;
                for (int i = z.starts()[token]; i < z.starts()[token + 1]; i++) {
                    count += isOpen(i) ? 1 : 0;
                }
                penalty += cost.applyAsDouble(count);
                double ofOne = ofToken * slope.applyAsDouble(count);
                Arrays.fill(ofCount, z.starts()[token], z.starts()[token + 1], ofOne);
            }
        }

        private void addTanh(double scale, double[] ofCodes) {
            for (int i = 0; i < ofCodes.length; i++) {
                int latent = z.columns()[i];
                double code = codes.values()[i];
                double tanh = Math.tanh(scale * code * norms[latent]);
                double slope = ofToken * scale * (1 - tanh * tanh);
                penalty += tanh;
                ofCodes[i] += slope * norms[latent];
                ofNorms[latent] += slope * code;
            }
        }
    }

    /// `K((z - t) / e)`, `[n, latent]`.
    private Tensor nearThreshold(Tensor z, Tensor threshold) {
        Tensor distance =
                Autograd.untracked(z).minus(Autograd.untracked(threshold)).over(kind.bandwidth());
        return distance.abs().less(Tensor.full(0.5, z.dtype())).to(z.dtype());
    }

    /// Exactly 0, with the derivative -1 by the threshold, and with `toInput` 1 by z.
    private Tensor nothing(Tensor z, Tensor threshold) {
        Tensor nothing = Autograd.untracked(threshold).minus(threshold);
        return kind.toInput() ? z.minus(Autograd.untracked(z)).plus(nothing) : nothing;
    }

    /// How many codes a token has, `[n]`.
    private Tensor l0(Tensor shut, Tensor slope, Tensor z, Tensor threshold) {
        Tensor open = shut.not().to(z.dtype());
        return open.plus(nothing(z, threshold).times(slope)).sum(1, false);
    }

    private Tensor preActivation(Map<String, Tensor> p, Tensor z, Tensor threshold) {
        Tensor alive = Tensor.of(deadMask()).not();
        Tensor below = threshold.minus(z).relu().times(maps().norms(p));
        return below.maskedFill(alive, 0).sum(1, false).mean().times(kind.preActivation());
    }

    @Override
    public void afterStep(Activity activity) {
        super.afterStep(activity);
        try (Scope _ = Scope.open()) {
            parameter(THRESHOLD).assign(parameter(THRESHOLD).relu());
        }
    }

    @Override
    void beginAnew(int latent, RewrittenRows rows) {
        super.beginAnew(latent, rows);
        reset(THRESHOLD, latent, kind.threshold(), rows);
    }

    @Override
    public boolean isMeanOverTokens() {
        return true;
    }

    @Override
    Activation activation(Tensor norms) {
        return new Activation.JumpRelu(parameter(THRESHOLD).times(norms));
    }
}
