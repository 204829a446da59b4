package cutaway.interp.geometry;

import cutaway.interp.edit.Values;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleFunction;

/// A curve through activations, by their label: the map of features of a label to the activation's principal
/// components by least squares (Kantamneni & Tegmark 2025, arXiv:2502.00873, section 4).
///
///     a(n) = mean + P^T C [1, B(n)]
///
/// It gives an activation for any label, those that were not fitted too, to be put in place in a run. It says
/// nothing about how good it is: ask [FitScores], on other labels. It holds no native memory.
public final class ManifoldFit {

    /// @param components principal components of the activations that are kept
    /// @param ridge on features of variance 1
    public record Settings(int components, double ridge) {

        public static final Settings USUAL = new Settings(100, 0);

        public Settings {
            if (components < 1 || !(ridge >= 0 && Double.isFinite(ridge))) {
                throw new BadInputException("a fit in " + components + " components with a ridge of " + ridge
                        + "; expected at least 1 component, and a ridge of 0 or more.");
            }
        }
    }

    /// Directions of the curve that are shorter than this share of the longest count as none.
    private static final double CUT = 1e-8;

    private final LabelFeatures features;
    private final DoubleFunction<double[]> columns;
    private final PrincipalComponents components;
    private final LeastSquares map;

    private ManifoldFit(
            LabelFeatures features,
            DoubleFunction<double[]> columns,
            PrincipalComponents components,
            LeastSquares map) {
        this.features = features;
        this.columns = columns;
        this.components = components;
        this.map = map;
    }

    /// @param activations `[n, d]`
    /// @param labels of each row
    public static ManifoldFit of(Tensor activations, double[] labels, LabelFeatures features, Settings settings) {
        if (activations.dim(0) != labels.length) {
            throw new IllegalArgumentException(labels.length + " labels of " + activations.dim(0) + " activations");
        }
        return of(
                PrincipalComponents.of(activations, settings.components()),
                activations,
                labels,
                features,
                settings.ridge());
    }

    /// The same in components that are there already.
    static ManifoldFit of(
            PrincipalComponents components, Tensor activations, double[] labels, LabelFeatures features, double ridge) {
        try (Scope _ = Scope.open()) {
            DoubleFunction<double[]> columns = features.over(labels);
            Tensor x = Tensor.of(LabelFeatures.rows(columns, labels), labels.length, features.count());
            return new ManifoldFit(
                    features, columns, components, LeastSquares.of(x, components.codes(activations), ridge));
        }
    }

    /// A fit that is there already.
    ///
    /// @param labels that were fitted
    static ManifoldFit of(LabelFeatures features, double[] labels, PrincipalComponents components, LeastSquares map) {
        return new ManifoldFit(features, features.over(labels), components, map);
    }

    PrincipalComponents components() {
        return components;
    }

    LeastSquares map() {
        return map;
    }

    public LabelFeatures features() {
        return features;
    }

    /// The activations that stand for labels.
    ///
    /// @return `[label, d]`, float64
    public Tensor at(double... labels) {
        return Scope.keep(() -> components.back(
                map.predict(Tensor.of(LabelFeatures.rows(columns, labels), labels.length, features.count()))));
    }

    /// The activation that stands for a label, as an edit carries it.
    public Values valuesAt(double label) {
        return Scope.free(() -> Values.of(at(label).toDoubles()));
    }

    /// The directions that the curve runs along: an orthonormal basis of the space that `P^T C` maps the features to.
    ///
    /// @return `[direction, d]`, float64; no more directions than columns
    public Tensor subspace() {
        return Scope.keep(() -> {
            LinearAlgebra.Svd svd = LinearAlgebra.svd(map.weights().matmul(components.directions()));
            double[] sizes = svd.s().toDoubles();
            long kept =
                    Arrays.stream(sizes).filter(size -> size > CUT * sizes[0]).count();
            return svd.vT().slice(0, 0, kept).contiguous();
        });
    }

    /// An activation whose part in [#subspace] is that of a label, the rest left as it is:
    ///
    ///     x' = x + Q^T Q (a(n) - x)
    ///
    /// @param x `[d]`
    /// @throws BadInputException when it is of another width
    public Values moved(Tensor x, double label) {
        return Scope.free(() -> {
            Tensor curve = at(label).reshape(-1);
            if (x.shape().count() != curve.dim(0)) {
                throw new BadInputException("a fit of " + curve.dim(0) + " numbers was put to an activation of "
                        + x.shape().count() + "; give the model that it was made of.");
            }
            Tensor here = x.to(Dtype.F64).reshape(-1);
            Tensor basis = subspace(); // [direction, d]
            Tensor parts = basis.matmul(curve.minus(here).reshape(-1, 1)); // [direction, 1]
            return Values.of(here.plus(basis.transpose(0, 1).matmul(parts).reshape(-1)));
        });
    }

    /// The share of the activations' variance that it tells ([LeastSquares#r2]); what lies outside of the
    /// components counts as not told.
    ///
    /// @param activations `[n, d]`
    public double r2(Tensor activations, double[] labels) {
        return Scope.free(() -> LeastSquares.r2(at(labels), activations));
    }
}
