package cutaway.interp.edit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// Numbers that an edit carries: a value and not a handle on native memory, so that the edit can be stored and
/// sent. They are float64, which holds those of a float32 tensor exactly; a run takes them in its own type.
///
/// @param shape `[width]` for the same value at every position, `[positions, width]` for one each; a scalar is
///     `[1]`
/// @param data row-major
public record Values(
        @JsonProperty("shape") List<Long> shape,
        @JsonProperty("data") double[] data) {

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

    /// @param data float32, row-major
    public Values(List<Long> shape, float[] data) {
        this(shape, doubles(data));
    }

    /// Of one position.
    public static Values of(float... data) {
        return of(doubles(data));
    }

    /// Of one position.
    public static Values of(double... data) {
        return new Values(List.of((long) data.length), data);
    }

    private static double[] doubles(float[] data) {
        double[] doubles = new double[data.length];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = data[i];
        }
        return doubles;
    }

    /// A copy of a tensor's values.
    public static Values of(Tensor tensor) {
        return new Values(Arrays.stream(tensor.shape().dims()).boxed().toList(), tensor.toDoubles());
    }

    @Override
    public double[] data() {
        return data.clone();
    }

    /// Rounded to a type.
    public Tensor tensor(Dtype dtype) {
        long[] dims = shape.stream().mapToLong(Long::longValue).toArray();
        return Scope.keep(() -> Tensor.of(data, dims).to(dtype));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Values(List<Long> otherShape, double[] otherData)
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
