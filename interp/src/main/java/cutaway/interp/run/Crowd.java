package cutaway.interp.run;

import cutaway.interp.run.SweepPlan.Start;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Variants on their way through the blocks, packed one behind another: first those that begin at the earliest
/// position.
///
/// @param rows by position, then in the order in which they joined
/// @param placement where their positions stand
/// @param residual the residual stream, `[batch, pos, dModel]` as the placement says
record Crowd(List<Start> rows, Placement.Packed placement, Tensor residual) {

    /// @param rows by position
    /// @param length tokens of the prompt
    /// @param residual `[1, rows * pos, dModel]`, or as the placement of these rows has it already
    static Crowd of(List<Start> rows, int length, Tensor residual) {
        Placement.Packed placement =
                Placement.Packed.of(rows.stream().mapToInt(Start::position).toArray(), length);
        Tensor shaped = residual.reshape(placement.valueRows(), placement.length(), residual.dim(2));
        return new Crowd(List.copyOf(rows), placement, shaped);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    /// The same rows after a step.
    Crowd after(Tensor step) {
        return new Crowd(rows, placement, step);
    }

    /// The same rows after a step that leaves the last position of each.
    ///
    /// @param step `[row, 1, dModel]`
    Crowd afterLast(Tensor step) {
        int last = placement.prompt() - 1;
        return of(rows.stream().map(row -> row.at(last)).toList(), placement.prompt(), step);
    }

    /// The residual stream handed over to the scope around this one.
    Crowd released(Scope scope) {
        return after(scope.release(residual.alias()));
    }

    /// Both together.
    Crowd with(Crowd more) {
        if (isEmpty() || more.isEmpty()) {
            return isEmpty() ? more : this;
        }
        List<Start> all = new ArrayList<>();
        List<Tensor> parts = new ArrayList<>();
        TreeSet<Integer> positions = new TreeSet<>();
        Stream.of(this, more).forEach(crowd -> crowd.rows.forEach(row -> positions.add(row.position())));
        for (int position : positions) {
            for (Crowd crowd : List.of(this, more)) {
                int first = crowd.before(position);
                int end = crowd.before(position + 1);
                if (end > first) {
                    all.addAll(crowd.rows.subList(first, end));
                    parts.add(crowd.packed()
                            .slice(
                                    1,
                                    crowd.placement.from()[first],
                                    crowd.placement.from()[end]));
                }
            }
        }
        return of(all, placement.prompt(), Tensor.cat(parts, 1));
    }

    /// The residual stream of each row at the last position, `[row, 1, dModel]`.
    Tensor last() {
        long[] places = new long[rows.size()];
        for (int row = 0; row < places.length; row++) {
            places[row] = placement.from()[row + 1] - 1L;
        }
        return packed().squeeze(0)
                .gatherRows(0, Tensor.of(places, places.length))
                .unsqueeze(1);
    }

    private Tensor packed() {
        return residual.reshape(1, -1, residual.dim(2));
    }

    /// How many rows begin before a position.
    private int before(int position) {
        int count = 0;
        while (count < rows.size() && rows.get(count).position() < position) {
            count++;
        }
        return count;
    }
}
