package cutaway.interp.statistics;

import java.util.Random;

/// Seeded draws of a normal distribution, from another generator than the statistics use.
final class Normal {

    private final Random random;

    Normal(long seed) {
        this.random = new Random(seed);
    }

    double[] values(int count, double mean) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = mean + random.nextGaussian();
        }
        return values;
    }

    /// `[question, prompt]`, with something in common between the questions, as between the heads of one model.
    double[][] correlated(int questions, int prompts) {
        double[] common = values(prompts, 0);
        double[][] effects = new double[questions][];
        for (int question = 0; question < questions; question++) {
            effects[question] = values(prompts, 0);
            for (int prompt = 0; prompt < prompts; prompt++) {
                effects[question][prompt] = (effects[question][prompt] + common[prompt]) * (1 + question);
            }
        }
        return effects;
    }
}
