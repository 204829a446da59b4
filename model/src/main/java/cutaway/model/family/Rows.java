package cutaway.model.family;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Which rows of a stored matrix make up a part, and in which order.
///
/// @param stored rows of the matrix in the file
/// @param order the chosen rows, or null for all as they stand
record Rows(long stored, int @Nullable [] order) {

    /// All, as they stand.
    static Rows all(long stored) {
        return new Rows(stored, null);
    }

    /// A stretch, where a file stores several parts one after another.
    static Rows range(long stored, long from, long to) {
        return new Rows(stored, IntStream.range((int) from, (int) to).toArray());
    }

    /// Of heads whose rows stand as interleaved pairs (2i, 2i + 1), as llama.cpp stores Llama's queries and keys: the
    /// halves (i, i + dHead / 2) that [cutaway.model.parts.Rotary] turns.
    static Rows halves(int heads, int dHead) {
        int half = dHead / 2;
        return new Rows(
                (long) heads * dHead,
                IntStream.range(0, heads * dHead)
                        .map(row -> {
                            int inHead = row % dHead;
                            return row - inHead + 2 * (inHead % half) + inHead / half;
                        })
                        .toArray());
    }

    /// One of several parts that stand side by side within each head, as GPT-NeoX stores queries, keys and values.
    static Rows ofEachHead(int heads, int dHead, int part, int parts) {
        return new Rows(
                (long) heads * parts * dHead,
                IntStream.range(0, heads * dHead)
                        .map(row -> row / dHead * parts * dHead + part * dHead + row % dHead)
                        .toArray());
    }

    long count() {
        return order == null ? stored : order.length;
    }
}
