package cutaway.features.pages;

import cutaway.features.store.Batch;
import cutaway.tensor.BadInputException;
import java.util.Arrays;

/// The tokens of a store in the order of the text, by row: 16 bytes each.
final class TokenRows {

    private static final int MOST = Integer.MAX_VALUE - 8;

    private final int size;
    private final int[] tokens;
    private final int[] positions;
    private final int[] documents;
    private final int[] contexts;

    /// @param vectors of the store
    /// @throws BadInputException when these are more than can be numbered
    TokenRows(long vectors, Iterable<Batch> sequences) {
        if (vectors > MOST) {
            throw new BadInputException(
                    "the store has " + vectors + " vectors; pages are made of " + MOST + " at most: harvest fewer.");
        }
        tokens = new int[(int) vectors];
        positions = new int[tokens.length];
        documents = new int[tokens.length];
        contexts = new int[tokens.length];
        int row = 0;
        for (Batch sequence : sequences) {
            int length = sequence.size();
            System.arraycopy(sequence.tokens(), 0, tokens, row, length);
            System.arraycopy(sequence.positions(), 0, positions, row, length);
            System.arraycopy(sequence.documents(), 0, documents, row, length);
            System.arraycopy(sequence.contexts(), 0, contexts, row, length);
            row += length;
        }
        size = row;
    }

    int size() {
        return size;
    }

    int token(int row) {
        return tokens[row];
    }

    int position(int row) {
        return positions[row];
    }

    int document(int row) {
        return documents[row];
    }

    int context(int row) {
        return contexts[row];
    }

    /// The first row of a row's context that is at most so many before it.
    int first(int row, int before) {
        int first = row;
        while (first > 0 && row - first < before && contexts[first - 1] == contexts[row]) {
            first--;
        }
        return first;
    }

    /// The last row of a row's context that is at most so many after it.
    int last(int row, int after) {
        int last = row;
        while (last + 1 < size && last - row < after && contexts[last + 1] == contexts[row]) {
            last++;
        }
        return last;
    }

    /// The ids of a row's context up to the row, which special tokens that the store leaves out begin.
    ///
    /// @param special what the model's recipe puts before a text
    /// @return empty where other tokens are missing too
    int[] upTo(int row, int[] special) {
        int first = first(row, size);
        int missing = positions[first];
        if (positions[row] - missing != row - first || (missing != 0 && missing != special.length)) {
            return new int[0];
        }
        int[] ids = Arrays.copyOf(special, missing + row - first + 1);
        System.arraycopy(tokens, first, ids, missing, row - first + 1);
        return ids;
    }

    /// The token after a row in the model's text; -1 where the store has it not.
    int next(int row) {
        boolean there =
                row + 1 < size && contexts[row + 1] == contexts[row] && positions[row + 1] == positions[row] + 1;
        return there ? tokens[row + 1] : -1;
    }
}
