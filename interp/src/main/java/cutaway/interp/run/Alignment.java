package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.site.SiteNames;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Brings what an edit puts in place into the shape of the pass that it is put into.
final class Alignment {

    private Alignment() {}

    /// What another run had, at the positions of this pass, in a shape that broadcasts to `[batch, …]`.
    ///
    /// @param source `[1, pos, …]` of the other run; scores and patterns `[1, head, qPos, kPos]`
    /// @param value what it is put into
    static Tensor toPass(Tensor source, Placement placement, Axes axes, Tensor value) {
        boolean pairs = axes == Axes.PAIR;
        int axis = pairs ? 2 : 1;
        long available = source.dim(axis);
        if (placement.isAlike()) {
            int first = placement.position(0);
            int end = first + placement.length();
            if (end <= available && (!pairs || value.dim(3) == source.dim(3))) {
                return source.slice(axis, first, end);
            }
        }
        if (!pairs) {
            return atPlaces(source, placement);
        }
        List<Tensor> rows = new ArrayList<>();
        for (int row = 0; row < distinct(placement); row++) {
            Tensor chosen = source.gatherRows(2, positions(placement, row, row + 1, available));
            rows.add(keys(chosen, placement.firstKey(row), value.dim(3)));
        }
        return Tensor.cat(rows, 0);
    }

    /// What another run had at the position of each place of this pass, `[batch, pos, …]`.
    ///
    /// @param source `[1, pos, …]`
    static Tensor atPlaces(Tensor source, Placement placement) {
        Tensor chosen = source.gatherRows(1, positions(placement, 0, placement.valueRows(), source.dim(1)));
        long[] dims = source.shape().dims();
        dims[0] = placement.valueRows();
        dims[1] = placement.length();
        return chosen.reshape(dims);
    }

    /// The positions of some rows of the value, in a run that has only so many, `[rows * pos]`.
    private static Tensor positions(Placement placement, int firstRow, int endRow, long available) {
        long[] from = IntStream.range(firstRow * placement.length(), endRow * placement.length())
                .mapToLong(place -> Math.clamp(placement.position(place), 0, available - 1))
                .toArray();
        return Tensor.of(from, from.length);
    }

    /// Rows of scores or patterns over the keys of this pass; keys that the other run did not have are later than
    /// any of its queries, or padding: 0.
    ///
    /// @param rows `[1, head, qPos, kPos]`
    /// @param first the index, among the keys of this pass, of the prompt's first position
    private static Tensor keys(Tensor rows, int first, long keys) {
        long kept = Math.min(rows.dim(3), keys - first);
        Tensor before = Tensor.full(0, rows.dtype(), 1, rows.dim(1), rows.dim(2), first);
        Tensor after = Tensor.full(0, rows.dtype(), 1, rows.dim(1), rows.dim(2), keys - first - kept);
        return Tensor.cat(List.of(before, rows.slice(3, 0, kept), after), 3);
    }

    /// Rows that have to be made; one stands for all where they are alike.
    private static int distinct(Placement placement) {
        return placement.isAlike() ? 1 : placement.valueRows();
    }

    /// @param source the run that the values are taken from
    /// @throws BadInputException when the patch names a position that the other run does not have
    static void check(Edit.Patch patch, Placement placement, int row, Tensor source) {
        long available = source.dim(patch.site().point().kind().axes() == Axes.PAIR ? 2 : 1);
        check(patch, placement.named(row, patch.pos()), placement.promptLength(row), available);
    }

    private static void check(Edit.Patch patch, int[] positions, int prompt, long available) {
        if (patch.pos().isAll() && prompt != available) {
            throw new BadInputException(
                    "the patch of %s takes every position from a prompt of %d tokens; this prompt has %d. Give prompts of the same length, or name positions."
                            .formatted(SiteNames.legacy(patch.site()), available, prompt));
        }
        for (int position : positions) {
            if (position >= available) {
                throw new BadInputException(
                        "the patch of %s takes position %d from a prompt of %d tokens; this prompt has %d. Give prompts of the same length, or name positions that both have."
                                .formatted(SiteNames.legacy(patch.site()), position, available, prompt));
            }
        }
    }

    /// Values that an edit carries, in a shape that broadcasts to the value.
    ///
    /// @param values `[width]`, or `[positions, width]` with one row for each position that the edit names
    static Tensor spread(Tensor values, Edit edit, Placement placement, Axes axes, Tensor value) {
        Tensor byPosition = values.shape().rank() == 2 ? scattered(values, edit, placement) : values.reshape(1, 1, -1);
        long width = byPosition.dim(2); // [batch or 1, pos or 1, width]
        boolean heads = switch (axes) {
            case HEAD, KV_HEAD, HEAD_MODEL, HEAD_ONE -> true;
            case MODEL, PAIR, MLP, VOCAB, ONE -> false;
        };
        long last = value.dim(-1);
        if (width != last && width != 1 && !(heads && width == value.dim(2) * last)) {
            throw new BadInputException("the edit of %s carries %d numbers for a position; the site has %d."
                    .formatted(SiteNames.legacy(edit.site()), width, last));
        }
        if (axes == Axes.PAIR) {
            return byPosition.unsqueeze(1); // [batch, 1, qPos, kPos]
        }
        return heads
                ? byPosition.reshape(
                        byPosition.dim(0), byPosition.dim(1), width == last ? 1 : -1, Math.min(width, last))
                : byPosition;
    }

    private static Tensor scattered(Tensor values, Edit edit, Placement placement) {
        int batch = distinct(placement);
        long[] from = new long[batch * placement.length()];
        for (int row = 0; row < (placement.isAlike() ? 1 : placement.rows()); row++) {
            int[] positions = placement.named(row, edit.pos());
            if (positions.length != values.dim(0)) {
                throw new BadInputException("the edit of %s carries values for %d positions; it names %d."
                        .formatted(SiteNames.legacy(edit.site()), values.dim(0), positions.length));
            }
            for (int i = 0; i < positions.length; i++) {
                int place = placement.place(row, positions[i]);
                if (place >= 0) {
                    from[place] = i;
                }
            }
        }
        return values.gatherRows(0, Tensor.of(from, from.length)).reshape(batch, placement.length(), values.dim(1));
    }
}
