package cutaway.interp.circuit;

import cutaway.tensor.BadInputException;

/// How a circuit over a set of prompts is looked for and tested.
///
/// @param threshold mean faithfulness that is enough, of 1
/// @param ranking which nodes a search takes first
/// @param randomCircuits how many the circuit is compared with; p cannot be below 1 / (that + 1)
/// @param subsets random subsets of the circuit that completeness is tested with
/// @param bar a node is shown to be needed when faithfulness changes by more without it; the original paper has 0.01
/// @param leastRange nats: a pair whose margin falls by less from prompt to contrast is left out
/// @param seed of every random draw
public record Settings(
        double threshold, Ranking ranking, int randomCircuits, int subsets, double bar, double leastRange, long seed) {

    public static final double THRESHOLD = 0.8;

    public Settings {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new BadInputException(
                    "the threshold of a circuit is %s; give the faithfulness that is enough, above 0 and up to 1, such as 0.8."
                            .formatted(threshold));
        }
        if (randomCircuits < 19) {
            throw new BadInputException("%d random circuits allow no p below %.2f; give at least 19, better 99."
                    .formatted(randomCircuits, 1.0 / (Math.max(randomCircuits, 0) + 1)));
        }
        if (subsets < 1) {
            throw new BadInputException("%d random subsets test nothing; give at least 1.".formatted(subsets));
        }
        if (!(bar >= 0 && leastRange > 0)) {
            throw new BadInputException(
                    "the bar is %s and the least range %s nats; give a bar from 0 on and a range above 0."
                            .formatted(bar, leastRange));
        }
    }

    /// 0.8 by attribution, 99 random circuits, 10 subsets, a bar of 0.01, pairs of at least 0.5 nats.
    public static Settings seeded(long seed) {
        return new Settings(THRESHOLD, Ranking.ATTRIBUTION, 99, 10, 0.01, 0.5, seed);
    }

    public Settings withThreshold(double other) {
        return new Settings(other, ranking, randomCircuits, subsets, bar, leastRange, seed);
    }

    public Settings rankedBy(Ranking other) {
        return new Settings(threshold, other, randomCircuits, subsets, bar, leastRange, seed);
    }

    public Settings withRandomCircuits(int other) {
        return new Settings(threshold, ranking, other, subsets, bar, leastRange, seed);
    }
}
