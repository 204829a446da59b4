package cutaway.tensor;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Puts things in random order, every order as likely (Fisher and Yates, from the last place down).
///
/// The same generator in the same state gives the same order, whatever is put in order.
public final class Shuffle {

    private Shuffle() {}

    /// Exchanges what lies in two places, which may be one.
    @FunctionalInterface
    public interface Swap {
        void places(int one, int other);
    }

    /// Whatever lies in the places from 0 up to `count`.
    public static void of(int count, RandomGenerator random, Swap swap) {
        for (int i = count - 1; i > 0; i--) {
            swap.places(i, random.nextInt(i + 1));
        }
    }

    public static void of(int[] values, RandomGenerator random) {
        of(values.length, random, (one, other) -> {
            int kept = values[one];
            values[one] = values[other];
            values[other] = kept;
        });
    }

    public static void of(double[] values, RandomGenerator random) {
        of(values, 0, values.length, random);
    }

    private static void of(double[] values, int from, int count, RandomGenerator random) {
        of(count, random, (one, other) -> {
            double kept = values[from + one];
            values[from + one] = values[from + other];
            values[from + other] = kept;
        });
    }

    /// The numbers from 0 up to `count`, in random order.
    public static int[] order(int count, RandomGenerator random) {
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        of(order, random);
        return order;
    }

    /// A matrix whose rows are in random order.
    ///
    /// @param x `[row, column]`
    public static Tensor rows(Tensor x, RandomGenerator random) {
        int[] order = order(Math.toIntExact(x.dim(0)), random);
        return Scope.keep(() ->
                x.gatherRows(0, Tensor.of(Arrays.stream(order).asLongStream().toArray(), order.length)));
    }

    /// A matrix of the same numbers in each row, in an order of its own: what rows had in common is gone.
    ///
    /// @param x `[row, column]`, float32 or float64
    public static Tensor withinRows(Tensor x, RandomGenerator random) {
        double[] values = x.toDoubles();
        int columns = Math.toIntExact(x.dim(1));
        for (int from = 0; from < values.length; from += columns) {
            of(values, from, columns, random);
        }
        return Scope.keep(() -> Tensor.of(values, x.shape().dims()).to(x.dtype()));
    }
}
