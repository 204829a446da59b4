package cutaway.model.parts;

import cutaway.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a forward pass knows about its positions: rotary angles, what a query must not look at, and what came before.
///
/// Made once a pass, outside of the blocks, whose temporary tensors go away one block after another.
public final class Pass {

    private final Past past;
    private final Map<Rotary, Rotary.Angles> angles = new HashMap<>();
    private final Map<Integer, Tensor> blocked = new HashMap<>(); // by window; 0 for none

    /// @param positions `[batch or 1, pos]` int64
    /// @param blocked true where a query must not look at a key, `[batch or 1, 1, qPos, kPos]`; null when it
    ///     may look
    ///     at all
    Pass(Iterable<Block> blocks, Tensor positions, @Nullable Tensor blocked, Past past) {
        this.past = past;
        if (blocked != null) {
            this.blocked.put(0, blocked);
        }
        for (Block block : blocks) {
            Rotary rotary = block.attention().rotary();
            if (rotary != null) {
                angles.computeIfAbsent(rotary, turn -> turn.at(positions));
            }
            int window = block.attention().scores().window();
            if (window > 0 && window < past.length() + positions.dim(1)) {
                this.blocked.computeIfAbsent(window, width -> windowed(positions.dim(1), width));
            }
        }
    }

    /// What is blocked, and what lies a window or more behind. Positions of a prompt stand side by side, padded or
    /// not, so that indices are as far apart as positions.
    private Tensor windowed(long length, int window) {
        Tensor queries = Tensor.range(past.length(), past.length() + length).reshape(1, 1, -1, 1);
        Tensor keys = Tensor.range(0, past.length() + length).reshape(1, 1, 1, -1);
        Tensor far = queries.minus(keys).greater(window - 1.0); // [1, 1, qPos, kPos]
        Tensor before = blocked.get(0);
        return before == null ? far : far.or(before);
    }

    Past past() {
        return past;
    }

    Rotary.Angles angles(Rotary rotary) {
        Rotary.Angles found = angles.get(rotary);
        if (found == null) {
            throw new IllegalArgumentException("the pass was made for another model: it has no angles of " + rotary);
        }
        return found;
    }

    /// Scores `[batch, head, qPos, kPos]` with -inf where a query must not look.
    ///
    /// @param window how many positions a query sees; 0 for all
    Tensor masked(Tensor scores, int window) {
        Tensor hidden = blocked.getOrDefault(window, blocked.get(0));
        return hidden == null ? scores : scores.maskedFill(hidden, Double.NEGATIVE_INFINITY);
    }
}
