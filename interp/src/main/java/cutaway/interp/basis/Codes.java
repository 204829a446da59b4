package cutaway.interp.basis;

import cutaway.tensor.SparseRows;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// The codes of a run's tokens.
///
/// @param values `[pos, width]`
/// @param scales of each position, what a direction is multiplied by besides its code
/// @param read of each position, whether codes are used of it; elsewhere no direction is active
public record Codes(SparseRows values, double[] scales, boolean[] read) {

    public Codes {
        if (scales.length != values.rows() || read.length != values.rows()) {
            throw new IllegalArgumentException(
                    scales.length + " scales and " + read.length + " marks for " + values.rows() + " positions");
        }
    }

    /// The codes of some of these positions.
    public Codes of(boolean[] some) {
        return new Codes(values.ofRows(some), scales, some);
    }

    /// The positions that codes are not used of.
    public List<Integer> unread() {
        return IntStream.range(0, read.length).filter(i -> !read[i]).boxed().toList();
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
