package cutaway.features.train;

import cutaway.tensor.BadInputException;
import cutaway.tensor.training.LearningRate;

/// How fast parameters move, and how much sparsity counts, over a run.
///
/// @param steps of the whole run
/// @param rate the learning rate between warm-up and decay
/// @param warmUp steps over which it rises, in a straight line from 0
/// @param decay last steps over which it falls, in a straight line to 0
/// @param sparsityWarmUp steps over which the sparsity terms rise from 0 to their full weight
public record Schedule(long steps, double rate, long warmUp, long decay, long sparsityWarmUp) {

    public Schedule {
        if (steps < 1 || !(rate > 0) || warmUp < 0 || decay < 0 || sparsityWarmUp < 0 || warmUp + decay > steps) {
            throw new BadInputException("a run of " + steps + " steps at the rate " + rate + " with " + warmUp
                    + " steps of warm-up, " + decay + " of decay and " + sparsityWarmUp
                    + " of sparsity warm-up; expected a rate above 0, and warm-up and decay within the steps.");
        }
    }

    /// The learning rate of a step, from 0.
    public double rateAt(long step) {
        return new LearningRate(rate, warmUp, decay, LearningRate.Shape.LINEAR).at(step, steps);
    }

    /// The factor of the sparsity terms at a step, from 0 to 1.
    public double sparsityAt(long step) {
        return sparsityWarmUp == 0 ? 1 : Math.min(1, (double) step / sparsityWarmUp);
    }
}
