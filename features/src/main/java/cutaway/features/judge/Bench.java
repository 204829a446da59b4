package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;

/// What makes dictionaries comparable beside their reconstruction (Fel et al. 2025, "Archetypal SAE",
/// arXiv:2502.12892, section 5): whether another training finds the same directions, whether these look like data,
/// and whether they are those that a classifier reads.
public final class Bench {

    private static final int ROWS = 1024;

    private Bench() {}

    /// How well a dictionary reconstructs.
    ///
    /// @param r2 `1 - sum |x - x^|^2 / sum |x - mean x|^2`
    /// @param l0 active latents of a token
    /// @param active share of latents that any token has
    public record Fit(double r2, double l0, double active) {}

    /// @param x `[n, d]` of a dictionary that writes what it reads
    public static Fit fit(Dictionary dictionary, Tensor x) {
        double[] error = {0};
        long[] count = {0};
        boolean[] seen = new boolean[dictionary.width()];
        for (long from = 0; from < x.dim(0); from += ROWS) {
            try (Scope _ = Scope.open()) {
                Tensor some = x.slice(0, from, Math.min(from + ROWS, x.dim(0))).to(dictionary.dtype());
                SparseRows codes = dictionary.encode(some);
                error[0] += dictionary
                        .decode(codes, some)
                        .minus(some)
                        .to(Dtype.F64)
                        .square()
                        .sum()
                        .item();
                for (int i = 0; i < codes.values().length; i++) {
                    if (codes.values()[i] != 0) {
                        count[0]++;
                        seen[codes.columns()[i]] = true;
                    }
                }
            }
        }
        double spread = Scope.free(() -> {
            Tensor rows = x.to(Dtype.F64);
            return rows.minus(rows.mean(0, true)).square().sum().item();
        });
        int active = 0;
        for (boolean one : seen) {
            active += one ? 1 : 0;
        }
        return new Fit(1 - error[0] / spread, (double) count[0] / x.dim(0), (double) active / seen.length);
    }

    /// Stability: the mean cosine of the rows of two decoders, paired so that it is largest ([Pairing]). 1 is the
    /// same directions in any order. Of many directions in few dimensions random ones have some, too.
    ///
    /// @param a `[n, d]`
    /// @param b `[m, d]`; of the larger of both, rows are left over
    public static double stability(Tensor a, Tensor b) {
        return Pairing.of(a, b).mean();
    }

    /// How far a dictionary's directions are from any data, the mean over latents of `1 - max over tokens of cos`. Of
    /// the data the decoder's bias is taken, about which directions are added.
    ///
    /// @param x `[n, d]`
    public static double outOfData(Dictionary dictionary, Tensor x) {
        return Scope.free(() -> outOfData(
                dictionary.weights().decoder(),
                x.to(dictionary.dtype()).minus(dictionary.weights().decoderBias())));
    }

    /// The same of directions that are no dictionary's.
    ///
    /// @param directions `[latent, d]`
    /// @param x `[n, d]`, less what directions are added to
    public static double outOfData(Tensor directions, Tensor x) {
        return 1 - MaxCosine.mean(MaxCosine.of(directions, x));
    }

    /// Plausibility: the mean over classes of the largest cosine of a classifier's weights for it with a latent's
    /// direction.
    ///
    /// @param classes `[class, d]`
    public static double plausibility(Dictionary dictionary, Tensor classes) {
        if (classes.shape().rank() != 2 || classes.dim(1) != dictionary.dOut()) {
            throw new BadInputException("class weights of the shape " + classes.shape() + " for a dictionary of "
                    + dictionary.dOut() + " numbers; expected [class, " + dictionary.dOut() + "].");
        }
        return Scope.free(() -> plausibility(dictionary.weights().decoder(), classes.to(dictionary.dtype())));
    }

    /// The same of directions that are no dictionary's.
    ///
    /// @param directions `[latent, d]`
    /// @param classes `[class, d]`
    public static double plausibility(Tensor directions, Tensor classes) {
        return MaxCosine.mean(MaxCosine.of(classes, directions));
    }
}
