package cutaway.studies.archetypalsae;

import cutaway.features.coder.Centroids;
import cutaway.features.coder.ConvexNmf;
import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;

/// Directions that were found in tokens, and how other tokens are written in them.
interface Directions extends AutoCloseable {

    /// `[latent, d]`
    Tensor rows();

    /// What they are added to, `[d]`.
    Tensor bias();

    /// The codes of tokens, `[n, latent]`.
    ///
    /// @param x `[n, d]`
    SparseRows codes(Tensor x);

    /// What codes stand for, `[n, d]`.
    Tensor decode(SparseRows codes, Tensor x);

    @Override
    void close();

    /// Those of a dictionary, which it closes with it.
    record Learned(Dictionary dictionary) implements Directions {

        @Override
        public Tensor rows() {
            return dictionary.weights().decoder();
        }

        @Override
        public Tensor bias() {
            return dictionary.weights().decoderBias();
        }

        @Override
        public SparseRows codes(Tensor x) {
            return dictionary.encode(x);
        }

        @Override
        public Tensor decode(SparseRows codes, Tensor x) {
            return dictionary.decode(codes, x);
        }

        @Override
        public void close() {
            dictionary.close();
        }
    }

    /// Those of k-means or of convex NMF, which have no encoder.
    ///
    /// @param isClusters whether a token is its nearest centroid, with the code 1; else a sum with
    ///     non-negative codes, those below a hundredth of a token's largest left out
    record Found(Tensor rows, Tensor bias, boolean isClusters) implements Directions {

        private static final int STEPS = 200;
        private static final double LEFT_OUT = 0.01;

        public Found {
            Scope.detach(rows);
            Scope.detach(bias);
        }

        @Override
        public SparseRows codes(Tensor x) {
            return Scope.free(() -> {
                Tensor centred = x.minus(bias);
                if (isClusters) {
                    Tensor nearest = Tensor.of(Centroids.nearest(centred, rows), x.dim(0))
                            .unsqueeze(1);
                    return SparseRows.of(
                            nearest.equalTo(Tensor.range(0, rows.dim(0)).unsqueeze(0))
                                    .to(x.dtype()));
                }
                Tensor codes = ConvexNmf.codes(centred, rows, STEPS);
                Tensor kept = codes.minus(codes.max(1, true).times(LEFT_OUT)).relu(); // 0 where it is left out
                return SparseRows.of(codes.maskedFill(kept.equalTo(0), 0));
            });
        }

        @Override
        public Tensor decode(SparseRows codes, Tensor x) {
            return Scope.keep(() -> codes.times(rows).plus(bias));
        }

        @Override
        public void close() {
            rows.close();
            bias.close();
        }
    }
}
