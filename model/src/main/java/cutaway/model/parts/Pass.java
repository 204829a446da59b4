package cutaway.model.parts;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What a forward pass knows about its positions: rotary angles, what a query must not look at, and what came before.
///
/// Rows of the same length are a batch, `[batch, pos, …]`. Rows of several lengths are packed one behind another,
/// `[1, rows * pos, …]`, so that the weights meet them all in one product: only attention, and no other part of the
/// model, looks from one position to another, and it takes them row by row.
///
/// Made once a pass, outside of the blocks, whose temporary tensors go away one block after another.
public final class Pass {

    private final List<Stretch> stretches;
    private final Map<Rotary, Rotary.Angles> angles = new HashMap<>();

    /// Rows that hold the same positions and have the same behind them.
    ///
    /// @param rows how many
    /// @param first their first position
    /// @param length positions of each
    /// @param past keys and values of the positions before the first
    public record Rows(int rows, int first, int length, Past past) {}

    /// Rows as attention meets them.
    ///
    /// @param from where the first of them begins among packed positions
    /// @param blocked by window, 0 for none: true where a query must not look at a key, `[batch or 1, 1, qPos,
    ///     kPos]`
    record Stretch(long from, long rows, long length, Past past, Map<Integer, Tensor> blocked) {

        /// Scores `[batch, head, qPos, kPos]` with -inf where a query must not look.
        ///
        /// @param window how many positions a query sees; 0 for all
        Tensor masked(Tensor scores, int window) {
            Tensor hidden = blocked.getOrDefault(window, blocked.get(0));
            return hidden == null ? scores : scores.maskedFill(hidden, Double.NEGATIVE_INFINITY);
        }

        /// Its rows of what is packed: `[1, all, head, dHead]` to `[batch, pos, head, dHead]`.
        private Tensor of(Tensor packed) {
            return packed.slice(1, from, from + rows * length).reshape(rows, length, packed.dim(2), packed.dim(3));
        }

        /// What is blocked, and what lies a window or more behind. Positions of a prompt stand side by side, padded or
        /// not, so that indices are as far apart as positions.
        private void addWindow(int window) {
            if (window > 0 && window < past.length() + length) {
                blocked.computeIfAbsent(window, width -> {
                    Tensor far = lag(past.length(), length).greater(width - 1.0); // [1, 1, qPos, kPos]
                    Tensor before = blocked.get(0);
                    return before == null ? far : far.or(before);
                });
            }
        }
    }

    /// What attention does with the rows of a stretch.
    interface Gathering {
        /// @param queries `[batch, pos, head, dHead]`
        /// @param keys `[batch, pos, kvHead, dHead]`, as values
        /// @return `[batch, pos, head, dHead]`
        Tensor of(Tensor queries, Tensor keys, Tensor values, Stretch stretch);
    }

    private Pass(Iterable<Block> blocks, Tensor positions, List<Stretch> stretches) {
        this.stretches = stretches;
        for (Block block : blocks) {
            Rotary rotary = block.attention().rotary();
            if (rotary != null) {
                angles.computeIfAbsent(rotary, turn -> turn.at(positions));
            }
            stretches.forEach(
                    stretch -> stretch.addWindow(block.attention().scores().window()));
        }
    }

    /// @param positions `[batch or 1, pos]` int64
    /// @param blocked true where a query must not look at a key, `[batch or 1, 1, qPos, kPos]`; null when it may
    ///     look at all
    static Pass of(Iterable<Block> blocks, Tensor positions, @Nullable Tensor blocked, Past past) {
        return new Pass(
                blocks, positions, List.of(new Stretch(0, 1, positions.dim(1), past, new HashMap<>(hidden(blocked)))));
    }

    /// @param causal whether later positions are hidden
    static Pass packed(Iterable<Block> blocks, List<Rows> rows, boolean causal) {
        List<Stretch> stretches = new ArrayList<>();
        LongStream.Builder positions = LongStream.builder();
        long from = 0;
        for (Rows some : rows) {
            @Nullable Tensor later = causal ? lag(some.first, some.length).less(Tensor.scalar(0)) : null;
            stretches.add(new Stretch(from, some.rows, some.length, some.past, new HashMap<>(hidden(later))));
            from += (long) some.rows * some.length;
            int said = rows.size() == 1 ? 1 : some.rows; // rows of a batch share their positions
            for (int row = 0; row < said; row++) {
                LongStream.range(some.first, (long) some.first + some.length).forEach(positions);
            }
        }
        long[] all = positions.build().toArray();
        return new Pass(blocks, Tensor.of(all, 1, all.length), stretches);
    }

    private static Map<Integer, Tensor> hidden(@Nullable Tensor blocked) {
        return blocked == null ? Map.of() : Map.of(0, blocked);
    }

    /// How far each key lies behind each query, `[1, 1, qPos, kPos]`.
    private static Tensor lag(long first, long length) {
        Tensor queries = Tensor.range(first, first + length).reshape(1, 1, -1, 1);
        Tensor keys = Tensor.range(0, first + length).reshape(1, 1, 1, -1);
        return queries.minus(keys);
    }

    Rotary.Angles angles(Rotary rotary) {
        Rotary.Angles found = angles.get(rotary);
        if (found == null) {
            throw new IllegalArgumentException("the pass was made for another model: it has no angles of " + rotary);
        }
        return found;
    }

    /// Lets the rows attend, those of each stretch together.
    Tensor gather(Tensor queries, Tensor keys, Tensor values, Gathering gathering) {
        if (stretches.size() == 1) {
            return gathering.of(queries, keys, values, stretches.getFirst());
        }
        List<Tensor> gathered = new ArrayList<>();
        for (Stretch stretch : stretches) {
            gathered.add(Scope.keep(() -> gathering
                    .of(stretch.of(queries), stretch.of(keys), stretch.of(values), stretch)
                    .reshape(1, stretch.rows * stretch.length, queries.dim(2), queries.dim(3))));
        }
        return Tensor.cat(gathered, 1); // [1, rows * pos, head, dHead]
    }
}
