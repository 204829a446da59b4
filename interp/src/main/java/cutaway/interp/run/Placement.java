package cutaway.interp.run;

import cutaway.interp.site.Positions;
import cutaway.model.Batch;
import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Where the positions of prompts stand in the values of one pass, `[batch, pos, …]`.
///
/// Places count over both axes, row-major: place `i` is position `i % length()` of row `i / length()` of the value.
sealed interface Placement {

    /// Prompts, or variants of one.
    int rows();

    /// The first axis of the values.
    default int valueRows() {
        return rows();
    }

    /// The second axis of the values.
    int length();

    /// Tokens of a row's prompt.
    int promptLength(int row);

    /// The positions of a row that an edit names; of all, those of its prompt.
    ///
    /// @throws BadInputException when one can never come
    default int[] named(int row, Positions pos) {
        return pos.in(promptLength(row));
    }

    /// The place of a prompt's position in this pass, or -1 when the pass does not compute it.
    int place(int row, int position);

    /// The prompt's position at a place, or -1 for padding.
    int position(int place);

    /// All places that a row's prompt has in this pass.
    IntStream places(int row);

    /// Where queries stand in scores and patterns, `[batch, head, qPos, kPos]`.
    default Placement ofPairs() {
        return this;
    }

    /// Whether all rows hold the same positions, so that one stands for all.
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
        public int place(int row, int position) {
            return row * length() + batch.place(row, position);
        }

        @Override
        public int position(int place) {
            int row = place / length();
            int index = place % length();
            return batch.isReal(row, index) ? index - batch.place(row, 0) : -1;
        }

        @Override
        public IntStream places(int row) {
            int first = place(row, 0);
            return IntStream.range(first, first + promptLength(row));
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

    /// Variants of one prompt, each from some position to the prompt's end, packed one behind another: as
    /// `[1, all positions, …]`, or as rows of a batch where all begin at the same position.
    ///
    /// @param first the first position of each row
    /// @param from the place of each row's first position, and behind them the number of places
    /// @param prompt tokens of the prompt
    /// @param isAlike whether all begin at the same position
    record Packed(int[] first, int[] from, int prompt, boolean isAlike) implements Placement {

        static Packed of(int[] first, int prompt) {
            int[] from = new int[first.length + 1];
            for (int row = 0; row < first.length; row++) {
                from[row + 1] = from[row] + prompt - first[row];
            }
            return new Packed(
                    first,
                    from,
                    prompt,
                    first.length > 0 && Arrays.stream(first).allMatch(position -> position == first[0]));
        }

        /// The same stretch in every row, up to the end of the prompt.
        static Packed tails(int rows, int length, int prompt) {
            int[] first = new int[rows];
            Arrays.fill(first, prompt - length);
            return of(first, prompt);
        }

        @Override
        public int rows() {
            return first.length;
        }

        /// Attention takes rows of one length, from the first position of any of them.
        @Override
        public Placement ofPairs() {
            return tails(first.length, prompt - Arrays.stream(first).min().orElse(0), prompt);
        }

        @Override
        public int valueRows() {
            return isAlike ? first.length : 1;
        }

        @Override
        public int length() {
            return from[first.length] / valueRows();
        }

        @Override
        public int promptLength(int row) {
            return prompt;
        }

        @Override
        public int place(int row, int position) {
            return position < first[row] ? -1 : from[row] + position - first[row];
        }

        @Override
        public int position(int place) {
            int found = Arrays.binarySearch(from, place);
            int row = found >= 0 ? found : -found - 2;
            return first[row] + place - from[row];
        }

        @Override
        public IntStream places(int row) {
            return IntStream.range(from[row], from[row + 1]);
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
        public int place(int row, int position) {
            return position >= first && position < first + length ? position - first : -1;
        }

        @Override
        public int position(int place) {
            return first + place;
        }

        @Override
        public IntStream places(int row) {
            return IntStream.range(0, length);
        }
    }
}
