package cutaway.studies.superpositioncompute;

import cutaway.lab.built.AndNetwork;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Training;
import cutaway.tensor.Adam;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.LearningRate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// What Adam makes of the same ANDs and the same compressed inputs in as many neurons:
///
///     logits = R ReLU(A y + b) + c          A n x n, R m' x n, both free
///
/// Its loss is the logistic one, summed over outputs. It learns on draws such as it is judged on.
final class TrainedAnds {

    private static final int BATCH = 256;
    private static final double RATE = 3e-3;

    /// The start of c: an output is rarely true.
    private static final double RARELY = -4;

    private TrainedAnds() {}

    private record Net(Map<String, Tensor> parameters) implements Objective {

        static Tensor logits(Map<String, Tensor> from, Tensor y) {
            return y.linear(the(from, "in"), the(from, "in bias"))
                    .relu()
                    .linear(the(from, "out"), the(from, "out bias"));
        }

        private static Tensor the(Map<String, Tensor> from, String name) {
            return Objects.requireNonNull(from.get(name), name);
        }

        @Override
        public int instances() {
            return 1;
        }

        /// @param batch y is 1 where an output is true, else -1
        @Override
        public Tensor losses(Map<String, Tensor> from, Batch batch) {
            return logits(from, batch.x())
                    .times(batch.y())
                    .logSigmoid()
                    .sum(1, false)
                    .mean()
                    .negate()
                    .reshape(1);
        }
    }

    /// The share of inputs for which any output is wrong, after training.
    ///
    /// @param network whose inputs and compression are used, and whose ANDs are learned; its layer is not
    /// @param progress is told the share of the steps that are made, every hundred of them
    static double error(AndNetwork network, int steps, int trials, long seed, DoubleConsumer progress) {
        Map<String, Tensor> weights = start(network, seed);
        RandomGenerator random = new Random(seed + 11).generator();
        LearningRate rate = new LearningRate(RATE, steps / 20, steps / 2, LearningRate.Shape.LINEAR);
        try (Training training =
                new Training(new Net(weights), new Adam(weights, Adam.Settings.USUAL), rate, steps, 1)) {
            for (int step = 0; step < steps; step++) {
                if (step % 100 == 0) {
                    progress.accept((double) step / steps);
                }
                try (Scope _ = Scope.open()) {
                    int[][] set = network.trials(BATCH, random);
                    training.step(new Batch(network.compressed(set), answers(network, set), null));
                }
            }
            return wrong(network, weights, network.trials(trials, new Random(seed + 7).generator()));
        } finally {
            weights.values().forEach(Tensor::close);
        }
    }

    private static Map<String, Tensor> start(AndNetwork network, long seed) {
        Random random = new Random(seed + 5);
        int neurons = network.neurons();
        double size = 1 / Math.sqrt(neurons);
        Map<String, Tensor> weights = new LinkedHashMap<>();
        try (Scope _ = Scope.open()) {
            weights.put("in", Scope.detach(random.normal(neurons, neurons).times(size)));
            weights.put("in bias", Scope.detach(Tensor.zeros(neurons)));
            weights.put(
                    "out", Scope.detach(random.normal(network.inputs(), neurons).times(size)));
            weights.put("out bias", Scope.detach(Tensor.full(RARELY, Dtype.F32, network.inputs())));
        }
        return weights;
    }

    private static Tensor answers(AndNetwork network, int[][] set) {
        float[] answers = new float[set.length * network.inputs()];
        for (int trial = 0; trial < set.length; trial++) {
            boolean[] truth = network.truth(set[trial]);
            for (int output = 0; output < truth.length; output++) {
                answers[trial * truth.length + output] = truth[output] ? 1 : -1;
            }
        }
        return Tensor.of(answers, set.length, network.inputs());
    }

    private static double wrong(AndNetwork network, Map<String, Tensor> weights, int[][] set) {
        float[] logits =
                Scope.free(() -> Net.logits(weights, network.compressed(set)).toFloats());
        int outputs = network.inputs();
        return (double) IntStream.range(0, set.length)
                        .filter(trial -> {
                            boolean[] truth = network.truth(set[trial]);
                            return IntStream.range(0, outputs)
                                    .anyMatch(output -> logits[trial * outputs + output] > 0 != truth[output]);
                        })
                        .count()
                / set.length;
    }
}
