package cutaway.features.coder;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Objects;

/// Lets an autoencoder begin at directions of one's own, such as centroids of the data: where a dictionary begins
/// says much of where it ends, so that two kinds are to be compared from one start.
public final class DecoderStart {

    private DecoderStart() {}

    /// Before the first step: decoder rows point as the given ones do, with the norms that they had, and the encoder
    /// is the decoder transposed.
    ///
    /// @param directions `[latent, d]`
    /// @throws BadInputException for a coder that has no decoder of its own to set, or another shape
    public static void set(Coder coder, Tensor directions) {
        if (!(coder.settings().wiring() instanceof Wiring.Autoencoder(boolean _, boolean tied, boolean _)) || tied) {
            throw new BadInputException(
                    "directions to begin at are for an autoencoder whose encoder is not tied; this one is "
                            + coder.settings().wiring() + ".");
        }
        Tensor decoder = Objects.requireNonNull(coder.parameters().get(Maps.DECODER));
        if (!decoder.shape().equals(directions.shape())) {
            throw new BadInputException("directions of the shape " + directions.shape() + " to begin at; expected "
                    + decoder.shape() + ".");
        }
        try (Scope _ = Scope.open()) {
            Tensor given = directions.to(decoder.dtype());
            Tensor rows = given.times(
                    decoder.norms(1).over(given.norms(1).plus(1e-12)).unsqueeze(1));
            decoder.assign(rows);
            Objects.requireNonNull(coder.parameters().get(Maps.ENCODER)).assign(rows);
        }
    }
}
