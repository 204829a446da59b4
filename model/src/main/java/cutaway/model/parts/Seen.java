package cutaway.model.parts;

import cutaway.model.parts.Past.KeysValues;
import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The keys and values that the rows of a pass look at.
///
/// @param shared those of the first positions, where all rows have the same, `[1, kvHead, kPos, dHead]`; null where
///     each row has its own
/// @param own those behind them, `[row, kvHead, kPos, dHead]`
record Seen(@Nullable KeysValues shared, KeysValues own) {

    /// The products of queries and keys, `[row, kvHead, query, kPos]`.
    ///
    /// @param queries `[row, kvHead, query, dHead]`
    Tensor products(Tensor queries) {
        Tensor behind = queries.matmul(own.keys().transpose(-2, -1));
        return shared == null
                ? behind
                : Tensor.cat(List.of(together(queries, shared.keys().transpose(-2, -1)), behind), 3);
    }

    /// The values weighted by a pattern, `[row, kvHead, query, dHead]`.
    ///
    /// @param pattern `[row, kvHead, query, kPos]`
    Tensor sums(Tensor pattern) {
        if (shared == null) {
            return pattern.matmul(own.values());
        }
        long first = shared.values().dim(2);
        Tensor behind = pattern.slice(3, first, pattern.dim(3)).matmul(own.values());
        return together(pattern.slice(3, 0, first), shared.values()).plus(behind);
    }

    /// One product for all rows, where one for each would copy the matrix for each.
    ///
    /// @param rows `[row, kvHead, query, n]`
    /// @param matrix `[1, kvHead, n, m]`
    /// @return `[row, kvHead, query, m]`
    private static Tensor together(Tensor rows, Tensor matrix) {
        return rows.transpose(0, 1)
                .reshape(rows.dim(1), rows.dim(0) * rows.dim(2), rows.dim(3))
                .matmul(matrix.squeeze(0))
                .reshape(rows.dim(1), rows.dim(0), rows.dim(2), matrix.dim(3))
                .transpose(0, 1);
    }
}
