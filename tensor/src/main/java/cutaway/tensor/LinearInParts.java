package cutaway.tensor;

import java.util.Objects;

/// A product `x W^T` that is made a few columns at a time, each from a few rows of W: for weights that never lie in
/// memory as a whole. Any thread may make a part, while the tensors that it was begun with are alive.
public final class LinearInParts {

    private final Tensor x;
    private final Tensor product;
    private final long rowsAt;
    private final long productAt;

    /// @param x `[n, in]`, contiguous, in the type that products are computed in
    /// @param product `[n, out]`, contiguous, float32 (of float64 rows: float64): receives the product
    /// @throws IllegalArgumentException when their rows differ, or one of them is not contiguous
    public LinearInParts(Tensor x, Tensor product) {
        if (x.shape().rank() != 2 || product.shape().rank() != 2 || x.dim(0) != product.dim(0)) {
            throw new IllegalArgumentException("a product " + product.shape() + " of rows " + x.shape());
        }
        this.x = x;
        this.product = product;
        rowsAt = x.memory().address();
        productAt = product.memory().address();
    }

    /// Makes the columns `first` to `first + rows` of the product.
    ///
    /// @param weights begins with the rows of W of the same numbers; of x's type, contiguous
    /// @throws IndexOutOfBoundsException when the product has no such columns, or `weights` is too short
    public void fill(long first, long rows, Tensor weights) {
        fill(first, rows, weights, 0);
    }

    /// As [#fill(long, long, Tensor)], from the rows of `weights` that begin with `from`.
    void fill(long first, long rows, Tensor weights, long from) {
        Objects.checkFromIndexSize(first, rows, product.dim(1)); // nothing below this looks
        Objects.checkFromIndexSize(
                Math.multiplyExact(from, x.dim(1)),
                Math.multiplyExact(rows, x.dim(1)),
                weights.shape().count());
        if (isFloat(x) && isFloat(product) && isFloat(weights) && fillDirectly(first, rows, weights, from)) {
            return;
        }
        Scope.free(() -> {
            long end = from + rows;
            Tensor part = weights.reshape(-1)
                    .slice(0, from * x.dim(1), end * x.dim(1))
                    .reshape(rows, x.dim(1));
            product.slice(1, first, first + rows).assign(x.linear(part, null));
            return product;
        });
    }

    private boolean fillDirectly(long first, long rows, Tensor weights, long from) {
        return OpenBlas.linear(
                rowsAt,
                weights.memory().address() + from * x.dim(1) * Float.BYTES,
                productAt + first * Float.BYTES,
                (int) x.dim(0),
                (int) rows,
                (int) x.dim(1),
                (int) product.dim(1));
    }

    private static boolean isFloat(Tensor tensor) {
        return tensor.dtype() == Dtype.F32;
    }
}
