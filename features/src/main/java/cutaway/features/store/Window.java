package cutaway.features.store;

import cutaway.model.Model;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Contexts that go through the model together, short ones side by side in one row.
///
/// A position sees those of its own context alone, and counts from its context's start, so that a context's values
/// are those that it has alone, whatever stands beside it. Only the end of a row can be padding.
///
/// @param pieces in the order of the text
/// @param row of each piece
/// @param offset of each piece in its row
/// @param rows how many there are
/// @param width of the rows
record Window(List<Piece> pieces, int[] row, int[] offset, int rows, int width) {

    /// Packs pieces: the longest first, each into the first row that has room.
    ///
    /// @param context tokens of a row, at most
    static Window of(List<Piece> pieces, int context) {
        int[] row = new int[pieces.size()];
        int[] offset = new int[pieces.size()];
        List<Integer> filled = new ArrayList<>();
        int[] longestFirst = IntStream.range(0, pieces.size())
                .boxed()
                .sorted(Comparator.comparingInt((Integer i) -> pieces.get(i).ids().length)
                        .reversed())
                .mapToInt(Integer::intValue)
                .toArray();
        for (int i : longestFirst) {
            int length = pieces.get(i).ids().length;
            int to = 0;
            while (to < filled.size() && filled.get(to) + length > context) {
                to++;
            }
            if (to == filled.size()) {
                filled.add(0);
            }
            row[i] = to;
            offset[i] = filled.get(to);
            filled.set(to, offset[i] + length);
        }
        int width = filled.stream().mapToInt(Integer::intValue).max().orElse(0);
        return new Window(List.copyOf(pieces), row, offset, filled.size(), width);
    }

    /// Where a token stands among those of all rows.
    int place(int piece, int position) {
        return row[piece] * width + offset[piece] + position;
    }

    /// Residual stream before the first block and what the blocks need beside it.
    ///
    /// @param ids `[row, pos]` int64; 0 in padding
    /// @param positions `[row, pos]` int64
    record Inputs(Tensor ids, Tensor positions, Pass pass) {}

    Inputs inputs(Model model) {
        long[] ids = new long[rows * width];
        long[] positions = new long[rows * width];
        int[] owner = new int[rows * width]; // the piece, from 1; 0 for padding
        for (int i = 0; i < pieces.size(); i++) {
            int[] of = pieces.get(i).ids();
            for (int position = 0; position < of.length; position++) {
                int place = place(i, position);
                ids[place] = of[position];
                positions[place] = position;
                owner[place] = i + 1;
            }
        }
        Tensor where = Tensor.of(positions, rows, width);
        Pass pass = model.transformer().pass(where, blocked(owner, model.sizes().isCausal()), Past.NONE);
        return new Inputs(Tensor.of(ids, rows, width), where, pass);
    }

    /// True where a query must not look at a key, `[row or 1, 1, qPos, kPos]`; padding looks at itself.
    private Tensor blocked(int[] owner, boolean causal) {
        int masks = pieces.size() == rows && pieces.stream().allMatch(piece -> piece.ids().length == width) ? 1 : rows;
        boolean[] blocked = new boolean[masks * width * width];
        int at = 0;
        for (int r = 0; r < masks; r++) {
            for (int q = 0; q < width; q++) {
                int own = owner[r * width + q];
                for (int k = 0; k < width; k++) {
                    blocked[at++] = k != q && ((causal && k > q) || own == 0 || owner[r * width + k] != own);
                }
            }
        }
        return Tensor.of(blocked, masks, 1, width, width);
    }
}
