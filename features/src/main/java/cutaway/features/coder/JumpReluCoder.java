package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

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
    Activation activation(Tensor norms) {
        return new Activation.JumpRelu(parameter(THRESHOLD).times(norms));
    }
}
