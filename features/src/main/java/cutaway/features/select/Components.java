package cutaway.features.select;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.stream.IntStream;

/// Principal components of some rows, as denoisers of any rank:
///
///     f(x) = m + V V^T (x - m)        V the r leading eigenvectors of the covariance, `[d, r]`
///
/// Without the columns J, codes are what explains the other columns best, `c = argmin |x - m - V c|` over those, and
/// `f(x)_J = m_J + V_J c`.
public final class Components implements AutoCloseable {

    /// Added to the diagonal of what is solved, where a rank is as large as the columns that are left.
    private static final double RIDGE = 1e-9;

    private final Tensor mean; // [d]
    private final Tensor vectors; // [d, d], the leading first

    private Components(Tensor mean, Tensor vectors) {
        this.mean = Scope.detach(mean);
        this.vectors = Scope.detach(vectors);
    }

    /// @param x rows to fit to, `[n, d]`
    public static Components of(Tensor x) {
        try (Scope _ = Scope.open()) {
            Tensor rows = x.to(Dtype.F64);
            Tensor mean = rows.mean(0, false);
            Tensor centred = rows.minus(mean);
            Tensor rising = LinearAlgebra.eigh(
                            centred.transpose(0, 1).matmul(centred).over(x.dim(0)))
                    .vectors();
            long d = rising.dim(1);
            Tensor falling = Tensor.of(
                    IntStream.range(0, (int) d).mapToLong(i -> d - 1 - i).toArray(), d);
            return new Components(mean, rising.gatherRows(1, falling).contiguous());
        }
    }

    /// @param rank from 0, the mean alone, to d
    public Denoiser ofRank(int rank) {
        if (rank < 0 || rank > vectors.dim(1)) {
            throw new BadInputException("a rank of " + rank + "; expected 0 to " + vectors.dim(1) + ".");
        }
        return new Denoiser() {
            @Override
            public Tensor denoise(Tensor x) {
                return without(x, new boolean[Math.toIntExact(x.dim(1))]);
            }

            @Override
            public Tensor without(Tensor x, boolean[] hidden) {
                return Scope.keep(() -> {
                    Tensor rows = x.to(Dtype.F64);
                    if (rank == 0) {
                        return rows.times(0).plus(mean);
                    }
                    Tensor v = vectors.slice(1, 0, rank); // [d, r]
                    Tensor seen = Tensor.of(hidden, hidden.length, 1).not().to(Dtype.F64);
                    Tensor left = v.times(seen); // [d, r], 0 where hidden
                    Tensor gram = left.transpose(0, 1)
                            .matmul(left)
                            .plus(identity(rank).times(RIDGE));
                    Tensor codes = LinearAlgebra.solve(
                            gram, left.transpose(0, 1).matmul(rows.minus(mean).transpose(0, 1))); // [r, n]
                    return codes.transpose(0, 1).matmul(v.transpose(0, 1)).plus(mean);
                });
            }
        };
    }

    private static Tensor identity(long d) {
        return Tensor.range(0, d)
                .unsqueeze(1)
                .equalTo(Tensor.range(0, d).unsqueeze(0))
                .to(Dtype.F64);
    }

    @Override
    public void close() {
        mean.close();
        vectors.close();
    }
}
