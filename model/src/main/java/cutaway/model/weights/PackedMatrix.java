package cutaway.model.weights;

import cutaway.tensor.Autograd;
import cutaway.tensor.Cores;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// A matrix that stays packed in its mapped file.
///
/// While the model's budget has room, the first product unpacks it for good. After that each core unpacks a tile of
/// rows into a buffer, multiplies it while it is still in the processor's cache, and goes on to the next tile in the
/// same buffer. What gradients flow through is unpacked whole: the graph holds on to it until it is freed.
public final class PackedMatrix implements Matrix {

    private final StoredRows rows;
    private final WeightMemory memory;
    private @Nullable Tensor kept;
    private boolean asked;

    public PackedMatrix(StoredRows rows, WeightMemory memory) {
        this.rows = rows;
        this.memory = memory;
    }

    /// Where the file has it.
    public StoredRows stored() {
        return rows;
    }

    @Override
    public long out() {
        return rows.out();
    }

    @Override
    public long in() {
        return rows.in();
    }

    @Override
    public Tensor times(Tensor x, @Nullable Tensor bias) {
        Tensor unpacked = kept();
        if (unpacked != null) {
            return Matrix.product(x, unpacked, bias);
        }
        if (Autograd.isTracked(x)) {
            return Scope.keep(
                    () -> Matrix.product(x, rows.unpacked(memory.arithmetic().dtype()), bias));
        }
        return Scope.keep(() -> tiled(x, bias));
    }

    private Tensor tiled(Tensor x, @Nullable Tensor bias) {
        Dtype dtype = memory.arithmetic().dtype();
        long[] dims = x.shape().dims();
        dims[dims.length - 1] = out();
        Tensor flat = x.reshape(-1, in()).to(dtype);
        Tensor product = Tensor.uninitialised(x.dtype(), new Shape(flat.dim(0), out()));
        long tile = memory.tileRows(in() * dtype.bytes(), out());
        Cores.forEach(Math.ceilDiv(out(), tile), i -> {
            long first = i * tile;
            tile(flat, first, Math.min(first + tile, out()), product);
        });
        Tensor result = product.reshape(dims);
        return bias == null ? result : result.plus(bias);
    }

    /// The columns of a product that some rows of the matrix make.
    private void tile(Tensor x, long first, long end, Tensor product) {
        memory.withBuffer((end - first) * in() * x.dtype().bytes(), buffer -> {
            rows.unpackHere(first, end - first, x.dtype(), buffer.memory());
            try (Tensor columns = product.slice(1, first, end)) {
                columns.assignLinear(x, buffer.matrix(end - first, in()));
            }
        });
    }

    @Override
    public Tensor whole() {
        Tensor unpacked = kept();
        return unpacked == null ? rows.unpacked(Dtype.F32) : unpacked.to(Dtype.F32);
    }

    @Override
    public Tensor rows(Tensor wanted) {
        return rows.unpacked(wanted.toLongs());
    }

    @Override
    public long bytes() {
        Tensor unpacked = kept();
        return unpacked == null
                ? out() * rows.rowBytes()
                : unpacked.shape().count() * unpacked.dtype().bytes();
    }

    /// The unpacked numbers, or null where the budget has no room for them.
    private synchronized @Nullable Tensor kept() {
        if (!asked) {
            asked = true;
            if (memory.grant(out() * in() * memory.arithmetic().dtype().bytes())) {
                kept = memory.keep(rows.unpacked(memory.arithmetic().dtype()));
                rows.bytes().unload(); // what was read once need not stay in memory beside what it became
            }
        }
        return kept;
    }
}
