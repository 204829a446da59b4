package cutaway.model.family;

import cutaway.model.parts.Linear;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The named weights of a model file, unpacked to float32 as they are taken.
///
/// Each one that is taken is remembered; [#finish] refuses the first that was not, since a weight that nobody uses
/// means that the file describes another model.
public abstract sealed class Weights implements AutoCloseable permits SafetensorsWeights, GgufWeights {

    private final Set<String> used = new HashSet<>();
    private final List<Tensor> taken = new ArrayList<>();

    abstract Set<String> names();

    abstract Shape storedShape(String name);

    /// Fills a float32 tensor of the stored shape.
    abstract void read(String name, Tensor target);

    /// What to call the file in messages.
    abstract String where();

    public boolean has(String name) {
        return names().contains(name);
    }

    /// Takes a weight out of the file.
    ///
    /// @throws BadInputException when it is not there or has another shape than the settings say
    public Tensor take(String name, long... shape) {
        return take(name, tensor -> tensor, shape);
    }

    /// Takes a weight and lays it out anew: transposed, or with its rows in another order.
    ///
    /// @param shape as the file stores it
    public Tensor take(String name, UnaryOperator<Tensor> layout, long... shape) {
        Shape expected = new Shape(shape);
        Tensor tensor = Scope.keep(() -> layout.apply(read(name, expected)).contiguous());
        used.add(name);
        taken.add(tensor);
        return tensor;
    }

    private Tensor read(String name, Shape expected) {
        if (!has(name)) {
            throw new BadInputException(where() + " holds no weight " + name + ", which its settings call for.");
        }
        if (!storedShape(name).equals(expected)) {
            throw new BadInputException("%s: weight %s has shape %s; the settings call for %s."
                    .formatted(where(), name, storedShape(name), expected));
        }
        Tensor stored = Tensor.uninitialised(Dtype.F32, expected);
        read(name, stored);
        return stored;
    }

    /// A linear map: some rows of a stored matrix `[rows.stored(), in]` and, where the file has one, of its bias.
    ///
    /// @param name without `.weight` and `.bias`
    Linear linear(String name, Rows rows, long in) {
        Tensor weight = take(name + ".weight", stored -> chosen(stored, rows), rows.stored(), in);
        return new Linear(weight, optionalVector(name + ".bias", rows));
    }

    /// As [#linear], where the file stores `[in, rows.stored()]`.
    Linear transposed(String name, Rows rows, long in) {
        Tensor weight = take(name + ".weight", stored -> chosen(stored.transpose(0, 1), rows), in, rows.stored());
        return new Linear(weight, optionalVector(name + ".bias", rows));
    }

    /// A vector of weights.
    Tensor vector(String name, long size) {
        return take(name, size);
    }

    /// A vector of weights, changed.
    Tensor vector(String name, long size, UnaryOperator<Tensor> change) {
        return take(name, change, size);
    }

    /// Some numbers of a stored vector, or null where the file has none of that name.
    @Nullable
    Tensor optionalVector(String name, Rows rows) {
        return has(name) ? take(name, stored -> chosen(stored, rows), rows.stored()) : null;
    }

    /// The numbers of a stored vector.
    double[] numbers(String name, long size) {
        try (Scope scope = Scope.open()) {
            Tensor stored = read(name, new Shape(size));
            used.add(name);
            return stored.toDoubles();
        }
    }

    private static Tensor chosen(Tensor stored, Rows rows) {
        int[] order = rows.order();
        return order == null
                ? stored
                : stored.gatherRows(
                        0, Tensor.of(Arrays.stream(order).asLongStream().toArray(), order.length));
    }

    /// Rows of a matrix, as the file stores it.
    int rows(String name) {
        return matrixSize(name, 0);
    }

    /// Columns of a matrix, as the file stores it.
    int columns(String name) {
        return matrixSize(name, 1);
    }

    private int matrixSize(String name, int axis) {
        if (!has(name)) {
            throw new BadInputException(where() + " holds no weight " + name + ", which its settings call for.");
        }
        Shape shape = storedShape(name);
        if (shape.rank() != 2 || shape.dim(axis) < 1 || shape.dim(axis) > Integer.MAX_VALUE) {
            throw new BadInputException(
                    "%s: weight %s has shape %s; expected a matrix.".formatted(where(), name, shape));
        }
        return (int) shape.dim(axis);
    }

    /// The name of a weight with the first of some endings that the file has, else with the first of them.
    String firstOf(String name, String... endings) {
        return Arrays.stream(endings)
                .map(ending -> name + ending)
                .filter(this::has)
                .findFirst()
                .orElse(name + endings[0]);
    }

    /// Passes over weights that are derived from others: masks, tables of frequencies.
    public void ignore(String name) {
        used.add(name);
    }

    /// Passes over all weights whose names begin so: parts that a text model does not need.
    void ignoreAll(String prefix) {
        names().stream().filter(name -> name.startsWith(prefix)).forEach(used::add);
    }

    /// All weights that were taken; they now belong to the caller, who frees them.
    ///
    /// @throws BadInputException naming the first weight in the file that was neither taken nor ignored
    public List<Tensor> finish() {
        names().stream()
                .filter(name -> !used.contains(name))
                .sorted()
                .findFirst()
                .ifPresent(name -> {
                    throw new BadInputException(
                            "%s holds the weight %s, which Cutaway knows no use for in a model with these settings."
                                    .formatted(where(), name));
                });
        taken.forEach(Scope::detach);
        return List.copyOf(taken);
    }

    @Override
    public abstract void close();
}
