package cutaway.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Goes once over parameters, their gradients and an optimiser's means of them, with all cores: each number is read and
/// written once a step, whatever a step is made of.
final class Elementwise {

    private static final int CHUNK = 8192;

    /// The scale of rows that are left alone.
    private static final double SKIPPED = -1;

    /// What is done to numbers that stand at the same places: `numbers[0]` parameters, `[1]` gradients, then the means.
    interface Kernel {

        /// @param count of the numbers that are there
        /// @param scale of the gradients
        void move(float[][] numbers, int count, double scale);

        /// The same in float64.
        void move(double[][] numbers, int count, double scale);
    }

    /// A parameter with what belongs to it.
    ///
    /// @param means of its shape and type; they may be none
    record Part(Tensor parameter, Tensor gradient, List<Tensor> means) {}

    private record Piece(Dtype dtype, MemorySegment[] memory, long from, long end, long row, double[] scales) {}

    private static final ThreadLocal<float[][]> FLOATS = ThreadLocal.withInitial(() -> new float[0][]);
    private static final ThreadLocal<double[][]> DOUBLES = ThreadLocal.withInitial(() -> new double[0][]);

    private Elementwise() {}

    /// @param scales of the gradients of each index of the first axis, or one for all
    /// @param touched which indices of the first axis move, of parameters whose first axis has that many; null: all
    static void forEach(List<Part> parts, double[] scales, boolean @Nullable [] touched, Kernel kernel) {
        List<Piece> pieces = new ArrayList<>();
        for (Part part : parts) {
            long count = part.parameter.shape().count();
            double[] rows = rows(part.parameter, scales, touched);
            MemorySegment[] memory = memory(part);
            for (long from = 0; from < count; from += CHUNK) {
                pieces.add(new Piece(
                        part.parameter.dtype(),
                        memory,
                        from,
                        Math.min(count, from + CHUNK),
                        Math.max(1, count / rows.length),
                        rows));
            }
        }
        Cores.forEach(pieces.size(), i -> piece(pieces.get((int) i), kernel));
    }

    private static MemorySegment[] memory(Part part) {
        MemorySegment[] memory = new MemorySegment[2 + part.means.size()];
        memory[0] = part.parameter.memory();
        memory[1] = part.gradient.memory();
        for (int i = 0; i < part.means.size(); i++) {
            memory[2 + i] = part.means.get(i).memory();
        }
        return memory;
    }

    /// The scale of each row of a parameter; of one row where all have the same.
    private static double[] rows(Tensor parameter, double[] scales, boolean @Nullable [] touched) {
        if (touched != null && parameter.shape().rank() > 0 && parameter.dim(0) == touched.length) {
            double[] rows = new double[touched.length];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = touched[i] ? scales[0] : SKIPPED;
            }
            return rows;
        }
        if (Arrays.stream(scales).distinct().count() == 1) {
            return new double[] {scales[0]};
        }
        if (parameter.shape().rank() == 0 || parameter.dim(0) != scales.length) {
            throw new IllegalArgumentException("scales of " + scales.length + " instances for a parameter "
                    + parameter.shape() + "; expected that many along its first axis");
        }
        return scales;
    }

    private static void piece(Piece piece, Kernel kernel) {
        for (long from = piece.from; from < piece.end; ) {
            long until = Math.min(piece.end, (from / piece.row + 1) * piece.row);
            double scale = piece.scales[(int) (from / piece.row)];
            if (scale != SKIPPED) {
                range(piece.dtype, piece.memory, from, (int) (until - from), scale, kernel);
            }
            from = until;
        }
    }

    private static void range(Dtype dtype, MemorySegment[] memory, long from, int count, double scale, Kernel kernel) {
        if (dtype == Dtype.F32) {
            float[][] numbers = floats(memory.length);
            for (int i = 0; i < memory.length; i++) {
                MemorySegment.copy(memory[i], ValueLayout.JAVA_FLOAT, from * Float.BYTES, numbers[i], 0, count);
            }
            kernel.move(numbers, count, scale);
            for (int i = 0; i < memory.length; i++) {
                if (i != 1) {
                    MemorySegment.copy(numbers[i], 0, memory[i], ValueLayout.JAVA_FLOAT, from * Float.BYTES, count);
                }
            }
        } else {
            double[][] numbers = doubles(memory.length);
            for (int i = 0; i < memory.length; i++) {
                MemorySegment.copy(memory[i], ValueLayout.JAVA_DOUBLE, from * Double.BYTES, numbers[i], 0, count);
            }
            kernel.move(numbers, count, scale);
            for (int i = 0; i < memory.length; i++) {
                if (i != 1) {
                    MemorySegment.copy(numbers[i], 0, memory[i], ValueLayout.JAVA_DOUBLE, from * Double.BYTES, count);
                }
            }
        }
    }

    private static float[][] floats(int arrays) {
        float[][] numbers = FLOATS.get();
        if (numbers.length < arrays) {
            numbers = new float[arrays][CHUNK];
            FLOATS.set(numbers);
        }
        return numbers;
    }

    private static double[][] doubles(int arrays) {
        double[][] numbers = DOUBLES.get();
        if (numbers.length < arrays) {
            numbers = new double[arrays][CHUNK];
            DOUBLES.set(numbers);
        }
        return numbers;
    }
}
