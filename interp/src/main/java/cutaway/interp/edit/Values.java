package cutaway.interp.edit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Numbers that an edit carries: a value and not a handle on native memory, so that the edit can be stored and
/// sent.
///
/// @param shape `[width]` for the same value at every position, `[positions, width]` for one each; a scalar is
///     `[1]`
/// @param data row-major
public record Values(
        @JsonProperty("shape") List<Long> shape,
        @JsonProperty("data") float[] data) {

    @JsonCreator
    public Values {
        if (shape == null || data == null || shape.stream().anyMatch(Objects::isNull)) {
            throw new BadInputException("values need a \"shape\" and \"data\"; one of them is missing.");
        }
        shape = List.copyOf(shape);
        data = data.clone();
        if (shape.size() > 2 || shape.stream().anyMatch(size -> size < 1 || size > Integer.MAX_VALUE)) {
            throw new BadInputException("values have the shape " + shape
                    + "; expected [width], or [positions, width] with one row for each position.");
        }
        long count = shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b); // two ints: no overflow
        if (count != data.length) {
            throw new BadInputException(
                    "values of shape " + shape + " need " + count + " numbers; " + data.length + " were given.");
        }
    }

    public static Values of(float... data) {
        return new Values(List.of((long) data.length), data);
    }

    /// A copy of a tensor's values.
    public static Values of(Tensor tensor) {
        return new Values(Arrays.stream(tensor.shape().dims()).boxed().toList(), tensor.toFloats());
    }

    @Override
    public float[] data() {
        return data.clone();
    }

    public Tensor tensor() {
        return Tensor.of(data, shape.stream().mapToLong(Long::longValue).toArray());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Values(List<Long> otherShape, float[] otherData)
                && shape.equals(otherShape)
                && Arrays.equals(data, otherData);
    }

    @Override
    public int hashCode() {
        return 31 * shape.hashCode() + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
        return "Values" + shape;
    }
}
