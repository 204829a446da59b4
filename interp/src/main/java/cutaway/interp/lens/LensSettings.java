package cutaway.interp.lens;

import cutaway.tensor.BadInputException;

/// How a tuned lens is trained.
///
/// @param steps of Adam
/// @param tokens of a step, at least; texts are taken whole
/// @param rate learning rate for a model of width 1: it is divided by the width, and falls to 0 in a line
/// @param seed of the order of texts
public record LensSettings(int steps, int tokens, double rate, long seed) {

    public static final LensSettings USUAL = new LensSettings(250, 256, 0.1, 0);

    public LensSettings {
        if (steps < 1 || tokens < 1 || !(rate > 0) || !Double.isFinite(rate)) {
            throw new BadInputException("a lens that is trained in " + steps + " steps of " + tokens
                    + " tokens at the rate " + rate + "; expected at least 1 of each, and a rate above 0.");
        }
    }
}
