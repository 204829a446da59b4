package cutaway.interp.basis;

import cutaway.tensor.SparseRows;
import java.util.SortedSet;
import java.util.TreeSet;

/// The codes of a run's tokens.
///
/// @param values `[pos, width]`
/// @param scales of each position, what a direction is multiplied by besides its code
public record Codes(SparseRows values, double[] scales) {

    public Codes {
        if (scales.length != values.rows()) {
            throw new IllegalArgumentException(scales.length + " scales for " + values.rows() + " positions");
        }
    }

    /// How many positions.
    public int length() {
        return values.rows();
    }

    /// The code of a direction at a position; 0 where it is not active.
    public double at(int position, int index) {
        return values.at(position, index);
    }

    /// The directions that are active at any of some positions.
    ///
    /// @param first position
    /// @param last position, included
    public SortedSet<Integer> active(int first, int last) {
        SortedSet<Integer> active = new TreeSet<>();
        for (int i = values.starts()[first]; i < values.starts()[last + 1]; i++) {
            if (values.values()[i] != 0) {
                active.add(values.columns()[i]);
            }
        }
        return active;
    }
}
