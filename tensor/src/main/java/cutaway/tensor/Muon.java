package cutaway.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Muon (Jordan et al. 2024; arXiv:2502.16982): matrices move by their momentum with all its singular values brought
/// near 1, everything else by AdamW.
///
///     m = momentum m + (1 - momentum) g
///     O = orthogonalised(m)                  Nesterov: of (1 - momentum) g + momentum m
///     p = (1 - rate decay) p - 0.2 sqrt(max(out, in)) rate O
///
/// The factor `0.2 sqrt(max(out, in))` gives a matrix the root mean square of an AdamW step (2502.16982, section
/// 2.2), so that one rate suits both. As torch.optim.Muon with `adjust_lr_fn="match_rms_adamw"`, but orthogonalised
/// in the parameters' own type, where that takes bfloat16.
public final class Muon implements Optimiser {

    /// Coefficients of the quintic iteration, and the least norm that is divided by; those of torch.optim.Muon.
    private static final double[] QUINTIC = {3.4445, -4.7750, 2.0315};

    private static final double LEAST_NORM = 1e-7;

    private static final double ADAM_RMS = 0.2;

    /// @param momentum from 0 up to 1
    /// @param iterations of the orthogonalisation
    public record Settings(double momentum, boolean nesterov, int iterations, double weightDecay) {
        public static final Settings USUAL = new Settings(0.95, true, 5, 0);

        public Settings {
            if (!(momentum >= 0 && momentum < 1 && iterations >= 1 && weightDecay >= 0)) {
                throw new BadInputException("Muon with the momentum " + momentum + ", " + iterations
                        + " iterations and the weight decay " + weightDecay
                        + "; the momentum lies in [0, 1), and there is at least 1 iteration.");
            }
        }
    }

    private final Settings settings;
    private final Set<String> matrices;
    private final Means means;
    private final Adam rest;

    /// @param parameters contiguous, float32 or float64; changed in place by each step
    /// @param matrices names of those that are moved as matrices: `[out, in]`, `[instance, out, in]`, or filters of
    ///     convolutions, `[out, ...]` of 4 axes and `[instance, out, ...]` of 5
    /// @param adam of all others
    public Muon(Map<String, Tensor> parameters, Set<String> matrices, Settings settings, Adam.Settings adam) {
        this.settings = settings;
        this.matrices = Set.copyOf(matrices);
        this.means = new Means(among(parameters, true), List.of("momentum"));
        this.rest = new Adam(among(parameters, false), adam, settings.weightDecay);
    }

    private Map<String, Tensor> among(Map<String, Tensor> all, boolean areMatrices) {
        Map<String, Tensor> some = new LinkedHashMap<>();
        all.forEach((name, tensor) -> {
            if (matrices.contains(name) == areMatrices) {
                some.put(name, tensor);
            }
        });
        return some;
    }

    @Override
    public void step(Map<String, Tensor> gradients, double rate, double[] scale) {
        means.stepMade();
        among(gradients, true).forEach((name, gradient) -> {
            try (Scope _ = Scope.open()) {
                move(means.checked(name, gradient), gradient, means.of(name).getFirst(), rate, scale);
            }
        });
        rest.step(among(gradients, false), rate, scale);
    }

    private void move(Tensor parameter, Tensor gradient, Tensor mean, double rate, double[] scale) {
        Tensor g = scaled(gradient, scale);
        mean.assign(mean.plus(g.minus(mean).times(1 - settings.momentum)));
        Tensor update = settings.nesterov ? g.plus(mean.minus(g).times(settings.momentum)) : mean;
        Tensor matrix = asMatrix(update);
        double factor = ADAM_RMS * Math.sqrt(Math.max(matrix.dim(-2), matrix.dim(-1))) * rate;
        Tensor orthogonal = orthogonalised(matrix, settings.iterations)
                .reshape(parameter.shape().dims());
        parameter.assign(parameter.times(1 - rate * settings.weightDecay).minus(orthogonal.times(factor)));
    }

    private static Tensor scaled(Tensor gradient, double[] scale) {
        if (scale.length == 1) {
            return scale[0] == 1 ? gradient : gradient.times(scale[0]);
        }
        long[] dims = new long[gradient.shape().rank()];
        Arrays.fill(dims, 1);
        dims[0] = scale.length;
        return gradient.times(Tensor.of(scale, dims).to(gradient.dtype()));
    }

    private static Tensor asMatrix(Tensor update) {
        return switch (update.shape().rank()) {
            case 2, 3 -> update;
            case 4 -> update.reshape(update.dim(0), -1);
            case 5 -> update.reshape(update.dim(0), update.dim(1), -1);
            default ->
                throw new IllegalArgumentException(
                        "Muon of a parameter " + update.shape() + "; expected a matrix, or filters of a convolution");
        };
    }

    /// The nearest matrix whose singular values are all near 1 (0.7 to 1.2), by the Newton-Schulz iteration
    /// `X = a X + (b X X^T + c (X X^T)^2) X`, from `X = M / |M|`.
    ///
    /// @param matrix `[..., out, in]`, each matrix by itself
    public static Tensor orthogonalised(Tensor matrix, int iterations) {
        return Scope.keep(() -> {
            boolean isTall = matrix.dim(-2) > matrix.dim(-1);
            Tensor x = isTall ? matrix.transpose(-2, -1) : matrix;
            Tensor norm = x.square().sum(-1, true).sum(-2, true).sqrt();
            x = x.over(norm.maximum(Tensor.full(LEAST_NORM, x.dtype())));
            for (int i = 0; i < iterations; i++) {
                Tensor gram = x.matmul(x.transpose(-2, -1));
                Tensor update = gram.times(QUINTIC[1]).plus(gram.matmul(gram).times(QUINTIC[2]));
                x = x.times(QUINTIC[0]).plus(update.matmul(x));
            }
            return isTall ? x.transpose(-2, -1) : x;
        });
    }

    @Override
    public long steps() {
        return means.steps();
    }

    @Override
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>(means.state());
        state.putAll(rest.state());
        return state;
    }

    @Override
    public void restore(Map<String, Tensor> state, long steps) {
        means.restore(state, steps);
        rest.restore(state, steps);
    }

    @Override
    public void close() {
        means.close();
        rest.close();
    }
}
