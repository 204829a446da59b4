package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// k numbers a token by a linear map, the best there is: principal components where the output is the input,
/// reduced-rank regression where it is another site (Izenman 1975).
///
///     y^ = mean y + (x - mean x) B V V^T
///
/// B the least-squares map (the identity for an autoencoder), V the k leading eigenvectors of what `x B` spans.
final class LinearCoding implements Coding {

    private final Tensor meanX;
    private final Tensor meanY;
    private final Tensor encoder; // [dIn, k]
    private final Tensor decoder; // [k, dOut]

    private LinearCoding(Tensor meanX, Tensor meanY, Tensor encoder, Tensor decoder) {
        this.meanX = Scope.detach(meanX);
        this.meanY = Scope.detach(meanY);
        this.encoder = Scope.detach(encoder);
        this.decoder = Scope.detach(decoder);
    }

    /// @param moments of inputs (a) and outputs (b)
    /// @param same whether the outputs are the inputs
    static LinearCoding fit(Moments moments, boolean same, int k) {
        try (Scope _ = Scope.open()) {
            Tensor map = same ? Moments.identity(moments.within().dim(0)) : moments.map(); // [dIn, dOut]
            Tensor spread = same
                    ? moments.within()
                    : map.transpose(0, 1).matmul(moments.within()).matmul(map);
            Tensor vectors = LinearAlgebra.eigh(spread).vectors(); // [dOut, dOut], values rise
            long d = vectors.dim(0);
            Tensor leading = vectors.slice(1, d - Math.min(k, d), d); // [dOut, k]
            return new LinearCoding(
                    moments.meanA(),
                    moments.meanB(),
                    map.matmul(leading),
                    leading.transpose(0, 1).contiguous());
        }
    }

    @Override
    public SparseRows encode(Tensor x) {
        return Scope.free(() -> SparseRows.of(x.to(Dtype.F64).minus(meanX).matmul(encoder)));
    }

    @Override
    public Tensor decode(SparseRows codes, Tensor x) {
        return Scope.keep(() -> codes.times(decoder).plus(meanY));
    }

    @Override
    public double[] norms() {
        double[] ones = new double[Math.toIntExact(decoder.dim(0))];
        Arrays.fill(ones, 1);
        return ones;
    }

    @Override
    public Tensor writes() {
        return decoder;
    }

    @Override
    public void close() {
        meanX.close();
        meanY.close();
        encoder.close();
        decoder.close();
    }
}
