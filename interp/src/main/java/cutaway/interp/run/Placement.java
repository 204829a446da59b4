package cutaway.interp.run;

import cutaway.model.Batch;

/// Where the positions of prompts stand in the values of one pass.
///
/// @param rows rows of the pass
/// @param length positions of the pass
sealed interface Placement {

    int rows();

    int length();

    /// Tokens of a row's prompt.
    int promptLength(int row);

    /// The index of a prompt's position in this pass, or -1 when the pass does not compute it.
    int index(int row, int position);

    /// The prompt's position at an index, or -1 for padding.
    int position(int row, int index);

    /// Whole prompts, padded to one length.
    record Padded(Batch batch) implements Placement {
        @Override
        public int rows() {
            return batch.size();
        }

        @Override
        public int length() {
            return batch.length();
        }

        @Override
        public int promptLength(int row) {
            return batch.promptLength(row);
        }

        @Override
        public int index(int row, int position) {
            return batch.place(row, position);
        }

        @Override
        public int position(int row, int index) {
            return batch.isReal(row, index) ? index - batch.place(row, 0) : -1;
        }
    }

    /// The same stretch of positions in every row.
    ///
    /// @param first position of the first one
    /// @param prompt tokens of the prompt, on which positions from the end count
    record Stretch(int rows, int first, int length, int prompt) implements Placement {
        @Override
        public int promptLength(int row) {
            return prompt;
        }

        @Override
        public int index(int row, int position) {
            return position >= first && position < first + length ? position - first : -1;
        }

        @Override
        public int position(int row, int index) {
            return first + index;
        }
    }
}
