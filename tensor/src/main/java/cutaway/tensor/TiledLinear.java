package cutaway.tensor;

/// `x W^T` in float32, a tile of rows of W at a time, each on one core.
///
/// OpenBLAS would share one product among its own threads, which spin while they wait for each other: where something
/// else runs on one of the cores, it takes ten times as long. Tiles wait for nothing, and a free core takes more of
/// them. Of a few rows of x, tiles are so small that OpenBLAS multiplies them as they stand, without packing W
/// first: two to three times as fast where it has such kernels.
final class TiledLinear {

    /// A product that OpenBLAS makes without packing, where it can: sums of at most so many, and so many products.
    private static final long UNPACKED_SUMS = 1200;

    private static final long UNPACKED_PRODUCTS = 1_000_000;

    /// Rows of a tile of W: the fewest that are worth a call, and the most for one core.
    private static final long LEAST_ROWS = 16;

    private static final long MOST_UNPACKED_ROWS = 64;
    private static final long MOST_ROWS = 320;

    private TiledLinear() {}

    /// Whether a product is made so: float32 in row-major order that no gradient flows through, on OpenBLAS.
    ///
    /// @param weight `[out, in]`
    static boolean isFor(Tensor x, Tensor weight) {
        return OpenBlas.multiplies()
                && x.dtype() == Dtype.F32
                && weight.dtype() == Dtype.F32
                && x.shape().rank() > 0
                && weight.shape().rank() == 2
                && x.dim(-1) == weight.dim(1)
                && x.shape().count() > 0
                && weight.shape().count() > 0
                && weight.isContiguous()
                && !Autograd.isTracked(x)
                && !Autograd.isTracked(weight);
    }

    /// @param x `[..., in]`, for which [#isFor] holds
    /// @param weight `[out, in]`
    /// @return `[..., out]`
    static Tensor product(Tensor x, Tensor weight) {
        return Scope.keep(() -> {
            long in = weight.dim(1);
            long out = weight.dim(0);
            Tensor rows = x.reshape(-1, in).contiguous();
            Tensor product = Tensor.uninitialised(Dtype.F32, new Shape(rows.dim(0), out));
            LinearInParts parts = new LinearInParts(rows, product);
            long tile = tileRows(rows.dim(0), in, out);
            Cores.forEach(
                    Math.ceilDiv(out, tile),
                    i -> parts.fill(i * tile, Math.min(tile, out - i * tile), weight, i * tile));
            long[] dims = x.shape().dims();
            dims[dims.length - 1] = out;
            return product.reshape(dims);
        });
    }

    private static long tileRows(long rows, long in, long out) {
        long unpacked = Math.min(UNPACKED_SUMS / rows, UNPACKED_PRODUCTS / (rows * in));
        if (unpacked >= LEAST_ROWS) {
            return Math.min(MOST_UNPACKED_ROWS, unpacked / LEAST_ROWS * LEAST_ROWS);
        }
        int cores = Cores.free();
        long rounds = cores == 1 ? 1 : Math.ceilDiv(out, MOST_ROWS * cores);
        return Math.ceilDiv(out, rounds * cores);
    }
}
