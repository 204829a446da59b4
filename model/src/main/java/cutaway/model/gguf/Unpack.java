package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/// Turns packed numbers into float32, bit for bit as ggml's own `dequantize_row_*` do (ggml/src/ggml-quants.c), or into
/// bfloat16, which is that float32 rounded to the nearest, ties to even; or into float64, which holds it exactly.
///
/// Rows follow one another without padding and hold whole blocks; their numbers are written one after the other in
/// native byte order. Large requests run on all cores, small ones on the caller's alone. The layout of each type is in
/// [LegacyBlocks], [KBlocks], [TableBlocks] and [PlainNumbers].
///
/// Every method throws `IllegalArgumentException` when the type is not one that [BlockType#unpacks()] or a row does not
/// hold whole blocks, and `IndexOutOfBoundsException` when a row lies outside of the packed bytes or a segment is too
/// short. Segments must be open to any thread.
public final class Unpack {

    /// Elements that one task turns, more or less: enough to make its start cheap. What is no larger runs on the
    /// caller's thread alone.
    public static final long TASK = 1 << 16;

    /// One for each thread: a new one for each task would cost a tenth of the task.
    private static final ThreadLocal<Piece> PIECE = ThreadLocal.withInitial(Piece::new);

    private final BlockType type;
    private final MemorySegment source;
    private final MemorySegment target;
    private final Output output;

    private Unpack(BlockType type, MemorySegment source, MemorySegment target, Output output) {
        this.type = type;
        this.source = source;
        this.target = target;
        this.output = output;
    }

    /// @param packed `elements / type.elements()` blocks
    /// @param floats receives `elements` float32
    public static void toFloat(BlockType type, MemorySegment packed, MemorySegment floats, long elements) {
        rows(type, packed, elements, 0, 1, floats);
    }

    /// Unpacks `rows` rows from `firstRow` on into float32.
    public static void rows(
            BlockType type, MemorySegment packed, long rowElements, long firstRow, long rows, MemorySegment floats) {
        contiguous(type, packed, rowElements, firstRow, rows, floats, Output.F32);
    }

    /// Unpacks the rows of these numbers, in this order, into float32; a row may occur more than once.
    public static void rows(BlockType type, MemorySegment packed, long rowElements, int[] rows, MemorySegment floats) {
        ordered(type, packed, rowElements, rows, floats, Output.F32);
    }

    /// Unpacks `rows` rows from `firstRow` on into bfloat16.
    public static void rowsToBf16(
            BlockType type, MemorySegment packed, long rowElements, long firstRow, long rows, MemorySegment bf16) {
        contiguous(type, packed, rowElements, firstRow, rows, bf16, Output.BF16);
    }

    /// Unpacks the rows of these numbers, in this order, into bfloat16; a row may occur more than once.
    public static void rowsToBf16(
            BlockType type, MemorySegment packed, long rowElements, int[] rows, MemorySegment bf16) {
        ordered(type, packed, rowElements, rows, bf16, Output.BF16);
    }

    /// Unpacks `rows` rows from `firstRow` on into float64.
    public static void rowsToF64(
            BlockType type, MemorySegment packed, long rowElements, long firstRow, long rows, MemorySegment doubles) {
        contiguous(type, packed, rowElements, firstRow, rows, doubles, Output.F64);
    }

    /// Unpacks the rows of these numbers, in this order, into float64; a row may occur more than once.
    public static void rowsToF64(
            BlockType type, MemorySegment packed, long rowElements, int[] rows, MemorySegment doubles) {
        ordered(type, packed, rowElements, rows, doubles, Output.F64);
    }

    private static void contiguous(
            BlockType type,
            MemorySegment packed,
            long rowElements,
            long firstRow,
            long rows,
            MemorySegment target,
            Output output) {
        long rowBytes = rowBytes(type, rowElements);
        long elements = Math.multiplyExact(rows, rowElements);
        var work = new Unpack(
                type,
                packed.asSlice(Math.multiplyExact(firstRow, rowBytes), Math.multiplyExact(rows, rowBytes)),
                target.asSlice(0, Math.multiplyExact(elements, output.bytes)),
                output);
        inTasks(elements, TASK, begin -> work.run(begin, begin, Math.min(TASK, elements - begin)));
    }

    private static void ordered(
            BlockType type, MemorySegment packed, long rowElements, int[] rows, MemorySegment target, Output output) {
        long rowBytes = rowBytes(type, rowElements);
        for (int row : rows) {
            Objects.checkFromIndexSize(Math.multiplyExact(row, rowBytes), rowBytes, packed.byteSize());
        }
        long elements = Math.multiplyExact(rows.length, rowElements);
        var work = new Unpack(type, packed, target.asSlice(0, Math.multiplyExact(elements, output.bytes)), output);
        long rowsPerTask = Math.max(1, TASK / Math.max(1, rowElements));
        inTasks(rows.length, rowsPerTask, begin -> {
            for (long i = begin; i < Math.min(begin + rowsPerTask, rows.length); i++) {
                work.run(rows[(int) i] * rowElements, i * rowElements, rowElements);
            }
        });
    }

    private static long rowBytes(BlockType type, long rowElements) {
        if (!type.unpacks() || rowElements < 0 || rowElements % type.elements() != 0) {
            throw new IllegalArgumentException("cannot unpack rows of " + rowElements + " elements of " + type);
        }
        return Math.multiplyExact(rowElements / type.elements(), type.bytes());
    }

    /// Calls `task` with each multiple of `step` below `end`, on all cores where there is more than one.
    private static void inTasks(long end, long step, LongConsumer task) {
        if (end <= step) {
            if (end > 0) {
                task.accept(0);
            }
            return;
        }
        LongStream.range(0, (end + step - 1) / step).parallel().forEach(i -> task.accept(i * step));
    }

    /// Unpacks the elements of the source from `from` on to the places of the target from `to` on.
    private void run(long from, long to, long elements) {
        if (type == BlockType.F32 && output == Output.F32) {
            MemorySegment.copy(source, from * Float.BYTES, target, to * Float.BYTES, elements * Float.BYTES);
            return;
        }
        Piece piece = PIECE.get();
        for (long done = 0; done < elements; done += Piece.ELEMENTS) {
            int count = (int) Math.min(Piece.ELEMENTS, elements - done);
            long begin = (from + done) / type.elements() * type.bytes();
            int bytes = count / type.elements() * type.bytes();
            MemorySegment.copy(source, ValueLayout.JAVA_BYTE, begin, piece.packed, 0, bytes);
            unpack(type, piece, count);
            output.write(piece, count, target, to + done);
        }
    }

    private static void unpack(BlockType type, Piece piece, int count) {
        switch (type) {
            case F32 -> PlainNumbers.f32(piece, count);
            case F16 -> PlainNumbers.f16(piece, count);
            case BF16 -> PlainNumbers.bf16(piece, count);
            case Q4_0 -> LegacyBlocks.q4_0(piece, count);
            case Q4_1 -> LegacyBlocks.q4_1(piece, count);
            case Q5_0 -> LegacyBlocks.q5_0(piece, count);
            case Q5_1 -> LegacyBlocks.q5_1(piece, count);
            case Q8_0 -> LegacyBlocks.q8_0(piece, count);
            case Q2_K -> KBlocks.q2(piece, count);
            case Q3_K -> KBlocks.q3(piece, count);
            case Q4_K -> KBlocks.q4(piece, count);
            case Q5_K -> KBlocks.q5(piece, count);
            case Q6_K -> KBlocks.q6(piece, count);
            case IQ4_NL -> TableBlocks.iq4Nl(piece, count);
            case IQ4_XS -> TableBlocks.iq4Xs(piece, count);
            case MXFP4 -> TableBlocks.mxfp4(piece, count);
            default -> throw new AssertionError(type);
        }
    }
}
