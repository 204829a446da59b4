package cutaway.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// `x W^T + b` of which only the entries that matter are kept: the largest of each row, or those above a threshold.
///
/// The product is made a tile at a time, small enough to stay in a core's cache, and its entries are picked while they
/// are there. The whole product (of 4,096 tokens and 16,384 latents: 268 MB) never lies in memory.
public final class SparseEncoding {

    private static final int ROWS = 512;
    private static final int COLUMNS = 512;

    /// Room of a row for so many times the entries that it has on average.
    private static final int SPARE = 8;

    private final Tensor x;
    private final Tensor weight;
    private final double[] bias;
    private final double[] scale;

    private SparseEncoding(Tensor x, Tensor weight, @Nullable Tensor bias, double @Nullable [] scale) {
        Dtype dtype = SparseRows.check(weight, weight.dim(0));
        SparseRows.requireType(x, dtype, x.dim(0), weight.dim(1));
        this.x = x;
        this.weight = weight;
        int width = Math.toIntExact(weight.dim(0));
        this.bias = bias == null ? new double[width] : bias.toDoubles();
        this.scale = scale == null ? ones(width) : scale;
        if (this.bias.length != width || this.scale.length != width) {
            throw new IllegalArgumentException("a bias of " + this.bias.length + " and a scale of " + this.scale.length
                    + " numbers for " + width + " columns");
        }
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /// The k largest entries of each row of `x W^T + b`, of those above 0.
    ///
    /// @param x `[n, d]`, contiguous, float32 or float64
    /// @param weight `[width, d]`, contiguous, of x's type
    /// @param bias `[width]`, or null for none
    public static SparseRows top(Tensor x, Tensor weight, @Nullable Tensor bias, int k) {
        return top(x, weight, bias, null, k);
    }

    /// As [#top(Tensor, Tensor, Tensor, int)], but the entries are ranked by, and given as, `(x W^T + b) * scale`.
    ///
    /// @param scale above 0, one for each column, or null for ones
    public static SparseRows top(Tensor x, Tensor weight, @Nullable Tensor bias, double @Nullable [] scale, int k) {
        if (k < 1) {
            throw new IllegalArgumentException("the " + k + " largest of each row; expected at least 1");
        }
        SparseEncoding encoding = new SparseEncoding(x, weight, bias, scale);
        return RoughTop.isFor(x, weight)
                ? RoughTop.of(x, weight, encoding.bias, encoding.scale, k)
                : Kept.rows(encoding.pick(() -> Kept.largest(k, 0)), encoding.bias.length);
    }

    /// The largest entries of all rows together, of those above 0; ranked and given as `(x W^T + b) * scale`.
    ///
    /// @param scale above 0, one for each column, or null for ones
    /// @param count how many
    /// @param floor below which none of them is expected, such as half of what the least was last time: the better
    ///     the guess, the faster. Where it proves too high, the work is done again without it
    public static SparseRows topOfAll(
            Tensor x, Tensor weight, @Nullable Tensor bias, double @Nullable [] scale, int count, double floor) {
        if (count < 1 || !(floor >= 0)) {
            throw new IllegalArgumentException("the " + count + " largest above " + floor + "; expected at least 1, and"
                    + " a floor of 0 or more");
        }
        SparseEncoding encoding = new SparseEncoding(x, weight, bias, scale);
        int rows = Math.toIntExact(x.dim(0));
        int most = SPARE * Math.ceilDiv(count, Math.max(1, rows));
        double above = floor;
        while (true) {
            int room = Math.min(most, encoding.bias.length);
            double lowest = above;
            Kept[] kept = encoding.pick(() -> Kept.largest(room, lowest));
            double least = largest(kept, count);
            if (above > 0 && least <= above) {
                above = 0;
            } else if (Arrays.stream(kept).anyMatch(row -> row.leftOut() && row.least() > least)) {
                most *= 2; // a row may have more of them than it had room for
            } else {
                limit(kept, count, least);
                return Kept.rows(kept, encoding.bias.length);
            }
        }
    }

    /// The value of the entry of this rank among all that are kept; 0 where there are not as many.
    private static double largest(Kept[] kept, int rank) {
        double[] all = Arrays.stream(kept).flatMapToDouble(Kept::stream).toArray();
        if (all.length < rank) {
            return 0;
        }
        Arrays.parallelSort(all);
        return all[all.length - rank];
    }

    /// Leaves the largest alone; of those that equal the least as many as there is room for.
    private static void limit(Kept[] kept, int count, double least) {
        int above = (int) Arrays.stream(kept)
                .flatMapToDouble(Kept::stream)
                .filter(value -> value > least)
                .count();
        int equals = count - above;
        for (Kept row : kept) {
            equals -= row.keepAbove(least, equals);
        }
    }

    /// The entries of `x W^T + b` that are above a threshold of their column.
    ///
    /// @param thresholds one for each column
    public static SparseRows above(Tensor x, Tensor weight, @Nullable Tensor bias, double[] thresholds) {
        SparseEncoding encoding = new SparseEncoding(x, weight, bias, null);
        return Kept.rows(encoding.pick(() -> Kept.above(thresholds)), encoding.bias.length);
    }

    private Kept[] pick(Supplier<Kept> ofRow) {
        int rows = Math.toIntExact(x.dim(0));
        Kept[] kept = new Kept[rows];
        Arrays.setAll(kept, _ -> ofRow.get());
        Cores.forEach(Math.ceilDiv(rows, ROWS), block -> {
            int first = Math.toIntExact(block * ROWS);
            encode(first, Math.min(rows, first + ROWS), kept);
        });
        return kept;
    }

    private void encode(int first, int end, Kept[] kept) {
        Scope.free(() -> {
            Tensor block = x.slice(0, first, end);
            int width = bias.length;
            Tensor tile = Tensor.uninitialised(x.dtype(), new Shape(end - first, Math.min(COLUMNS, width)));
            double[] numbers = new double[COLUMNS];
            float[] floats = new float[COLUMNS];
            LinearInParts parts = new LinearInParts(block, tile);
            MemorySegment memory = tile.memory();
            for (int from = 0; from < width; from += COLUMNS) {
                int columns = Math.min(COLUMNS, width - from);
                parts.fill(0, columns, weight, from);
                for (int row = 0; row < end - first; row++) {
                    read(memory, row * tile.dim(1), columns, floats, numbers);
                    for (int i = 0; i < columns; i++) {
                        numbers[i] = (numbers[i] + bias[from + i]) * scale[from + i];
                    }
                    kept[first + row].offer(numbers, columns, from);
                }
            }
            for (int row = first; row < end; row++) {
                kept[row].finish();
            }
            return tile;
        });
    }

    private void read(MemorySegment memory, long at, int columns, float[] floats, double[] numbers) {
        if (x.dtype() == Dtype.F64) {
            MemorySegment.copy(memory, ValueLayout.JAVA_DOUBLE, at * Double.BYTES, numbers, 0, columns);
            return;
        }
        MemorySegment.copy(memory, ValueLayout.JAVA_FLOAT, at * Float.BYTES, floats, 0, columns);
        for (int i = 0; i < columns; i++) {
            numbers[i] = floats[i];
        }
    }
}
