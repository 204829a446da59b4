package cutaway.model.export;

import cutaway.model.export.Plan.Part;
import cutaway.model.export.Plan.Weight;
import cutaway.model.family.RecordedWeights.Place;
import cutaway.model.gguf.BlockType;
import cutaway.model.gguf.Pack;
import cutaway.model.weights.PackedMatrix;
import cutaway.model.weights.StoredRows;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Makes the bytes of one weight out of the parts that its rows are of.
final class Contents {

    private Contents() {}

    /// The quantised type that all its parts are stored in already, with rows that can be copied as they are.
    static Optional<BlockType> blocks(Weight weight) {
        BlockType type = null;
        for (Part part : weight.parts()) {
            StoredRows rows = stored(part);
            if (rows == null || rows.type().elements() == 1 || (type != null && type != rows.type())) {
                return Optional.empty();
            }
            type = rows.type();
        }
        return Optional.ofNullable(type);
    }

    private static @Nullable StoredRows stored(Part part) {
        boolean copies = !part.place().transposed() && part.place().less() == 0;
        return copies && part.slot() instanceof Slot.OfMatrix(PackedMatrix packed) ? packed.stored() : null;
    }

    /// The whole weight in a type: rows copied where they are in it already, else packed from float32.
    static MemorySegment of(Weight weight, BlockType type, Arena arena) {
        if (blocks(weight).filter(type::equals).isPresent()) {
            return copied(weight, type, arena);
        }
        long elements = weight.shape().count();
        MemorySegment floats = arena.allocate(elements * Float.BYTES, Long.BYTES);
        for (Part part : weight.parts()) {
            try (Scope scope = Scope.open()) {
                Tensor whole = part.slot().whole();
                double less = part.place().less();
                put((less == 0 ? whole : whole.minus(less)).contiguous(), part.place(), floats);
            }
        }
        if (type == BlockType.F32) {
            return floats;
        }
        MemorySegment packed = arena.allocate(elements / type.elements() * type.bytes(), Long.BYTES);
        Pack.pack(type, floats, packed, elements);
        return packed;
    }

    private static MemorySegment copied(Weight weight, BlockType type, Arena arena) {
        long rowBytes = weight.shape().dim(1) / type.elements() * type.bytes();
        MemorySegment target = arena.allocate(rowBytes * weight.shape().dim(0), Long.BYTES);
        for (Part part : weight.parts()) {
            StoredRows from = stored(part);
            if (from == null) {
                throw new IllegalStateException(part.name() + " is not stored in blocks");
            }
            int[] order = from.order();
            for (int row = 0; row < from.out(); row++) {
                long source = (order == null ? row : order[row]) * rowBytes;
                MemorySegment.copy(from.bytes(), source, target, row(part.place(), row) * rowBytes, rowBytes);
            }
        }
        return target;
    }

    /// Which row of the stored weight a row of a part is.
    private static long row(Place place, int row) {
        int[] rows = place.rows();
        return rows == null ? row : rows[row];
    }

    private static void put(Tensor values, Place place, MemorySegment floats) {
        MemorySegment source = values.data();
        if (place.transposed()) {
            transpose(values, source, place, floats);
        } else if (place.rows() == null) {
            floats.copyFrom(source);
        } else {
            long rowBytes = values.shape().count() / values.dim(0) * Float.BYTES;
            for (int row = 0; row < values.dim(0); row++) {
                MemorySegment.copy(source, row * rowBytes, floats, row(place, row) * rowBytes, rowBytes);
            }
        }
    }

    private static void transpose(Tensor values, MemorySegment source, Place place, MemorySegment floats) {
        long columns = values.dim(1);
        long stored = place.stored().dim(1);
        for (int row = 0; row < values.dim(0); row++) {
            long to = row(place, row);
            for (long column = 0; column < columns; column++) {
                float value = source.getAtIndex(ValueLayout.JAVA_FLOAT, row * columns + column);
                floats.setAtIndex(ValueLayout.JAVA_FLOAT, column * stored + to, value);
            }
        }
    }
}
