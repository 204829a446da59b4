package cutaway.tensor;

/// A product `x W^T` that is made a few columns at a time, each from a few rows of W: for weights that never lie in
/// memory as a whole. Any thread may make a part, while the tensors that it was begun with are alive.
public final class LinearInParts {

    private final Tensor x;
    private final Tensor product;
    private final long from;
    private final long to;

    /// @param x `[n, in]`, contiguous, in the type that products are computed in
    /// @param product `[n, out]`, float32, contiguous: receives the product
    public LinearInParts(Tensor x, Tensor product) {
        this.x = x;
        this.product = product;
        from = x.memory().address();
        to = product.memory().address();
    }

    /// Makes the columns `first` to `first + rows` of the product.
    ///
    /// @param weights begins with the rows of W of the same numbers, one after the other; of x's type, contiguous
    public void fill(long first, long rows, Tensor weights) {
        if (x.dtype() == Dtype.F32 && fillDirectly(first, rows, weights)) {
            return;
        }
        Scope.free(() -> {
            Tensor part = weights.slice(0, 0, rows * x.dim(1)).reshape(rows, x.dim(1));
            product.slice(1, first, first + rows).assign(x.linear(part, null));
            return product;
        });
    }

    private boolean fillDirectly(long first, long rows, Tensor weights) {
        return OpenBlas.linear(
                from,
                weights.memory().address(),
                to + first * Float.BYTES,
                (int) x.dim(0),
                (int) rows,
                (int) x.dim(1),
                (int) product.dim(1));
    }
}
