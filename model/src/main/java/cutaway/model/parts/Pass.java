package cutaway.model.parts;

import cutaway.model.parts.Past.KeysValues;
import cutaway.tensor.Dtype;
import cutaway.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What a forward pass knows about its positions: rotary angles, what a query must not look at, and what came before.
///
/// Made once a pass, outside of the blocks, whose temporary tensors go away one block after another.
public final class Pass {

    private final Past past;
    private final @Nullable Packing packing;
    private final boolean toLast;
    private final Map<Rotary, Rotary.Angles> angles;
    private final Map<Integer, Tensor> hiding; // by window, 0 for none: added to scores

    /// As many first positions as make it worth their while to be looked at by all rows in one product, and not to be
    /// copied for each.
    private static final int WORTH_SHARING = 32;

    /// How attention, the only part that looks from one position to another, takes packed rows apart: as rows of one
    /// length, each from the first position of any of them to the prompt's end.
    ///
    /// @param run the run that the rows differ from; a row has its keys and values before its own first position
    /// @param queryLength positions of a row
    /// @param shared first positions whose keys and values are the run's in all rows
    /// @param keys where each row's keys stand among those of the run behind the shared ones, with the packed ones
    ///     behind them, `[row * kPos]`
    /// @param queries where each row's queries stand among the packed ones, `[row * qPos]`; of positions that it
    ///     does not compute, some other one
    /// @param places of the packed positions among those of the rows, `[packed]`
    /// @param lasts of each row's last position among the packed ones, `[row]`
    private record Packing(
            Past.Cache run,
            int rows,
            int queryLength,
            int shared,
            Tensor keys,
            Tensor queries,
            Tensor places,
            Tensor lasts) {

        static Packing of(int[] first, int length, Past.Cache run) {
            int from = IntStream.of(first).min().orElse(0);
            int shared = from < WORTH_SHARING ? 0 : from;
            int queryLength = length - from;
            int keyLength = length - shared;
            long[] keys = new long[first.length * keyLength];
            long[] queries = new long[first.length * queryLength];
            long[] places =
                    new long[IntStream.of(first).map(start -> length - start).sum()];
            long[] lasts = new long[first.length];
            int packed = 0;
            for (int row = 0; row < first.length; row++) {
                for (int pos = shared; pos < length; pos++) {
                    int key = row * keyLength + pos - shared;
                    if (pos < first[row]) {
                        keys[key] = (long) pos - shared;
                        continue;
                    }
                    int query = row * queryLength + pos - from;
                    keys[key] = (long) keyLength + packed;
                    queries[query] = packed;
                    places[packed++] = query;
                }
                lasts[row] = packed - 1L;
            }
            return new Packing(
                    run,
                    first.length,
                    queryLength,
                    shared,
                    Tensor.of(keys, keys.length),
                    Tensor.of(queries, queries.length),
                    Tensor.of(places, places.length),
                    Tensor.of(lasts, lasts.length));
        }

        /// Whether all rows begin at the same position, so that they are the rows of a batch.
        private boolean isAlike() {
            return places.dim(0) == (long) rows * queryLength;
        }

        /// What the last position of each row has, `[row, 1, …]`.
        ///
        /// @param packed `[1, packed, …]`, or `[row or 1, pos, …]` of rows that are alike
        Tensor lastOf(Tensor packed) {
            return isAlike()
                    ? lastOfRows(packed)
                    : packed.squeeze(0).gatherRows(0, lasts).unsqueeze(1);
        }

        /// `[1, packed, head, dHead]` to rows, `[row, pos, head, dHead]`.
        Tensor queriesOf(Tensor packed) {
            return packed.reshape(-1, packed.dim(2), packed.dim(3))
                    .gatherRows(0, queries)
                    .reshape(rows, queryLength, packed.dim(2), packed.dim(3));
        }

        /// What the rows look at.
        ///
        /// @param ownKeys `[1, packed, kvHead, dHead]`, as values
        Seen seen(int layer, Tensor ownKeys, Tensor ownValues) {
            KeysValues all = run.all(layer);
            KeysValues behind = new KeysValues(behind(all.keys(), ownKeys), behind(all.values(), ownValues));
            return shared == 0
                    ? new Seen(null, behind)
                    : new Seen(
                            new KeysValues(
                                    all.keys().slice(2, 0, shared), all.values().slice(2, 0, shared)),
                            behind);
        }

        /// Keys or values behind the shared ones, `[row, kvHead, pos, dHead]`.
        ///
        /// @param before of the run, `[1, kvHead, pos, dHead]`
        /// @param packed `[1, packed, kvHead, dHead]`
        private Tensor behind(Tensor before, Tensor packed) {
            Tensor ofRun = before.squeeze(0).transpose(0, 1); // [pos, kvHead, dHead]
            Tensor own = packed.reshape(-1, packed.dim(2), packed.dim(3));
            return Tensor.cat(List.of(ofRun.slice(0, shared, ofRun.dim(0)), own), 0)
                    .gatherRows(0, keys)
                    .reshape(rows, -1, packed.dim(2), packed.dim(3))
                    .transpose(1, 2);
        }

        /// The inverse of [#queriesOf], in the shape of the packed values.
        Tensor packed(Tensor rows, Tensor like) {
            return rows.reshape(-1, rows.dim(2), rows.dim(3))
                    .gatherRows(0, places)
                    .reshape(like.shape().dims());
        }
    }

    private Pass(
            Iterable<Block> blocks,
            Tensor positions,
            @Nullable Tensor blocked,
            Past past,
            long before,
            long length,
            Dtype dtype,
            @Nullable Packing packing) {
        this.past = past;
        this.packing = packing;
        this.toLast = false;
        this.angles = new HashMap<>();
        this.hiding = new HashMap<>();
        if (blocked != null) {
            hiding.put(0, hiding(blocked, dtype));
        }
        for (Block block : blocks) {
            Rotary rotary = block.attention().rotary();
            if (rotary != null) {
                angles.computeIfAbsent(rotary, turn -> turn.at(positions, dtype));
            }
            int window = block.attention().scores().window();
            if (window > 0 && window < before + length) {
                hiding.computeIfAbsent(window, width -> hiding(windowed(blocked, before, length, width), dtype));
            }
        }
    }

    private Pass(Pass whole) {
        this.past = whole.past;
        this.packing = whole.packing;
        this.toLast = true;
        this.angles = whole.angles;
        this.hiding = whole.hiding;
    }

    /// @param positions `[batch or 1, pos]` int64
    /// @param blocked true where a query must not look at a key, `[batch or 1, 1, qPos, kPos]`; null when it may
    ///     look at all
    /// @param dtype of the queries and keys
    static Pass of(Iterable<Block> blocks, Tensor positions, @Nullable Tensor blocked, Past past, Dtype dtype) {
        return new Pass(blocks, positions, blocked, past, past.length(), positions.dim(1), dtype, null);
    }

    /// Variants of one run, each from some position to the prompt's end, packed one behind another so that the weights
    /// meet them all in one product.
    ///
    /// @param positions of the packed values, `[batch or 1, pos]` int64
    /// @param first the first position of each row
    /// @param length positions of the whole prompt
    /// @param dtype of the queries and keys
    /// @param causal whether later positions are hidden
    static Pass packed(
            Iterable<Block> blocks,
            Tensor positions,
            int[] first,
            int length,
            Past.Cache run,
            Dtype dtype,
            boolean causal) {
        Packing packing = Packing.of(first, length, run);
        int queries = packing.queryLength;
        @Nullable Tensor later = causal ? lag(length - queries, queries).less(Tensor.scalar(0)) : null;
        return new Pass(blocks, positions, later, Past.NONE, length - queries, queries, dtype, packing);
    }

    /// True where a key comes after a query, `[1, 1, qPos, kPos]`.
    public static Tensor later(long length) {
        return lag(0, length).less(Tensor.scalar(0));
    }

    /// What is blocked, and what lies a window or more behind. Positions of a prompt stand side by side, padded or
    /// not, so that indices are as far apart as positions.
    private static Tensor windowed(@Nullable Tensor blocked, long before, long length, int window) {
        Tensor far = lag(before, length).greater(window - 1.0); // [1, 1, qPos, kPos]
        return blocked == null ? far : far.or(blocked);
    }

    /// -inf where it is true, 0 elsewhere: to add it takes a fifth of the time that filling takes.
    private static Tensor hiding(Tensor blocked, Dtype dtype) {
        return Tensor.where(blocked, Tensor.full(Double.NEGATIVE_INFINITY, dtype), Tensor.full(0, dtype));
    }

    /// How far each key lies behind each query, `[1, 1, qPos, kPos]`.
    private static Tensor lag(long first, long length) {
        Tensor queries = Tensor.range(first, first + length).reshape(1, 1, -1, 1);
        Tensor keys = Tensor.range(0, first + length).reshape(1, 1, 1, -1);
        return queries.minus(keys);
    }

    /// The same positions, of which a block needs to leave only the last of each row: the others have keys and values
    /// to be looked at, and nothing more.
    Pass toLast() {
        return new Pass(this);
    }

    /// The values of the positions that a block leaves: `[batch, pos, …]` as they are, or `[row, 1, …]`.
    Tensor left(Tensor x) {
        if (!toLast) {
            return x;
        }
        return packing == null ? lastOfRows(x) : packing.lastOf(x);
    }

    private static Tensor lastOfRows(Tensor x) {
        return x.slice(1, x.dim(1) - 1, x.dim(1));
    }

    /// Of the positions that a block leaves: only they have queries.
    Rotary.Angles queryAngles(Rotary rotary) {
        Rotary.Angles all = angles(rotary);
        return toLast ? new Rotary.Angles(left(all.cos()), left(all.sin())) : all;
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
        Tensor hidden = hidden(window);
        return hidden == null ? scores : scores.plus(hidden);
    }

    /// What is added to scores, `[batch or 1, 1, qPos, kPos]`: -inf where a query must not look. Null: nothing.
    @Nullable
    Tensor hidden(int window) {
        Tensor hidden = hiding.getOrDefault(window, hiding.get(0));
        return hidden == null || !toLast ? hidden : hidden.slice(2, hidden.dim(2) - 1, hidden.dim(2));
    }

    /// What each row attends to.
    interface Gathering {
        /// @param queries `[batch, pos, head, dHead]`
        /// @return `[batch, pos, head, dHead]`
        Tensor of(Tensor queries, Seen seen);
    }

    /// Lets each row attend to its own keys and values and to those that came before.
    ///
    /// @param queries `[batch, pos, head, dHead]`, of the positions that are [#left]
    /// @param keys `[batch, pos, kvHead, dHead]`, as values
    Tensor gather(int layer, Tensor queries, Tensor keys, Tensor values, Gathering gathering) {
        if (packing == null) {
            KeysValues all = past.join(layer, keys.transpose(1, 2), values.transpose(1, 2));
            return gathering.of(queries, new Seen(null, all));
        }
        Seen seen = packing.seen(layer, keys, values);
        return toLast
                ? gathering.of(queries, seen)
                : packing.packed(gathering.of(packing.queriesOf(queries), seen), queries);
    }
}
