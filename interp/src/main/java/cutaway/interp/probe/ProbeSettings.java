package cutaway.interp.probe;

import cutaway.tensor.BadInputException;

/// How a probe is made.
///
/// @param kind of the map
/// @param hidden neurons of an [Kind#MLP]
/// @param steps of AdamW
/// @param batch examples of a step, at most
/// @param rate learning rate, which falls to 0 in a line
/// @param weightDecay decoupled
/// @param seed of the first weights and of the batches
public record ProbeSettings(Kind kind, int hidden, int steps, int batch, double rate, double weightDecay, long seed) {

    /// The map from activations to logits.
    public enum Kind {
        /// `W x + b`, least squares against 1 for the class and 0 for the others, with a ridge of the weight decay.
        LINEAR,
        /// `W x + b`, cross-entropy.
        LOGISTIC,
        /// `V relu(W x + b) + c`, cross-entropy.
        MLP
    }

    public ProbeSettings {
        if (hidden < 1 || steps < 1 || batch < 1 || !(rate > 0) || !(weightDecay >= 0)) {
            throw new BadInputException("a probe of " + hidden + " neurons, " + steps + " steps of " + batch
                    + " examples, rate " + rate + " and weight decay " + weightDecay
                    + "; expected at least 1 of each, a rate above 0 and a decay of 0 or more.");
        }
    }

    public static ProbeSettings of(Kind kind, long seed) {
        return new ProbeSettings(kind, 128, 1000, 512, kind == Kind.MLP ? 1e-3 : 5e-3, 0.01, seed);
    }

    public ProbeSettings steps(int other) {
        return new ProbeSettings(kind, hidden, other, batch, rate, weightDecay, seed);
    }
}
