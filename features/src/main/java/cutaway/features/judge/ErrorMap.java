package cutaway.features.judge;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// What of a dictionary's error `e = y - y^` can be foretold from the activation by a linear map, fitted on text of
/// its own: the error's vector, and its norm (Engels et al. 2024, "Decomposing the dark matter of sparse
/// autoencoders", arXiv:2410.14670).
///
/// A reconstruction that is the activation shrunk has an error that is the activation too: foretold all of it. So
/// the number says something only of dictionaries whose FVU is small; and the principal components' error, linear by
/// construction, has an R² of 1.
///
/// @param map `[dIn, dOut + 1]`: the last column is the norm's
/// @param byNorm slope and height of the line from the activation's norm to the error's
record ErrorMap(Tensor meanX, Tensor map, Tensor mean, double[] byNorm) implements AutoCloseable {

    ErrorMap {
        List.of(meanX, map, mean).forEach(Scope::detach);
    }

    /// Fits a map as rows of activations and errors come in.
    static final class Fitting implements AutoCloseable {

        private final Moments vector;
        private final Moments norm = new Moments(1, 1);

        Fitting(int dIn, int dOut) {
            vector = new Moments(dIn, dOut + 1L);
        }

        /// @param x `[n, dIn]` float64
        /// @param error `[n, dOut]` float64
        void add(Tensor x, Tensor error) {
            try (Scope _ = Scope.open()) {
                Tensor size = norms(error);
                vector.add(x, Tensor.cat(List.of(error, size), 1));
                norm.add(norms(x), size);
            }
        }

        ErrorMap fitted() {
            try (Scope _ = Scope.open()) {
                double slope = norm.map().item();
                double height = norm.meanB().item() - slope * norm.meanA().item();
                return new ErrorMap(vector.meanA(), vector.map(), vector.meanB(), new double[] {slope, height});
            }
        }

        @Override
        public void close() {
            vector.close();
            norm.close();
        }
    }

    static Tensor norms(Tensor rows) {
        return Scope.keep(() -> rows.square().sum(1, true).sqrt());
    }

    /// `[n, dOut + 1]`.
    Tensor foretold(Tensor x) {
        return x.minus(meanX).matmul(map).plus(mean);
    }

    /// Share of the error's variance that the map foretells on other text, pooled over dimensions (the paper takes
    /// the mean of the dimensions' R²).
    ///
    ///     1 - sum_t |e - e^|^2 / sum_t |e - mean e|^2
    Metric<Reconstructed> vector() {
        return new Share("error foretold, vector") {
            @Override
            public double[] terms(Reconstructed context) {
                Tensor error = context.error();
                Tensor foretold = foretold(context.x()).slice(1, 0, error.dim(1));
                return Spread.terms(error.minus(foretold).square().sum().item(), error);
            }
        };
    }

    /// Share of the variance of the error's norm.
    Metric<Reconstructed> norm() {
        return new Share("error foretold, norm") {
            @Override
            public double[] terms(Reconstructed context) {
                Tensor norms = norms(context.error());
                Tensor all = foretold(context.x());
                Tensor foretold = all.slice(1, all.dim(1) - 1, all.dim(1));
                return Spread.terms(norms.minus(foretold).square().sum().item(), norms);
            }
        };
    }

    /// The same from nothing but the activation's norm: what [#norm] has to beat.
    Metric<Reconstructed> normByNorm() {
        return new Share("error foretold, norm by norm") {
            @Override
            public double[] terms(Reconstructed context) {
                Tensor norms = norms(context.error());
                Tensor foretold = norms(context.x()).times(byNorm[0]).plus(byNorm[1]);
                return Spread.terms(norms.minus(foretold).square().sum().item(), norms);
            }
        };
    }

    private abstract static class Share implements Metric<Reconstructed> {

        private final String label;

        Share(String label) {
            this.label = label;
        }

        @Override
        public String label() {
            return label;
        }

        @Override
        public String unit() {
            return "R²";
        }

        @Override
        public double[] settled(double[] terms, double[] all) {
            return Spread.settled(terms, all);
        }

        @Override
        public double value(double[] sums) {
            return 1 - sums[0] / sums[1];
        }
    }

    @Override
    public void close() {
        meanX.close();
        map.close();
        mean.close();
    }
}
