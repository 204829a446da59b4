package cutaway.model.generation;

import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Draws tokens from logits; each draw moves its random numbers on.
final class Sampler {

    private final Sampling sampling;
    private final Random random;

    Sampler(Sampling sampling) {
        this.sampling = sampling;
        this.random = new Random(sampling.seed());
    }

    /// @param logits `[vocab]`
    /// @throws IllegalStateException when none of them is a number
    int next(Tensor logits) {
        if (sampling.temperature() == 0) {
            return (int) logits.argmax(-1).item();
        }
        double[] probabilities = probabilities(logits.toDoubles(), sampling.temperature());
        int[] kept = nucleus(probabilities, sampling.topP());
        double total = Arrays.stream(kept).mapToDouble(id -> probabilities[id]).sum();
        double draw = random.generator().nextDouble() * total;
        for (int id : kept) {
            draw -= probabilities[id];
            if (draw < 0) {
                return id;
            }
        }
        return kept[kept.length - 1]; // rounding left a rest
    }

    /// `softmax(logits / temperature)`.
    static double[] probabilities(double[] logits, double temperature) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            largest = Math.max(largest, logit); // NaN stays NaN
        }
        double[] probabilities = new double[logits.length];
        double total = 0;
        for (int id = 0; id < logits.length; id++) {
            probabilities[id] = Math.exp((logits[id] - largest) / temperature);
            total += probabilities[id];
        }
        if (!(total > 0)) {
            throw new IllegalStateException("the logits are not numbers; an edit may have made them infinite");
        }
        for (int id = 0; id < logits.length; id++) {
            probabilities[id] /= total;
        }
        return probabilities;
    }

    /// The fewest most likely ids whose probabilities reach `topP`, most likely first; of equals, the smaller id.
    static int[] nucleus(double[] probabilities, double topP) {
        if (topP == 1) {
            return IntStream.range(0, probabilities.length).toArray();
        }
        // Ids rarer than this have less than 1 - topP together, so the others reach topP without them.
        double rare = (1 - topP) / probabilities.length;
        int[] likely = IntStream.range(0, probabilities.length)
                .filter(id -> probabilities[id] >= rare)
                .boxed()
                .sorted((a, b) -> Double.compare(probabilities[b], probabilities[a]))
                .mapToInt(Integer::intValue)
                .toArray();
        double sum = 0;
        for (int count = 0; count < likely.length; count++) {
            sum += probabilities[likely[count]];
            if (sum >= topP) {
                return Arrays.copyOf(likely, count + 1);
            }
        }
        return likely;
    }
}
