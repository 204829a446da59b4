package cutaway.model.parts;

import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What a forward pass knows about its positions, the same in every layer.
///
/// @param angles rotary angles of the positions, or null in a model without rotary embedding
/// @param blocked true where a query must not look at a key, `[batch or 1, 1, qPos, kPos]`; null when it may look
///     at all
/// @param past keys and values of the positions before
public record Pass(Rotary.@Nullable Angles angles, @Nullable Tensor blocked, Past past) {

    /// Scores `[batch, head, qPos, kPos]` with -inf where a query must not look.
    Tensor masked(Tensor scores) {
        return blocked == null ? scores : scores.maskedFill(blocked, Double.NEGATIVE_INFINITY);
    }
}
