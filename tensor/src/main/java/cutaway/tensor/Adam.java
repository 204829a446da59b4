package cutaway.tensor;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Adam (arXiv:1412.6980), as torch.optim.Adam computes it:
///
///     m = m + (1 - beta1) (g - m)
///     v = beta2 v + (1 - beta2) g^2
///     p = (1 - rate decay) p - rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
///
/// With a decay it is AdamW (arXiv:1711.05101), as torch.optim.AdamW. Each number is read and written once a step, by
/// all cores. The parameters are the caller's; the running means `m` and `v` are freed when it is closed.
public final class Adam implements Optimiser {

    /// @param beta1 decay of the mean of gradients
    /// @param beta2 decay of the mean of their squares
    public record Settings(double beta1, double beta2, double epsilon) {
        public static final Settings USUAL = new Settings(0.9, 0.999, 1e-8);

        public Settings {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0)) {
                throw new BadInputException("Adam with beta1 = " + beta1 + ", beta2 = " + beta2 + ", epsilon = "
                        + epsilon + "; the betas lie in [0, 1), epsilon above 0.");
            }
        }
    }

    private final Settings settings;
    private final double weightDecay;
    private final Means means;

    /// @param parameters contiguous, float32 or float64; changed in place by each step
    public Adam(Map<String, Tensor> parameters, Settings settings) {
        this(parameters, settings, 0);
    }

    /// @param weightDecay share, times the rate, that each step takes off the parameters beside Adam's own move (AdamW)
    public Adam(Map<String, Tensor> parameters, Settings settings, double weightDecay) {
        this.means = new Means(parameters, List.of("mean", "square"));
        this.settings = settings;
        this.weightDecay = weightDecay;
    }

    @Override
    public long steps() {
        return means.steps();
    }

    @Override
    public void step(Map<String, Tensor> gradients, double rate, double[] scale) {
        step(gradients, rate, scale, null);
    }

    /// One step for all parameters.
    ///
    /// @param gradients of each parameter, in its shape; a parameter that is not named keeps its value and means
    /// @param scale that gradients are multiplied with first: below 1 where they are clipped
    /// @param touched which indices of the first axis move, of parameters whose first axis has that many; of the
    ///     others neither value nor means change (lazy). Null: all do
    public void step(Map<String, Tensor> gradients, double rate, double scale, boolean @Nullable [] touched) {
        step(gradients, rate, new double[] {scale}, touched);
    }

    private void step(Map<String, Tensor> gradients, double rate, double[] scales, boolean @Nullable [] touched) {
        List<Elementwise.Part> parts = means.parts(gradients);
        means.stepMade();
        Step step = new Step(
                1 - rate * weightDecay,
                rate / (1 - Math.pow(settings.beta1, steps())),
                Math.sqrt(1 - Math.pow(settings.beta2, steps())),
                settings);
        Elementwise.forEach(parts, scales, touched, step);
    }

    /// The numbers of one step.
    private record Step(double shrink, double rate, double root, Settings settings) implements Elementwise.Kernel {

        @Override
        public void move(float[][] numbers, int count, double scale) {
            float[] value = numbers[0];
            float[] gradient = numbers[1];
            float[] mean = numbers[2];
            float[] square = numbers[3];
            float by = (float) scale;
            float toMean = (float) (1 - settings.beta1);
            float keep = (float) settings.beta2;
            float toSquare = (float) (1 - settings.beta2);
            float stays = (float) shrink;
            float speed = (float) rate;
            float bias = (float) root;
            float epsilon = (float) settings.epsilon;
            for (int i = 0; i < count; i++) {
                float g = gradient[i] * by;
                mean[i] += toMean * (g - mean[i]);
                square[i] = keep * square[i] + toSquare * g * g;
                value[i] = stays * value[i] - speed * mean[i] / ((float) Math.sqrt(square[i]) / bias + epsilon);
            }
        }

        @Override
        public void move(double[][] numbers, int count, double scale) {
            double[] value = numbers[0];
            double[] gradient = numbers[1];
            double[] mean = numbers[2];
            double[] square = numbers[3];
            for (int i = 0; i < count; i++) {
                double g = gradient[i] * scale;
                mean[i] += (1 - settings.beta1) * (g - mean[i]);
                square[i] = settings.beta2 * square[i] + (1 - settings.beta2) * g * g;
                value[i] = shrink * value[i] - rate * mean[i] / (Math.sqrt(square[i]) / root + settings.epsilon);
            }
        }
    }

    @Override
    public Map<String, Tensor> state() {
        return means.state();
    }

    @Override
    public void restore(Map<String, Tensor> state, long steps) {
        means.restore(state, steps);
    }

    /// Forgets the means of some indices of the first axis, as when what stood there was replaced.
    public void forget(String name, Tensor indices) {
        for (Tensor mean : means.of(name)) {
            try (Scope _ = Scope.open()) {
                long[] dims = mean.shape().dims();
                dims[0] = indices.dim(0);
                mean.assign(mean.replaceRows(0, indices, Tensor.full(0, mean.dtype(), dims)));
            }
        }
    }

    @Override
    public void close() {
        means.close();
    }
}
