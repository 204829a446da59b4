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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What a model may spend on unpacked weights: a budget for those that stay, and buffers for those that pass through.
///
/// Matrices are kept in the order in which they are first used, until the budget is spent. (Passing them all through a
/// smaller cache by turns would evict each one just before it is needed again.)
public final class WeightMemory implements AutoCloseable {

    /// Most bytes and rows of a tile: large enough for a product to be worth its while, small enough for the cache of
    /// the processor.
    private static final long TILE = 4 << 20;

    private static final int TILE_ROWS = 800;

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

    /// Rows that are unpacked at a time, of a matrix with some bytes a row, unpacked: as many tiles for each core.
    long tileRows(long rowBytes, long rows) {
        long most = Math.clamp(tile / rowBytes, 1, TILE_ROWS);
        long rounds = Math.ceilDiv(rows, most * Cores.count());
        return Math.ceilDiv(rows, rounds * Cores.count());
    }

    public Arithmetic arithmetic() {
        return arithmetic;
    }

    /// Room that one tile after another is unpacked into.
    final class Buffer {

        private final Tensor bytes;
        private final MemorySegment memory;
        private final Map<Shape, Tensor> matrices = new HashMap<>();

        private Buffer(long bytes) {
            this.bytes =
                    Scope.detach(Tensor.uninitialised(Dtype.F32, new Shape((bytes + Float.BYTES - 1) / Float.BYTES)));
            this.memory = this.bytes.data();
        }

        /// The tensor's own memory: asked for once, since giving it back stops all threads for a moment.
        MemorySegment memory() {
            return memory;
        }

        /// The beginning of the buffer as a matrix, not to be closed. It is made once for each shape: a model's tiles
        /// have few, and come hundreds of times in a pass.
        Tensor matrix(long rows, long columns) {
            return matrices.computeIfAbsent(
                    new Shape(rows, columns),
                    shape -> Scope.detach(Scope.keep(() -> bytes.viewAs(arithmetic.dtype())
                            .slice(0, 0, rows * columns)
                            .reshape(rows, columns))));
        }

        private boolean holds(long size) {
            return bytes.shape().count() * Float.BYTES >= size;
        }

        private void close() {
            matrices.values().forEach(Tensor::close);
            bytes.close();
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

    /// Lends a buffer for as long as the work takes.
    void withBuffer(long bytes, Consumer<Buffer> work) {
        Buffer buffer = borrow(bytes);
        try {
            work.accept(buffer);
        } finally {
            giveBack(buffer);
        }
    }

    private synchronized Buffer borrow(long bytes) {
        Buffer buffer = idle.poll();
        if (buffer != null && buffer.holds(bytes)) {
            return buffer;
        }
        if (buffer != null) {
            buffer.close();
        }
        return new Buffer(Math.max(bytes, tile));
    }

    private synchronized void giveBack(Buffer buffer) {
        idle.push(buffer);
    }

    @Override
    public synchronized void close() {
        kept.forEach(Tensor::close);
        kept.clear();
        idle.forEach(Buffer::close);
        idle.clear();
    }
}
