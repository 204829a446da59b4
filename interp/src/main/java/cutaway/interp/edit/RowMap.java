package cutaway.interp.edit;

import cutaway.tensor.Tensor;

/// What [Edit.Apply] makes of what stands at a position, from that alone.
///
/// Maps that are equal do the same: positions and variants that ask for one are mapped together.
@FunctionalInterface
public interface RowMap {

    /// @param rows `[n, width]`, in the type that the model computes in; in gradients, tracked
    /// @return `[n, width]`, row by row, in the same type; in gradients, tracked as far as it depends on them
    Tensor of(Tensor rows);
}
