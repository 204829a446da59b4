package cutaway.interp.path;

import cutaway.model.parts.Block;
import cutaway.model.parts.Norm;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// What heads add to the residual stream when one of them alone gathers something else.
public final class HeadWrites {

    private HeadWrites() {}

    /// What a block adds to the residual stream with a change of its attention's output, less what it adds without. A
    /// norm behind attention (Gemma 2, OLMo 2) is computed anew for each change.
    ///
    /// @param z what all heads gathered without the change, `[pos, head, dHead]`
    /// @param change of the attention's output, before a norm of its own; `[..., pos, dModel]`
    /// @return as the change
    public static Tensor added(Block block, Tensor z, Tensor change) {
        if (!(block instanceof Block.Sequential sequential)) {
            return change;
        }
        @Nullable Norm after = sequential.norm1Post();
        if (after == null) {
            return change.times(sequential.branchScale());
        }
        Tensor before = sequential.attention().out().forward(z.reshape(z.dim(0), -1)); // [pos, dModel]
        return Norm.of(after, before.plus(change)).minus(Norm.of(after, before)).times(sequential.branchScale());
    }
}
