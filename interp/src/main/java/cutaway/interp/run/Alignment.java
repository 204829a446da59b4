package cutaway.interp.run;

import cutaway.interp.edit.Edit;
import cutaway.interp.site.SiteNames;
import cutaway.model.parts.Point.Axes;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Brings what an edit puts in place into the shape of the pass that it is put into.
final class Alignment {

    private Alignment() {}

    /// What another run had, at the positions of this pass, in a shape that broadcasts to `[batch, …]`.
    ///
    /// @param source `[1, pos, …]` of the other run; scores and patterns `[1, head, qPos, kPos]`
    static Tensor toPass(Tensor source, Placement placement, Axes axes, Edit.Patch patch) {
        int axis = axes == Axes.PAIR ? 2 : 1;
        long available = source.dim(axis);
        if (placement instanceof Placement.Stretch stretch) {
            int end = stretch.first() + stretch.length();
            checkLength(patch, stretch.prompt(), available);
            if (end <= available) {
                return source.slice(axis, stretch.first(), end);
            }
        } else {
            boolean fits = available == placement.length();
            for (int row = 0; row < placement.rows(); row++) {
                checkLength(patch, placement.promptLength(row), available);
                fits &= placement.promptLength(row) == available;
            }
            if (fits) {
                return source;
            }
        }
        if (axes == Axes.PAIR) {
            throw new BadInputException("the patch of " + SiteNames.legacy(patch.site())
                    + " needs two prompts of the same length, one at a time; an attention pattern has no other fit.");
        }
        List<Tensor> rows = new ArrayList<>();
        for (int row = 0; row < placement.rows(); row++) {
            long[] from = new long[placement.length()];
            for (int index = 0; index < from.length; index++) {
                from[index] = Math.clamp(placement.position(row, index), 0, available - 1);
            }
            rows.add(source.gatherRows(1, Tensor.of(from, from.length)));
        }
        return Tensor.cat(rows, 0);
    }

    private static void checkLength(Edit.Patch patch, int prompt, long available) {
        for (int position : patch.pos().in(prompt)) {
            if (position >= available) {
                throw new BadInputException(
                        "the patch of %s takes position %d from a prompt of %d tokens; this prompt has %d. Give prompts of the same length, or name positions that both have."
                                .formatted(SiteNames.legacy(patch.site()), position, available, prompt));
            }
        }
        if (patch.pos().isAll() && prompt != available) {
            throw new BadInputException(
                    "the patch of %s takes every position from a prompt of %d tokens; this prompt has %d. Give prompts of the same length, or name positions."
                            .formatted(SiteNames.legacy(patch.site()), available, prompt));
        }
    }

    /// Values that an edit carries, in a shape that broadcasts to the value.
    ///
    /// @param values `[width]`, or `[positions, width]` with one row for each position that the edit names
    static Tensor spread(Tensor values, Edit edit, Placement placement, Axes axes, Tensor value) {
        Tensor byPosition = values.shape().rank() == 2 ? scattered(values, edit, placement) : values.reshape(1, 1, -1);
        long width = byPosition.dim(2); // [batch or 1, pos or 1, width]
        boolean heads = axes == Axes.HEAD || axes == Axes.KV_HEAD || axes == Axes.HEAD_MODEL;
        long last = value.dim(-1);
        if (width != last && width != 1 && !(heads && width == value.dim(2) * last)) {
            throw new BadInputException("the edit of %s carries %d numbers for a position; the site has %d."
                    .formatted(SiteNames.legacy(edit.site()), width, last));
        }
        if (axes == Axes.PAIR) {
            return byPosition.unsqueeze(1); // [batch, 1, qPos, kPos]
        }
        return heads
                ? byPosition.reshape(byPosition.dim(0), byPosition.dim(1), width == last ? 1 : -1, Math.min(width, last))
                : byPosition;
    }

    private static Tensor scattered(Tensor values, Edit edit, Placement placement) {
        int distinct = placement instanceof Placement.Stretch ? 1 : placement.rows(); // a stretch is alike in every row
        List<Tensor> rows = new ArrayList<>();
        for (int row = 0; row < distinct; row++) {
            int[] positions = edit.pos().in(placement.promptLength(row));
            if (positions.length != values.dim(0)) {
                throw new BadInputException("the edit of %s carries values for %d positions; it names %d."
                        .formatted(SiteNames.legacy(edit.site()), values.dim(0), positions.length));
            }
            long[] from = new long[placement.length()];
            for (int i = 0; i < positions.length; i++) {
                int index = placement.index(row, positions[i]);
                if (index >= 0) {
                    from[index] = i;
                }
            }
            rows.add(values.gatherRows(0, Tensor.of(from, from.length)));
        }
        return Tensor.stack(rows, 0);
    }
}
