package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// ReLU with a penalty on the codes times the norms of their decoder rows (SAELens' `standard`; Bricken et al. 2023,
/// and for the norms Anthropic's update of April 2024):
///
///     f = max(0, (x - c) W_enc^T + b_enc)
///     loss = mean |y - y_hat|^2 + coefficient mean (sum_i (f_i |W_dec_i|)^p)^(1/p)
///
/// Where p is annealed (arXiv:2408.00113) it falls in a line from `p` to `endP`, and the root is left away, as that
/// paper has it.
final class ReluCoder extends LinearCoder {

    /// Steps that were made, an int64 scalar: p depends on it.
    private static final String STEPS = "steps";

    private final Sparsity.Relu kind;

    ReluCoder(CoderSettings settings, Sparsity.Relu kind, Maps maps) {
        super(settings, maps);
        this.kind = kind;
        addParameter(Maps.ENCODER_BIAS, 0);
        addBuffer(STEPS, Tensor.full(0, Dtype.I64));
    }

    @Override
    public Loss loss(Map<String, Tensor> p, Tensor x, Tensor y, double sparsity) {
        Tensor codes = preActivations(p, x).relu();
        Tensor errors = errors(maps().decode(p, codes, x), y);
        LinkedHashMap<String, Tensor> parts = Loss.parts(errors);
        Tensor weighted = codes.times(maps().norms(p));
        parts.put(Loss.SPARSITY, penalty(weighted).mean().times(kind.coefficient() * sparsity));
        return Loss.of(parts, errors, Activity.counting(codes));
    }

    /// Where the penalty is the L1 norm.
    @Override
    public Optional<Gradients> sparse(Tensor x, Tensor y, double sparsity) {
        return power() == 1
                ? SparsePass.of(maps(), parameters(), workspace(), x, y)
                        .map(pass -> sparse(pass, kind.coefficient() * sparsity))
                : Optional.empty();
    }

    private Gradients sparse(SparsePass pass, double coefficient) {
        double[] norms = maps().plainNorms(parameters());
        double[] nothing = new double[width()];
        return pass.inParts(nothing, part -> {
            SparseRows codes = part.above(nothing);
            Tensor error = part.error(codes);
            Tensor slope = part.slope(error);
            double[] ofCodes = part.ofCodes(codes, slope);
            WeightedSum penalty = new WeightedSum(codes, norms, coefficient / part.tokens());
            penalty.addTo(ofCodes);
            part.backward(slope);
            part.backward(codes, slope, ofCodes);
            part.backwardToNorms(penalty.ofNorms());
            Map<String, Double> losses = new LinkedHashMap<>();
            losses.put(Loss.RECONSTRUCTION, part.mean(error));
            losses.put(Loss.SPARSITY, penalty.value());
            return new SparsePass.Found(losses, Activity.of(codes));
        });
    }

    /// @param codes `[n, latent]`, not below 0
    /// @return `[n]`
    private Tensor penalty(Tensor codes) {
        double power = power();
        if (power == 1) {
            return codes.sum(1, false);
        }
        Tensor sum = powers(codes, power).sum(1, false);
        return kind.p() == kind.endP() ? powers(sum, 1 / power) : sum;
    }

    private double power() {
        double share = kind.annealing() == 0 ? 1 : Math.min(1, buffer(STEPS).item() / kind.annealing());
        return kind.p() + (kind.endP() - kind.p()) * share;
    }

    /// `a^power`, with the gradient 0 where a is 0.
    private static Tensor powers(Tensor a, double power) {
        Tensor none = a.equalTo(0);
        return a.maskedFill(none, 1).pow(power).maskedFill(none, 0);
    }

    @Override
    public void afterStep(Activity activity) {
        super.afterStep(activity);
        try (Scope _ = Scope.open()) {
            buffer(STEPS).assign(buffer(STEPS).plus(1));
        }
    }

    @Override
    public boolean isMeanOverTokens() {
        return true;
    }

    @Override
    Activation activation(Tensor norms) {
        return new Activation.Relu();
    }
}
