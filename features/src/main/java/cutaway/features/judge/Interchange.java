package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Activations in which some latents have the codes of another one:
///
///     x' = x + sum_{i in S} (f_i(source) - f_i(x)) d_i
///
/// The coding's error stays in x'.
final class Interchange {

    private final Coding coding;
    private final Tensor x;
    private final SparseRows codes;

    /// @param x `[n, d]`; belongs to the caller, as the coding does
    Interchange(Coding coding, Tensor x) {
        this.coding = coding;
        this.x = x;
        this.codes = coding.encode(x);
    }

    /// @param bases rows of x
    /// @param sources as many
    /// @param latents of each pair, `[pair][latent]`
    /// @return `[pair, d]` float64
    Tensor of(int[] bases, int[] sources, boolean[][] latents) {
        boolean[][] none = new boolean[bases.length][codes.width()];
        long[] index = IntStream.of(bases).asLongStream().toArray();
        return Scope.keep(() -> {
            Tensor own = x.gatherRows(0, Tensor.of(index, index.length));
            Tensor before =
                    coding.decode(mixed(codes, bases, sources, none), own).to(Dtype.F64);
            Tensor after =
                    coding.decode(mixed(codes, bases, sources, latents), own).to(Dtype.F64);
            return own.to(Dtype.F64).plus(after.minus(before));
        });
    }

    /// The codes of the bases, but those of the sources for some latents.
    static SparseRows mixed(SparseRows codes, int[] bases, int[] sources, boolean[][] latents) {
        int[] starts = new int[bases.length + 1];
        int most = 0;
        for (int pair = 0; pair < bases.length; pair++) {
            most += entries(codes, bases[pair]) + entries(codes, sources[pair]);
        }
        int[] columns = new int[most];
        double[] values = new double[most];
        int count = 0;
        for (int pair = 0; pair < bases.length; pair++) {
            int base = codes.starts()[bases[pair]];
            int source = codes.starts()[sources[pair]];
            int baseEnd = codes.starts()[bases[pair] + 1];
            int sourceEnd = codes.starts()[sources[pair] + 1];
            while (base < baseEnd || source < sourceEnd) {
                boolean fromBase =
                        source == sourceEnd || (base < baseEnd && codes.columns()[base] < codes.columns()[source]);
                int at = fromBase ? base++ : source++;
                int latent = codes.columns()[at];
                if (latents[pair][latent] != fromBase) {
                    columns[count] = latent;
                    values[count++] = codes.values()[at];
                }
            }
            starts[pair + 1] = count;
        }
        return new SparseRows(codes.width(), starts, Arrays.copyOf(columns, count), Arrays.copyOf(values, count));
    }

    private static int entries(SparseRows codes, int row) {
        return codes.starts()[row + 1] - codes.starts()[row];
    }
}
