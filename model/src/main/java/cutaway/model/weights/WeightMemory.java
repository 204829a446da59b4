package cutaway.model.weights;

import cutaway.tensor.Cores;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/// What a model may spend on unpacked weights: a budget for those that stay, and buffers for those that pass through.
///
/// Matrices are kept in the order in which they are first used, until the budget is spent. (Passing them all through a
/// smaller cache by turns would evict each one just before it is needed again.)
public final class WeightMemory implements AutoCloseable {

    /// Most bytes and rows of a tile: large enough for a product to be worth its while, small enough for the cache of
    /// the processor, and for no core to wait long for the last tile of another.
    private static final long TILE = 4 << 20;

    private static final int TILE_ROWS = 400;

    private final Arithmetic arithmetic;
    private final long tile;
    private final List<Tensor> kept = new ArrayList<>();
    private final Deque<Buffer> idle = new ArrayDeque<>();
    private long left;

    /// @param budget bytes for weights that stay unpacked
    public WeightMemory(Arithmetic arithmetic, long budget) {
        this(arithmetic, budget, TILE);
    }

    /// @param tile most bytes that a core unpacks at a time
    WeightMemory(Arithmetic arithmetic, long budget, long tile) {
        this.arithmetic = arithmetic;
        this.left = budget;
        this.tile = tile;
    }

    /// Rows that are unpacked at a time, of some rows with some numbers each: as many tiles for each core.
    long tileRows(long in, long rows) {
        long most = Math.clamp(tile / (in * arithmetic.dtype().bytes()), 1, TILE_ROWS);
        long rounds = Math.ceilDiv(rows, most * Cores.count());
        return Math.ceilDiv(rows, rounds * Cores.count());
    }

    public Arithmetic arithmetic() {
        return arithmetic;
    }

    /// Room that one tile after another is unpacked into.
    ///
    /// @param numbers in the type that products are computed in
    /// @param memory the same as bytes: asked for once, since giving it back stops all threads for a moment
    record Buffer(Tensor numbers, MemorySegment memory) {
        private static Buffer of(Dtype dtype, long numbers) {
            Tensor tensor = Scope.detach(Tensor.uninitialised(dtype, new Shape(numbers)));
            return new Buffer(tensor, tensor.data());
        }
    }

    /// Takes bytes from the budget, if it has them.
    synchronized boolean grant(long bytes) {
        if (bytes > left) {
            return false;
        }
        left -= bytes;
        return true;
    }

    /// Keeps a tensor until this is closed.
    synchronized Tensor keep(Tensor tensor) {
        kept.add(Scope.detach(tensor));
        return tensor;
    }

    /// Lends a buffer of some numbers at least, for as long as the work takes.
    void withBuffer(long numbers, Consumer<Buffer> work) {
        Buffer buffer = borrow(numbers);
        try {
            work.accept(buffer);
        } finally {
            giveBack(buffer);
        }
    }

    private synchronized Buffer borrow(long numbers) {
        Buffer buffer = idle.poll();
        if (buffer != null && buffer.numbers.shape().count() >= numbers) {
            return buffer;
        }
        if (buffer != null) {
            buffer.numbers.close();
        }
        return Buffer.of(
                arithmetic.dtype(), Math.max(numbers, tile / arithmetic.dtype().bytes()));
    }

    private synchronized void giveBack(Buffer buffer) {
        idle.push(buffer);
    }

    @Override
    public synchronized void close() {
        kept.forEach(Tensor::close);
        kept.clear();
        idle.forEach(buffer -> buffer.numbers.close());
        idle.clear();
    }
}
