package cutaway.tensor;

import java.util.List;
import java.util.Map;

/// Sign descent: every number moves by the rate, against the sign of its gradient's running mean (signSGD, with
/// momentum Signum; arXiv:1802.04434, algorithms 1 and 2):
///
///     m = momentum m + (1 - momentum) g
///     p = (1 - rate decay) p - rate sign(m)
///
/// Where the mean is 0, nothing moves but by the decay.
public final class SignDescent implements Optimiser {

    private final double momentum;
    private final double weightDecay;
    private final Means means;

    /// @param parameters contiguous, float32 or float64; changed in place by each step
    /// @param momentum from 0, for the sign of the gradient itself, up to 1
    public SignDescent(Map<String, Tensor> parameters, double momentum, double weightDecay) {
        this.momentum = momentum;
        this.weightDecay = weightDecay;
        this.means = new Means(parameters, List.of("momentum"));
    }

    @Override
    public void step(Map<String, Tensor> gradients, double rate, double[] scale) {
        List<Elementwise.Part> parts = means.parts(gradients);
        means.stepMade();
        Elementwise.forEach(parts, scale, null, new Step(rate, momentum, 1 - rate * weightDecay));
    }

    private record Step(double rate, double momentum, double shrink) implements Elementwise.Kernel {

        @Override
        public void move(float[][] numbers, int count, double scale) {
            float[] value = numbers[0];
            float[] gradient = numbers[1];
            float[] mean = numbers[2];
            float by = (float) ((1 - momentum) * scale);
            float keep = (float) momentum;
            float stays = (float) shrink;
            float speed = (float) rate;
            for (int i = 0; i < count; i++) {
                mean[i] = keep * mean[i] + by * gradient[i];
                value[i] = stays * value[i] - speed * Math.signum(mean[i]);
            }
        }

        @Override
        public void move(double[][] numbers, int count, double scale) {
            double[] value = numbers[0];
            double[] gradient = numbers[1];
            double[] mean = numbers[2];
            for (int i = 0; i < count; i++) {
                mean[i] = momentum * mean[i] + (1 - momentum) * scale * gradient[i];
                value[i] = shrink * value[i] - rate * Math.signum(mean[i]);
            }
        }
    }

    @Override
    public long steps() {
        return means.steps();
    }

    @Override
    public Map<String, Tensor> state() {
        return means.state();
    }

    @Override
    public void restore(Map<String, Tensor> state, long steps) {
        means.restore(state, steps);
    }

    @Override
    public void close() {
        means.close();
    }
}
