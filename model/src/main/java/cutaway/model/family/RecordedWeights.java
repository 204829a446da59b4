package cutaway.model.family;

import cutaway.model.parts.Linear;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.DenseMatrix;
import cutaway.model.weights.Matrix;
import cutaway.model.weights.WeightMemory;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The weights of a file that is yet to be written: what a family takes from them are placeholders, and where
/// each would
/// stand in the file is remembered. So the code that reads a family's files also says how to write them.
///
/// Every bias is there; whoever writes leaves out those that the model does not have. Placeholders live in the scope
/// that is open when the family reads.
public final class RecordedWeights extends Weights {

    /// Where a part of a model stands in its file.
    ///
    /// @param name of the weight that it is, or is rows of
    /// @param stored shape of that weight
    /// @param rows which of its rows, in the order of the part; null for all as they stand
    /// @param transposed whether the file has it as `[in, out]`
    /// @param less what the file's numbers are less than the part's
    public record Place(String name, Shape stored, int @Nullable [] rows, boolean transposed, double less) {}

    private final Map<Tensor, Place> places = new IdentityHashMap<>();
    private final Map<String, Shape> shapes;
    private final Set<String> marks;
    private final Map<String, double[]> numbers;

    /// @param shapes of weights that a family looks at before it takes any
    /// @param marks other weights that it finds when it asks
    /// @param numbers that it reads while it looks at the settings
    public RecordedWeights(Map<String, Shape> shapes, Set<String> marks, Map<String, double[]> numbers) {
        super(new WeightMemory(Arithmetic.F32, 0));
        this.shapes = Map.copyOf(shapes);
        this.marks = Set.copyOf(marks);
        this.numbers = Map.copyOf(numbers);
    }

    /// What it reads while it looks at the settings.
    public Map<String, double[]> numbers() {
        return numbers;
    }

    /// Where a placeholder would stand.
    public Place placeOf(Tensor placeholder) {
        Place place = places.get(placeholder);
        if (place == null) {
            throw new IllegalArgumentException("no placeholder of these weights");
        }
        return place;
    }

    @Override
    Matrix matrix(String name, Rows rows, long in) {
        return new DenseMatrix(recorded(name, new Shape(rows.stored(), in), rows, false, 0));
    }

    @Override
    Linear transposed(String name, Rows rows, long in) {
        return new Linear(
                new DenseMatrix(recorded(name + ".weight", new Shape(in, rows.stored()), rows, true, 0)),
                optionalVector(name + ".bias", rows));
    }

    @Override
    Tensor tensor(String name, long... shape) {
        return recorded(name, new Shape(shape), Rows.all(shape[0]), false, 0);
    }

    @Override
    Tensor vector(String name, long size, double less) {
        return recorded(name, new Shape(size), Rows.all(size), false, less);
    }

    @Override
    Tensor optionalVector(String name, Rows rows) {
        return recorded(name, new Shape(rows.stored()), rows, false, 0);
    }

    private Tensor recorded(String name, Shape stored, Rows rows, boolean transposed, double less) {
        Tensor placeholder = Tensor.zeros(1);
        places.put(placeholder, new Place(name, stored, rows.order(), transposed, less));
        return placeholder;
    }

    /// What is written states each weight once.
    @Override
    boolean isSpare(String name, String same) {
        return true;
    }

    @Override
    double[] numbers(String name, long size) {
        double[] values = numbers.get(name);
        if (values == null || values.length != size) {
            throw new IllegalStateException("the draft has no " + size + " numbers " + name);
        }
        return values;
    }

    @Override
    Set<String> names() {
        Set<String> names = new HashSet<>(marks);
        names.addAll(shapes.keySet());
        names.addAll(numbers.keySet());
        return names;
    }

    @Override
    Shape storedShape(String name) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalStateException("the draft does not say the shape of " + name);
        }
        return shape;
    }

    @Override
    Stored stored(String name) {
        throw new IllegalStateException(name + " is yet to be written");
    }

    @Override
    String where() {
        return "the draft";
    }

    /// Nothing is left over in a file that is not there yet.
    @Override
    public void finish() {}

    @Override
    void closeFile() {}
}
