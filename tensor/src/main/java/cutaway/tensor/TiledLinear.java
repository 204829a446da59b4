package cutaway.tensor;

import org.bytedeco.pytorch.global.torch;

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

    /// Whether a product is made so: float32 in row-major order, on OpenBLAS.
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
                && weight.isContiguous();
    }

    /// Where gradients flow, LibTorch makes the product too, for its graph, and its numbers are written over: so
    /// a run has the same bits with gradients as without.
    ///
    /// @param x `[..., in]`, for which [#isFor] holds
    /// @param weight `[out, in]`
    /// @return `[..., out]`
    static Tensor product(Tensor x, Tensor weight) {
        return Scope.keep(() -> {
            long[] dims = x.shape().dims();
            dims[dims.length - 1] = weight.dim(0);
            boolean isTracked = Autograd.isTracked(x) || Autograd.isTracked(weight);
            Tensor product = isTracked
                    ? Tensor.op("linear", () -> OpenBlas.onOneThread(() -> torch.linear(x.h(), weight.h())), x, weight)
                    : Tensor.uninitialised(Dtype.F32, new Shape(dims));
            fill(
                    product.reshape(-1, weight.dim(0)),
                    x.reshape(-1, weight.dim(1)).contiguous(),
                    weight);
            return product;
        });
    }

    /// @param product `[n, out]`, receives it
    /// @param rows `[n, in]`
    private static void fill(Tensor product, Tensor rows, Tensor weight) {
        long out = weight.dim(0);
        LinearInParts parts = new LinearInParts(rows, product);
        long tile = tileRows(rows.dim(0), weight.dim(1), out);
        Cores.forEach(
                Math.ceilDiv(out, tile), i -> parts.fill(i * tile, Math.min(tile, out - i * tile), weight, i * tile));
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
