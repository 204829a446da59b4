package cutaway.features.exchange;

import cutaway.tensor.Dtype;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A safetensors file of a dictionary's weights, its matrices in the numbers that were asked for.
///
/// An int8 matrix has beside it, as `NAME.scale`, one float32 for each row or each column, `largest |w| / 127`:
///
///     w = q * scale        |error| <= scale / 2
///
/// Used inside a scope, which frees what it makes once the file is written.
final class TensorWriter {

    private static final double LARGEST = 127;

    private final SafetensorsWriter writer = new SafetensorsWriter();
    private final Numbers numbers;

    TensorWriter(Numbers numbers) {
        this.numbers = numbers;
    }

    /// Biases, thresholds: always as they are.
    TensorWriter vector(String name, Tensor tensor) {
        add(name, tensor);
        return this;
    }

    /// @param latents the axis along which the latents lie: each has a scale of its own
    TensorWriter matrix(String name, Tensor matrix, int latents) {
        switch (numbers) {
            case FULL -> add(name, matrix);
            case BF16 -> add(name, matrix.to(Dtype.BF16));
            case INT8 -> bytes(name, matrix, latents);
        }
        return this;
    }

    private void bytes(String name, Tensor matrix, int latents) {
        Tensor largest = matrix.abs().max(1 - latents, true); // [n, 1] or [1, n]
        Tensor scale = largest.over(LARGEST).to(Dtype.F32);
        // of a row of zeros, and of one too small for float32 to divide by
        Tensor divisor = scale.maskedFill(scale.equalTo(0), 1).to(Dtype.F64);
        double[] parts = matrix.to(Dtype.F64).over(divisor).toDoubles();
        byte[] bytes = new byte[parts.length];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = (byte) Math.max(-LARGEST, Math.min(LARGEST, Math.rint(parts[i])));
        }
        writer.add(name, cutaway.tensor.safetensors.Dtype.I8, sizes(matrix), MemorySegment.ofArray(bytes));
        add(name + StoredTensors.SCALE, scale);
    }

    private void add(String name, Tensor tensor) {
        cutaway.tensor.safetensors.Dtype type = switch (tensor.dtype()) {
            case F32 -> cutaway.tensor.safetensors.Dtype.F32;
            case F64 -> cutaway.tensor.safetensors.Dtype.F64;
            case BF16 -> cutaway.tensor.safetensors.Dtype.BF16;
            case I64, BOOL -> throw new IllegalArgumentException(name + " of type " + tensor.dtype());
        };
        writer.add(name, type, sizes(tensor), tensor.contiguous().data());
    }

    private static List<Long> sizes(Tensor tensor) {
        List<Long> sizes = new ArrayList<>();
        for (long size : tensor.shape().dims()) {
            sizes.add(size);
        }
        return sizes;
    }

    void write(Path file) {
        writer.write(file);
    }
}
