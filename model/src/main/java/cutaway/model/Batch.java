package cutaway.model;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Prompts of token ids, padded to one length.
///
/// @param ids by row; padding holds id 0
/// @param padding how many positions of each row are padding
/// @param side where the padding stands
public record Batch(List<int[]> ids, List<Integer> padding, Side side) {

    /// Where the shorter prompts are filled up.
    public enum Side {
        LEFT,
        RIGHT
    }

    public Batch {
        ids = List.copyOf(ids);
        padding = List.copyOf(padding);
        if (ids.isEmpty() || ids.getFirst().length == 0) {
            throw new BadInputException("the prompt is empty; give at least one token.");
        }
    }

    /// One prompt.
    public static Batch of(int... ids) {
        return new Batch(List.of(ids), List.of(0), Side.RIGHT);
    }

    /// Prompts of any lengths.
    public static Batch of(List<int[]> prompts, Side side) {
        int longest = prompts.stream().mapToInt(prompt -> prompt.length).max().orElse(0);
        prompts.stream().filter(prompt -> prompt.length == 0).findAny().ifPresent(empty -> {
            throw new BadInputException("a prompt of the batch is empty; give at least one token for each.");
        });
        List<int[]> rows = prompts.stream()
                .map(prompt -> {
                    int[] row = new int[longest];
                    System.arraycopy(prompt, 0, row, side == Side.LEFT ? longest - prompt.length : 0, prompt.length);
                    return row;
                })
                .toList();
        return new Batch(
                rows, prompts.stream().map(prompt -> longest - prompt.length).toList(), side);
    }

    public int size() {
        return ids.size();
    }

    /// Positions of a row, padding included.
    public int length() {
        return ids.getFirst().length;
    }

    /// Whether a row holds a token of its prompt there, not padding.
    public boolean isReal(int row, int pos) {
        int pad = padding.get(row);
        return side == Side.LEFT ? pos >= pad : pos < length() - pad;
    }

    /// The place of a prompt's token in its padded row.
    public int place(int row, int promptPosition) {
        return side == Side.LEFT ? promptPosition + padding.get(row) : promptPosition;
    }

    /// Tokens of a prompt, padding left out.
    public int promptLength(int row) {
        return length() - padding.get(row);
    }

    /// Whether no row is padded.
    public boolean isAlike() {
        return !isPadded();
    }

    private boolean isPadded() {
        return padding.stream().anyMatch(pad -> pad > 0);
    }

    /// `[batch, pos]` int64.
    Tensor idTensor() {
        long[] all = ids.stream().flatMapToInt(Arrays::stream).asLongStream().toArray();
        return Tensor.of(all, size(), length());
    }

    /// Position of each token in its own prompt, from 0; 0 for padding. `[batch or 1, pos]` int64.
    Tensor positions() {
        if (!isPadded()) {
            return Scope.keep(() -> Tensor.range(0, length()).unsqueeze(0).alias());
        }
        long[] positions = new long[size() * length()];
        for (int row = 0; row < size(); row++) {
            for (int pos = 0; pos < length(); pos++) {
                int own = side == Side.LEFT ? pos - padding.get(row) : pos;
                positions[row * length() + pos] = isReal(row, pos) ? own : 0;
            }
        }
        return Tensor.of(positions, size(), length());
    }

    /// True where a query must not look at a key: padding and, in a causal model, later ones. A position always sees
    /// itself, so that a row of padding has a pattern too. `[batch or 1, 1, qPos, kPos]`; null when nothing is
    /// blocked.
    @Nullable
    Tensor blocked(boolean causal) {
        if (!causal && !isPadded()) {
            return null;
        }
        int rows = isPadded() ? size() : 1;
        int n = length();
        boolean[] blocked = new boolean[rows * n * n];
        for (int row = 0; row < rows; row++) {
            for (int q = 0; q < n; q++) {
                for (int k = 0; k < n; k++) {
                    blocked[(row * n + q) * n + k] = (causal && k > q) || (k != q && !isReal(row, k));
                }
            }
        }
        return Tensor.of(blocked, rows, 1, n, n);
    }

    /// As [#blocked] in a causal model, for one prompt that follows positions which all queries see; null when
    /// nothing is blocked.
    @Nullable
    Tensor blockedAfter(long past) {
        int n = length();
        Tensor among = n == 1 ? null : blocked(true);
        if (among == null) {
            return null;
        }
        return past == 0 ? among : Tensor.cat(List.of(Tensor.full(0, Dtype.BOOL, 1, 1, n, past), among), -1);
    }
}
