package cutaway.model.weights;

import cutaway.tensor.Cores;
import cutaway.tensor.LinearInParts;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Products of one input with packed matrices.
///
/// The rows of all matrices stand one below the other. Each core unpacks a tile of them into a buffer, multiplies it
/// while it is still in the processor's cache, and goes on to the next tile in the same buffer. Matrices that share
/// an input share the tiles too: the cores wait for each other once, not once for each matrix.
public final class TiledProducts {

    private final WeightMemory memory;
    private final List<Factor> factors;

    private TiledProducts(WeightMemory memory, List<Factor> factors) {
        this.memory = memory;
        this.factors = factors;
    }

    /// A matrix and its product.
    ///
    /// @param first the number of its first row among the rows of all
    private record Factor(StoredRows rows, long first, LinearInParts product) {
        long end() {
            return first + rows.out();
        }
    }

    /// Whether all of some matrices are unpacked for each product with an input.
    public static boolean areFor(Tensor x, List<Matrix> matrices) {
        return matrices.stream().allMatch(matrix -> matrix instanceof PackedMatrix packed && packed.isTiledFor(x));
    }

    /// `x W^T` for some matrices W of one model, for which [#areFor] holds.
    ///
    /// @param x `[..., in]`, in the type of activations
    /// @param matrices `[out, in]` each
    /// @return `[..., out]` each, as x
    /// @throws IllegalArgumentException when a matrix has other columns than x
    public static List<Tensor> of(Tensor x, List<Matrix> matrices) {
        return Scope.keepAll(() -> {
            WeightMemory memory = ((PackedMatrix) matrices.getFirst()).memory();
            Tensor flat =
                    x.reshape(-1, x.dim(-1)).to(memory.arithmetic().dtype()).contiguous();
            List<Factor> factors = new ArrayList<>();
            List<Tensor> products = new ArrayList<>();
            long rows = 0;
            for (Matrix matrix : matrices) {
                if (matrix.in() != x.dim(-1)) {
                    throw new IllegalArgumentException(
                            "linear of " + x.shape() + " by a matrix of " + matrix.in() + " columns");
                }
                Tensor product = Tensor.uninitialised(x.dtype(), new Shape(flat.dim(0), matrix.out()));
                factors.add(new Factor(((PackedMatrix) matrix).stored(), rows, new LinearInParts(flat, product)));
                products.add(product.reshape(withLast(x.shape(), matrix.out())));
                rows += matrix.out();
            }
            new TiledProducts(memory, factors).fill(rows, x.dim(-1));
            return products;
        });
    }

    private void fill(long rows, long in) {
        long tile = memory.tileRows(in, rows);
        Cores.forEach(Math.ceilDiv(rows, tile), i -> {
            long first = i * tile;
            long end = Math.min(first + tile, rows);
            memory.withBuffer(tile * in, buffer -> {
                for (Factor factor : factors) {
                    if (factor.first < end && first < factor.end()) {
                        fill(factor, Math.max(first, factor.first), Math.min(end, factor.end()), buffer);
                    }
                }
            });
        });
    }

    /// The columns of a product that some rows of its matrix make, which are numbered among the rows of all.
    private void fill(Factor factor, long first, long end, WeightMemory.Buffer buffer) {
        long own = first - factor.first;
        factor.rows.unpackHere(own, end - first, memory.arithmetic().dtype(), buffer.memory());
        factor.product.fill(own, end - first, buffer.numbers());
    }

    private static long[] withLast(Shape shape, long last) {
        long[] dims = shape.dims();
        dims[dims.length - 1] = last;
        return dims;
    }
}
