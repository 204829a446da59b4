package cutaway.interp.run;

import cutaway.interp.site.Positions;
import cutaway.model.Batch;
import cutaway.tensor.BadInputException;

/// Where the positions of prompts stand in the values of one pass.
///
/// @param rows rows of the pass
/// @param length positions of the pass
sealed interface Placement {

    int rows();

    int length();

    /// Tokens of a row's prompt.
    int promptLength(int row);

    /// The positions of a row that an edit names; of all, those of its prompt.
    ///
    /// @throws BadInputException when one can never come
    default int[] named(int row, Positions pos) {
        return pos.in(promptLength(row));
    }

    /// The index of a prompt's position in this pass, or -1 when the pass does not compute it.
    int index(int row, int position);

    /// The prompt's position at an index, or -1 for padding.
    int position(int row, int index);

    /// Whether all rows hold the same positions.
    default boolean isAlike() {
        return true;
    }

    /// The index of a prompt's first position among the keys of this pass.
    default int firstKey(int row) {
        return 0;
    }

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

        @Override
        public boolean isAlike() {
            return batch.isAlike();
        }

        @Override
        public int firstKey(int row) {
            return batch.place(row, 0);
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

    /// A stretch of one text that grows: the prompt, or a token after it.
    ///
    /// @param first position of the first one
    /// @param prompt tokens of the prompt, on which positions from the end count
    /// @param most positions that the text may grow to
    record Growing(int first, int length, int prompt, int most) implements Placement {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int promptLength(int row) {
            return prompt;
        }

        /// Positions after the prompt may be named too, from 0.
        @Override
        public int[] named(int row, Positions pos) {
            return pos.isAll() || pos.at().stream().noneMatch(position -> position >= prompt)
                    ? pos.in(prompt)
                    : pos.at().stream().mapToInt(this::absolute).toArray();
        }

        private int absolute(int position) {
            int place = position < 0 ? position + prompt : position;
            if (place < 0 || place >= most) {
                throw new BadInputException("position " + position + " is outside of a text of " + prompt
                        + " tokens that grows to " + most + " at most; positions run from 0 to " + (most - 1)
                        + ", or from -1, the end of the prompt, backwards.");
            }
            return place;
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
