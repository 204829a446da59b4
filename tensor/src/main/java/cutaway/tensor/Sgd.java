package cutaway.tensor;

import java.util.List;
import java.util.Map;

/// Stochastic gradient descent with momentum, as torch.optim.SGD (without dampening):
///
///     g = g + decay p
///     m = momentum m + g
///     p = p - rate m                      (Nesterov: p - rate (g + momentum m))
public final class Sgd implements Optimiser {

    private final double momentum;
    private final boolean nesterov;
    private final double weightDecay;
    private final Means means;

    /// @param parameters contiguous, float32 or float64; changed in place by each step
    /// @param momentum from 0, for none, up to 1
    public Sgd(Map<String, Tensor> parameters, double momentum, boolean nesterov, double weightDecay) {
        this.momentum = momentum;
        this.nesterov = nesterov;
        this.weightDecay = weightDecay;
        this.means = new Means(parameters, List.of("momentum"));
    }

    @Override
    public void step(Map<String, Tensor> gradients, double rate, double[] scale) {
        List<Elementwise.Part> parts = means.parts(gradients);
        means.stepMade();
        Elementwise.forEach(parts, scale, null, new Step(rate, momentum, nesterov, weightDecay));
    }

    private record Step(double rate, double momentum, boolean nesterov, double weightDecay)
            implements Elementwise.Kernel {

        @Override
        public void move(float[][] numbers, int count, double scale) {
            float[] value = numbers[0];
            float[] gradient = numbers[1];
            float[] mean = numbers[2];
            float by = (float) scale;
            float keep = (float) momentum;
            float ofGradient = nesterov ? 1 : 0;
            float ofMean = nesterov ? keep : 1;
            float decay = (float) weightDecay;
            float speed = (float) rate;
            for (int i = 0; i < count; i++) {
                float g = gradient[i] * by + decay * value[i];
                mean[i] = keep * mean[i] + g;
                value[i] -= speed * (ofGradient * g + ofMean * mean[i]);
            }
        }

        @Override
        public void move(double[][] numbers, int count, double scale) {
            double[] value = numbers[0];
            double[] gradient = numbers[1];
            double[] mean = numbers[2];
            double ofGradient = nesterov ? 1 : 0;
            double ofMean = nesterov ? momentum : 1;
            for (int i = 0; i < count; i++) {
                double g = gradient[i] * scale + weightDecay * value[i];
                mean[i] = momentum * mean[i] + g;
                value[i] -= rate * (ofGradient * g + ofMean * mean[i]);
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
