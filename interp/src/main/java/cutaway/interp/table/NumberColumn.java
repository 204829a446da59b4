package cutaway.interp.table;

/// A column of numbers, a row each.
public sealed interface NumberColumn {

    String name();

    int rows();

    /// Whole numbers: an INTEGER column, without nulls.
    record Whole(String name, int[] values) implements NumberColumn {
        @Override
        public int rows() {
            return values.length;
        }
    }

    /// Numbers in single precision: a REAL column, in which NaN becomes null.
    record Single(String name, float[] values) implements NumberColumn {
        @Override
        public int rows() {
            return values.length;
        }
    }
}
