package cutaway.studies.methods;

import cutaway.tensor.Tensor;
import java.util.random.RandomGenerator;

/// Numbers that belong together no more.
final class Shuffled {

    private Shuffled() {}

    /// The same numbers in each row, in an order of its own.
    ///
    /// @param x `[row, column]`
    static Tensor rows(Tensor x, RandomGenerator random) {
        int columns = Math.toIntExact(x.dim(1));
        float[] values = x.toFloats();
        for (int from = 0; from < values.length; from += columns) {
            for (int i = columns - 1; i > 0; i--) {
                int other = random.nextInt(i + 1);
                float kept = values[from + i];
                values[from + i] = values[from + other];
                values[from + other] = kept;
            }
        }
        return Tensor.of(values, x.dim(0), columns);
    }
}
