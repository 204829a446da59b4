package cutaway.interp.circuit;

import com.fasterxml.jackson.annotation.JsonValue;
import cutaway.interp.statistics.Interval;
import java.util.Locale;

/// What can be said of a circuit.
public enum Verdict {
    /// It is small, recovers enough on prompts that had no say in it, and random ones do not.
    FOUND,
    /// Too few pairs move as asked: from prompt to contrast their margin hardly falls, or it rises.
    NOT_AS_ASKED,
    /// The embeddings recover enough by themselves.
    NOTHING_NEEDED,
    /// No set of at most a quarter of the nodes recovers enough on the prompts that it was looked for on.
    NONE_SMALL,
    /// It recovers too little on other prompts.
    NOT_HELD_OUT,
    /// The other prompts are too few, or differ too much, to say.
    UNSURE,
    /// Random circuits of its make-up recover as much.
    NO_BETTER_THAN_CHANCE;

    /// Of p, that a circuit among random ones must not exceed.
    static final double LEVEL = 0.05;

    /// Its name in JSON.
    @JsonValue
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Of a small circuit that recovers enough on the selection's prompts: the interval on the others must reach the
    /// threshold, and must not reach half as far.
    ///
    /// @param mean faithfulness on the others
    /// @param draws groups of them
    /// @param p of the comparison with random circuits
    static Verdict of(Estimate mean, int draws, double p, double threshold) {
        double low = mean.interval().map(Interval::low).orElse(mean.value());
        double high = mean.interval().map(Interval::high).orElse(mean.value());
        if (high < threshold && draws > 1) {
            return NOT_HELD_OUT;
        }
        if (low < threshold / 2 || draws < 2) {
            return UNSURE;
        }
        return p > LEVEL ? NO_BETTER_THAN_CHANCE : FOUND;
    }
}
