package cutaway.tensor;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// The k largest entries of each row of `(x W^T + b) * scale`, by way of a product in bfloat16 that is twice as fast,
/// and still exactly those of float32.
///
/// An entry a of the rough product is off from z by at most e, for bfloat16 rounds by 2^-9 at most, x, w and a alike:
///
///     |a - z| <= e = (2 * 2^-9 + 2^-18) |x| |w| + 2^-9 |a|    (Cauchy-Schwarz; the sums are float32)
///
/// So one of the k largest has an upper bound `a + e` that is at least the k-th largest of all lower bounds `a - e`.
/// Those few that do are computed again in float32, each as a product of two rows, and the largest of them are given.
final class RoughTop {

    /// Whether this processor multiplies bfloat16 itself. It does not change while a program runs, so a run that is
    /// stopped goes on to the same bits.
    private static final boolean IS_FASTER = hasInstructions();

    private static final int ROWS = 512;
    private static final int COLUMNS = 1024;

    /// Bounds with a little more than the sums of float32 and of this file can be off by.
    private static final float OF_NORMS = 1.03f / 256;

    private static final float OF_ENTRY = 1.03f / 512;

    private final Tensor x;
    private final Tensor weight;
    private final double[] bias;
    private final double[] scale;
    private final int k;
    private final Tensor roughWeight;
    private final float[] shift;
    private final float[] factor;
    private final float[] widthOfNorm;

    private RoughTop(Tensor x, Tensor weight, double[] bias, double[] scale, int k) {
        this.x = x;
        this.weight = weight;
        this.bias = bias;
        this.scale = scale;
        this.k = k;
        roughWeight = weight.to(Dtype.BF16);
        double[] norms = weight.norms(1).toDoubles();
        shift = new float[bias.length];
        factor = new float[bias.length];
        widthOfNorm = new float[bias.length];
        for (int i = 0; i < bias.length; i++) {
            shift[i] = (float) (bias[i] * scale[i]);
            factor[i] = (float) scale[i];
            widthOfNorm[i] = (float) (OF_NORMS * norms[i] * scale[i]);
        }
    }

    private static boolean hasInstructions() {
        Path info = Path.of("/proc/cpuinfo");
        try {
            return Files.isReadable(info)
                    && Files.readAllLines(info).stream()
                            .filter(line -> line.startsWith("flags"))
                            .limit(1)
                            .anyMatch(line -> line.matches(".*\\b(avx512_bf16|amx_bf16)\\b.*"));
        } catch (IOException e) {
            return false;
        }
    }

    /// Whether this way is worth it: enough rows and columns, on a processor that has the instructions.
    static boolean isFor(Tensor x, Tensor weight) {
        return IS_FASTER && x.dtype() == Dtype.F32 && x.dim(0) >= 64 && weight.dim(0) >= COLUMNS;
    }

    /// The k largest of each row, of those above 0.
    ///
    /// @param x `[n, d]` float32, contiguous
    /// @param weight `[width, d]`, the same
    static SparseRows of(Tensor x, Tensor weight, double[] bias, double[] scale, int k) {
        return Scope.free(() -> new RoughTop(x, weight, bias, scale, k).rows());
    }

    private SparseRows rows() {
        int rows = Math.toIntExact(x.dim(0));
        Kept[] kept = new Kept[rows];
        Cores.forEach(Math.ceilDiv(rows, ROWS), block -> {
            int first = Math.toIntExact(block * ROWS);
            encode(first, Math.min(rows, first + ROWS), kept);
        });
        return Kept.rows(kept, bias.length);
    }

    private void encode(int first, int end, Kept[] kept) {
        Scope.free(() -> {
            Tensor block = x.slice(0, first, end);
            Tensor rough = block.to(Dtype.BF16);
            double[] norms = block.norms(1).toDoubles();
            Candidates[] candidates = new Candidates[end - first];
            Arrays.setAll(candidates, _ -> new Candidates(k));
            Tile tile = new Tile();
            for (int from = 0; from < bias.length; from += COLUMNS) {
                int columns = Math.min(COLUMNS, bias.length - from);
                int at = from;
                Scope.free(() -> {
                    Tensor product = rough.linear(roughWeight.slice(0, at, at + columns), null);
                    MemorySegment memory = product.memory();
                    for (int row = 0; row < candidates.length; row++) {
                        tile.read(memory, row, columns, at, (float) norms[row]);
                        candidates[row].offer(tile.upper, tile.width, columns, at);
                    }
                    return product;
                });
            }
            for (int row = 0; row < candidates.length; row++) {
                kept[first + row] = exactly(first + row, candidates[row]);
            }
            return rough;
        });
    }

    /// Of a row's candidates the largest, computed in float32.
    private Kept exactly(int row, Candidates candidates) {
        int length = (int) x.dim(1);
        long step = (long) length * Float.BYTES;
        long from = x.memory().address() + row * step;
        long weights = weight.memory().address();
        int[] columns = candidates.columns();
        double[] values = new double[columns.length];
        for (int i = 0; i < columns.length; i++) {
            double product = Vectors.dot(Dtype.F32, length, from, weights + columns[i] * step);
            values[i] = (product + bias[columns[i]]) * scale[columns[i]];
        }
        Kept kept = Kept.largest(k, 0);
        for (int i = 0; i < columns.length; i++) {
            if (values[i] > kept.least()) {
                kept.add(columns[i], values[i]);
            }
        }
        kept.finish();
        return kept;
    }

    /// A row of a tile, as bounds.
    private final class Tile {

        private final short[] halves = new short[COLUMNS];

        /// The most that an entry can be.
        final float[] upper = new float[COLUMNS];

        /// How much less it can be.
        final float[] width = new float[COLUMNS];

        void read(MemorySegment memory, int row, int columns, int from, float norm) {
            MemorySegment.copy(memory, ValueLayout.JAVA_SHORT, (long) row * columns * Short.BYTES, halves, 0, columns);
            for (int i = 0; i < columns; i++) {
                float entry = Float.intBitsToFloat(halves[i] << 16) * factor[from + i];
                float off = norm * widthOfNorm[from + i] + OF_ENTRY * Math.abs(entry);
                upper[i] = entry + shift[from + i] + off;
                width[i] = 2 * off;
            }
        }
    }

    /// The entries of a row that may be among the k largest, by what is known of it so far.
    private static final class Candidates {

        private final int k;
        private int[] columns;
        private float[] upper;
        private float[] lower;
        private int count;
        private float least;

        Candidates(int k) {
            this.k = k;
            int room = 4 * k;
            columns = new int[room];
            upper = new float[room];
            lower = new float[room];
        }

        void offer(float[] bounds, float[] widths, int length, int from) {
            for (int i = 0; i < length; i++) {
                if (bounds[i] > least) {
                    add(from + i, bounds[i], bounds[i] - widths[i]);
                }
            }
        }

        private void add(int column, float most, float fewest) {
            if (count == columns.length) {
                shrink();
                if (count > columns.length / 2) {
                    columns = Arrays.copyOf(columns, 2 * count);
                    upper = Arrays.copyOf(upper, 2 * count);
                    lower = Arrays.copyOf(lower, 2 * count);
                }
                if (most <= least) {
                    return;
                }
            }
            columns[count] = column;
            upper[count] = most;
            lower[count++] = fewest;
        }

        /// Drops those whose upper bound is below the k-th largest lower bound.
        private void shrink() {
            if (count <= k) {
                return;
            }
            float[] sorted = Arrays.copyOf(lower, count);
            Arrays.sort(sorted);
            least = Math.max(least, sorted[count - k]);
            int place = 0;
            for (int i = 0; i < count; i++) {
                if (upper[i] >= least) {
                    columns[place] = columns[i];
                    upper[place] = upper[i];
                    lower[place++] = lower[i];
                }
            }
            count = place;
        }

        int[] columns() {
            shrink();
            return Arrays.copyOf(columns, count);
        }
    }
}
