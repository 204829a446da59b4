package cutaway.interp.relations;

import cutaway.interp.run.Jacobian.Expansion;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.LinearAlgebra.Svd;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// An affine map from a subject's state to what the residual stream ends with before the object (linear relational
/// embedding; Hernandez et al., arXiv:2308.09124):
///
///     object ~ beta W subject + b,   W = mean J_i,   b = mean (o_i - J_i s_i)
///
/// over the first-order expansions of a few prompts. It holds no native memory.
///
/// @param layer after whose block the subject's state stands
/// @param weight `[d, d]`, row-major, of the object's numbers by the subject's
/// @param bias `[d]`
/// @param beta by how much the map is stretched, for the mean of Jacobians is too small
public record LinearRelation(int layer, float[] weight, float[] bias, double beta) {

    public LinearRelation {
        weight = weight.clone();
        bias = bias.clone();
        if ((long) bias.length * bias.length != weight.length) {
            throw new BadInputException("a relation of " + weight.length + " weights and " + bias.length
                    + " offsets; expected d x d and d.");
        }
    }

    @Override
    public float[] weight() {
        return weight.clone();
    }

    @Override
    public float[] bias() {
        return bias.clone();
    }

    /// The mean of some expansions, all of one layer; at least one.
    public static LinearRelation of(List<Expansion> expansions, double beta) {
        try (Scope _ = Scope.open()) {
            Tensor weight = null;
            Tensor bias = null;
            for (Expansion one : expansions) {
                Tensor jacobian = one.jacobian().to(Dtype.F64);
                Tensor rest = one.end()
                        .to(Dtype.F64)
                        .minus(jacobian.matmul(one.state().to(Dtype.F64).unsqueeze(1))
                                .squeeze(1));
                weight = weight == null ? jacobian : weight.plus(jacobian);
                bias = bias == null ? rest : bias.plus(rest);
            }
            if (weight == null || bias == null) {
                throw new IllegalArgumentException("a relation of no expansions");
            }
            double count = expansions.size();
            return new LinearRelation(
                    expansions.getFirst().layer(),
                    weight.over(count).to(Dtype.F32).toFloats(),
                    bias.over(count).to(Dtype.F32).toFloats(),
                    beta);
        }
    }

    public int width() {
        return bias.length;
    }

    public LinearRelation stretched(double by) {
        return new LinearRelation(layer, weight, bias, by);
    }

    /// `[d, d]`
    public Tensor map() {
        return Tensor.of(weight, bias.length, bias.length);
    }

    /// What the residual stream would end with.
    ///
    /// @param subjects `[n, d]`
    /// @return `[n, d]`
    public Tensor objects(Tensor subjects) {
        return Scope.keep(() ->
                subjects.to(Dtype.F32).matmul(map().transpose(0, 1)).times(beta).plus(Tensor.of(bias, 1, bias.length)));
    }

    /// The map turned round: what is to be added to a subject for its object to change.
    public Inverse inverse() {
        return Scope.free(() -> Inverse.of(map()));
    }

    /// The pseudo-inverse of a matrix, by its largest singular values. It holds no native memory.
    ///
    /// @param u `[d, d]`, by columns
    /// @param s `[d]`, falling
    /// @param vT `[d, d]`, by rows
    public record Inverse(float[] u, double[] s, float[] vT) {

        static Inverse of(Tensor map) {
            Svd svd = LinearAlgebra.svd(map.to(Dtype.F32));
            return new Inverse(svd.u().toFloats(), svd.s().toDoubles(), svd.vT().toFloats());
        }

        /// One with the same singular values in random directions.
        public Inverse random(long seed) {
            return Scope.free(() -> {
                Random random = new Random(seed);
                Tensor left =
                        LinearAlgebra.qr(random.normal(s.length, s.length)).q();
                Tensor right =
                        LinearAlgebra.qr(random.normal(s.length, s.length)).q();
                return new Inverse(left.toFloats(), s, right.toFloats());
            });
        }

        /// `W_rank^+ change`: what moves the object by `change` as far as `rank` directions can.
        ///
        /// @param change `[d]`
        /// @param rank of d at most
        /// @return `[d]`
        public double[] of(double[] change, int rank) {
            int d = s.length;
            int kept = Math.min(rank, d);
            double[] found = new double[d];
            for (int i = 0; i < kept && s[i] > 0; i++) {
                double along = 0;
                for (int j = 0; j < d; j++) {
                    along += u[j * d + i] * change[j];
                }
                for (int j = 0; j < d; j++) {
                    found[j] += along / s[i] * vT[i * d + j];
                }
            }
            return found;
        }

        /// As [#of], stretched to a length.
        double[] ofLength(double[] change, int rank, double length) {
            double[] step = of(change, rank);
            double longer = length / Math.max(norm(step), Double.MIN_NORMAL);
            for (int i = 0; i < step.length; i++) {
                step[i] *= longer;
            }
            return step;
        }
    }

    static double norm(double[] vector) {
        double sum = 0;
        for (double value : vector) {
            sum += value * value;
        }
        return Math.sqrt(sum);
    }
}
