package cutaway.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Adam (arXiv:1412.6980), as torch.optim.Adam computes it:
///
///     m = m + (1 - beta1) (g - m)
///     v = beta2 v + (1 - beta2) g^2
///     p = p - rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)
///
/// Each number is read and written once a step, by all cores. The parameters are the caller's; the running means
/// `m` and `v` are freed when it is closed.
public final class Adam implements AutoCloseable {

    private static final int CHUNK = 8192;

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

    private record Moments(Tensor mean, Tensor square) {}

    /// The numbers of one step.
    private record Step(double scale, double rate, double root, Settings settings) {}

    private final Settings settings;
    private final Map<String, Tensor> parameters;
    private final Map<String, Moments> moments = new LinkedHashMap<>();
    private long steps;

    /// @param parameters contiguous, float32 or float64; changed in place by each step
    public Adam(Map<String, Tensor> parameters, Settings settings) {
        this.parameters = new LinkedHashMap<>(parameters);
        this.settings = settings;
        parameters.forEach((name, parameter) -> moments.put(name, new Moments(zeros(parameter), zeros(parameter))));
    }

    private static Tensor zeros(Tensor like) {
        return Scope.detach(Tensor.full(0, like.dtype(), like.shape().dims()));
    }

    /// How many steps it has made.
    public long steps() {
        return steps;
    }

    /// One step for all parameters.
    ///
    /// @param gradients of each parameter, in its shape; a parameter that is not named keeps its value and means
    /// @param scale that gradients are multiplied with first: below 1 where they are clipped
    /// @param touched which indices of the first axis move, of parameters whose first axis has that many; of the
    ///     others neither value nor means change (lazy). Null: all do
    public void step(Map<String, Tensor> gradients, double rate, double scale, boolean @Nullable [] touched) {
        steps++;
        Step step = new Step(
                scale,
                rate / (1 - Math.pow(settings.beta1, steps)),
                Math.sqrt(1 - Math.pow(settings.beta2, steps)),
                settings);
        gradients.forEach((name, gradient) -> {
            Tensor parameter = parameters.get(name);
            Moments moment = moments.get(name);
            if (parameter == null || moment == null) {
                throw new IllegalArgumentException("a gradient of " + name + "; there are " + parameters.keySet());
            }
            if (!gradient.shape().equals(parameter.shape()) || gradient.dtype() != parameter.dtype()) {
                throw new IllegalArgumentException("the gradient of " + name + " is " + gradient.dtype() + " "
                        + gradient.shape() + "; expected " + parameter.dtype() + " " + parameter.shape());
            }
            update(parameter, gradient.contiguous(), moment, step, touched);
        });
    }

    private static void update(
            Tensor parameter, Tensor gradient, Moments moment, Step step, boolean @Nullable [] touched) {
        long count = parameter.shape().count();
        MemorySegment[] memory = {parameter.memory(), gradient.memory(), moment.mean.memory(), moment.square.memory()};
        boolean[] rows = touched == null || parameter.shape().rank() == 0 || parameter.dim(0) != touched.length
                ? new boolean[] {true}
                : touched;
        long row = Math.max(1, count / rows.length);
        LongConsumer chunk = i -> {
            long end = Math.min(count, (i + 1) * CHUNK);
            for (long from = i * CHUNK; from < end; ) {
                long until = Math.min(end, (from / row + 1) * row);
                if (rows[(int) (from / row)]) {
                    range(parameter.dtype(), memory, from, (int) (until - from), step);
                }
                from = until;
            }
        };
        Cores.forEach(Math.ceilDiv(count, CHUNK), chunk);
    }

    private static void range(Dtype dtype, MemorySegment[] memory, long from, int count, Step step) {
        if (dtype == Dtype.F32) {
            float[][] numbers = new float[memory.length][count];
            for (int i = 0; i < memory.length; i++) {
                MemorySegment.copy(memory[i], ValueLayout.JAVA_FLOAT, from * Float.BYTES, numbers[i], 0, count);
            }
            move(numbers[0], numbers[1], numbers[2], numbers[3], step);
            for (int i : new int[] {0, 2, 3}) {
                MemorySegment.copy(numbers[i], 0, memory[i], ValueLayout.JAVA_FLOAT, from * Float.BYTES, count);
            }
        } else {
            double[][] numbers = new double[memory.length][count];
            for (int i = 0; i < memory.length; i++) {
                MemorySegment.copy(memory[i], ValueLayout.JAVA_DOUBLE, from * Double.BYTES, numbers[i], 0, count);
            }
            move(numbers[0], numbers[1], numbers[2], numbers[3], step);
            for (int i : new int[] {0, 2, 3}) {
                MemorySegment.copy(numbers[i], 0, memory[i], ValueLayout.JAVA_DOUBLE, from * Double.BYTES, count);
            }
        }
    }

    private static void move(float[] value, float[] gradient, float[] mean, float[] square, Step step) {
        float scale = (float) step.scale;
        float toMean = (float) (1 - step.settings.beta1);
        float keep = (float) step.settings.beta2;
        float toSquare = (float) (1 - step.settings.beta2);
        float rate = (float) step.rate;
        float root = (float) step.root;
        float epsilon = (float) step.settings.epsilon;
        for (int i = 0; i < value.length; i++) {
            float g = gradient[i] * scale;
            mean[i] += toMean * (g - mean[i]);
            square[i] = keep * square[i] + toSquare * g * g;
            value[i] -= rate * mean[i] / ((float) Math.sqrt(square[i]) / root + epsilon);
        }
    }

    private static void move(double[] value, double[] gradient, double[] mean, double[] square, Step step) {
        Settings settings = step.settings;
        for (int i = 0; i < value.length; i++) {
            double g = gradient[i] * step.scale;
            mean[i] += (1 - settings.beta1) * (g - mean[i]);
            square[i] = settings.beta2 * square[i] + (1 - settings.beta2) * g * g;
            value[i] -= step.rate * mean[i] / (Math.sqrt(square[i]) / step.root + settings.epsilon);
        }
    }

    /// The running means, by name: what must be kept beside the parameters and [#steps] to go on exactly.
    public Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        moments.forEach((name, moment) -> {
            state.put(name + ".mean", moment.mean);
            state.put(name + ".square", moment.square);
        });
        return state;
    }

    /// Goes on from a state.
    ///
    /// @param state by the names of [#state]
    public void restore(Map<String, Tensor> state, long steps) {
        state().forEach((name, tensor) -> {
            Tensor kept = state.get(name);
            if (kept == null || !kept.shape().equals(tensor.shape())) {
                throw new IllegalArgumentException("the optimiser's " + name + " is "
                        + (kept == null ? "missing" : kept.shape()) + "; expected " + tensor.shape());
            }
            tensor.assign(kept);
        });
        this.steps = steps;
    }

    /// Forgets the means of some indices of the first axis, as when what stood there was replaced.
    public void forget(String name, Tensor indices) {
        Moments moment = moments.get(name);
        if (moment == null) {
            throw new IllegalArgumentException("there is no " + name + " among " + parameters.keySet());
        }
        for (Tensor means : new Tensor[] {moment.mean, moment.square}) {
            try (Scope _ = Scope.open()) {
                long[] dims = means.shape().dims();
                dims[0] = indices.dim(0);
                means.assign(means.replaceRows(0, indices, Tensor.full(0, means.dtype(), dims)));
            }
        }
    }

    @Override
    public void close() {
        moments.values().forEach(moment -> {
            moment.mean.close();
            moment.square.close();
        });
    }
}
