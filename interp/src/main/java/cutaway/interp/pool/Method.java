package cutaway.interp.pool;

import cutaway.tensor.BadInputException;

/// How pools are made and taken apart.
public sealed interface Method {

    /// Halves every pool with an effect, all pools of a level in one round. Nothing needs to be known: the
    /// first round has pools of every size, from which the rate of causes is estimated.
    record Halving() implements Method {}

    /// Hwang's generalised binary splitting (1972): pools of `2^floor(log2((n - d + 1) / d))` items, of
    /// which each with an effect gives up one cause by binary search. Needs fewest runs and most rounds.
    ///
    /// @param mostCauses d, how many causes there are at most; that there are more costs runs, and misses
    ///     none
    record BinarySplitting(int mostCauses) implements Method {
        public BinarySplitting {
            if (mostCauses < 1) {
                throw new BadInputException(
                        "binary splitting for at most " + mostCauses + " causes has nothing to find; give 1 or more.");
            }
        }
    }

    /// Dorfman's pools (1943): all of one size, the best for the rate, and each item of a pool with an
    /// effect alone. Needs fewest rounds.
    ///
    /// @param rate expected share of causes among the items
    record Dorfman(double rate) implements Method {
        public Dorfman {
            if (!(rate > 0 && rate < 1)) {
                throw new BadInputException("a rate of " + rate
                        + " causes an item is none to choose pools by; give a share between 0 and 1, such as 0.01.");
            }
        }
    }

    /// Dorfman's pools where the rate is not known: a first round of pools of every size estimates it.
    record TwoStageDorfman() implements Method {}
}
