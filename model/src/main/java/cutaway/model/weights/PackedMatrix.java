package cutaway.model.weights;

import cutaway.tensor.Autograd;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A matrix that stays packed in its mapped file.
///
/// While the model's budget has room, the first product unpacks it for good. After that its rows pass through a small
/// buffer ([TiledProducts]). What gradients flow through is unpacked whole: the graph holds on to it until it is freed.
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
        return Scope.keep(() -> {
            if (Autograd.isTracked(x)) {
                return Matrix.product(x, rows.unpacked(memory.arithmetic().dtype()), bias);
            }
            return Matrix.plusBias(TiledProducts.of(x, List.of(this)).getFirst(), bias);
        });
    }

    /// Whether a product with some input unpacks tile by tile.
    boolean isTiledFor(Tensor x) {
        return kept() == null && !Autograd.isTracked(x);
    }

    WeightMemory memory() {
        return memory;
    }

    @Override
    public Tensor whole() {
        Tensor unpacked = kept();
        Dtype activations = memory.arithmetic().activations();
        return unpacked == null ? rows.unpacked(activations) : unpacked.to(activations);
    }

    @Override
    public Tensor rows(Tensor wanted) {
        return rows.unpacked(wanted.toLongs(), memory.arithmetic().activations());
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
