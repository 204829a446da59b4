package cutaway.features.judge;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What anyone can have without training a dictionary, with as many active latents a token: a number that these
/// reach is nothing to be proud of. All are fitted to the text for fitting, none to the judged one.
final class Rivals {

    private Rivals() {}

    /// Random unit directions, as many as the dictionary has latents; of each token the k with the largest products
    /// are active. One factor for all, by least squares, makes up for directions that overlap.
    ///
    ///     y^ = mean y + c sum_i f_i r_i        f = TopK((x - mean x) R^T)
    ///
    /// @param y what x is to become, for the factor: `[n, dOut]`, as `x`
    static Dictionary random(Tensor x, Tensor y, int width, int k, long seed) {
        try (Scope _ = Scope.open()) {
            Random random = new Random(seed);
            boolean same = x == y;
            Tensor reads = unit(random.normal(width, x.dim(1)));
            Tensor writes = same ? reads.copy() : unit(random.normal(width, y.dim(1)));
            Tensor meanX = mean(x);
            Tensor meanY = mean(y);
            Tensor bias = reads.matmul(meanX.unsqueeze(1)).squeeze(1).negate();
            Dictionary plain = dictionary(reads, bias, writes, meanY, Math.min(k, width));
            double factor = factor(plain, x, y);
            plain.weights().decoder().assign(plain.weights().decoder().times(factor));
            return plain;
        }
    }

    private static double factor(Dictionary plain, Tensor x, Tensor y) {
        return Scope.free(() -> {
            SparseRows codes = plain.encode(x.to(Dtype.F32));
            Tensor made = codes.times(plain.weights().decoder()); // [n, dOut]
            double size = made.dot(made);
            return size == 0 ? 0 : made.dot(y.to(Dtype.F32).minus(mean(y))) / size;
        });
    }

    /// The coordinates of the activation itself (neurons, where the site has them): the k that are farthest from
    /// their means are kept exactly, the others become their means. A latent for each coordinate and sign.
    static Dictionary neurons(Tensor x, int k) {
        try (Scope _ = Scope.open()) {
            Tensor identity = Moments.identity(x.dim(1)).to(Dtype.F32);
            Tensor both = Tensor.cat(List.of(identity, identity.negate()), 0);
            Tensor mean = mean(x);
            Tensor bias = both.matmul(mean.unsqueeze(1)).squeeze(1).negate();
            return dictionary(both, bias, both.copy(), mean, Math.min(k, (int) x.dim(1)));
        }
    }

    private static Dictionary dictionary(Tensor reads, Tensor bias, Tensor writes, Tensor mean, int k) {
        return new Dictionary(
                new Dictionary.Weights(reads, bias, writes, mean, Optional.empty()),
                new Activation.TopK(k, false),
                false,
                Scaling.NONE,
                new Origin("", List.of(), List.of(), Map.of()));
    }

    /// As many random directions as a dictionary has latents, `[latent, dOut]`; the caller closes them.
    static Tensor unitRows(Dictionary dictionary, long seed) {
        return Scope.detach(Scope.keep(() -> unit(new Random(seed).normal(dictionary.width(), dictionary.dOut()))));
    }

    /// Rows of length 1.
    static Tensor unit(Tensor rows) {
        return Scope.keep(() -> rows.over(rows.square().sum(1, true).sqrt()));
    }

    private static Tensor mean(Tensor rows) {
        return Scope.keep(() -> rows.to(Dtype.F64).mean(0, false).to(Dtype.F32));
    }
}
