package cutaway.model.family;

import cutaway.model.gguf.BlockType;
import cutaway.model.gguf.Unpack;
import cutaway.model.parts.Linear;
import cutaway.model.weights.DenseMatrix;
import cutaway.model.weights.Matrix;
import cutaway.model.weights.PackedMatrix;
import cutaway.model.weights.StoredRows;
import cutaway.model.weights.WeightMemory;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The named weights of a model file: vectors in the type of activations, matrices packed as the file has them until
/// they are used.
///
/// Each one that is taken is remembered; [#finish] refuses the first that was not, since a weight that nobody uses
/// means that the file describes another model.
public abstract sealed class Weights implements AutoCloseable permits SafetensorsWeights, GgufWeights, RecordedWeights {

    private final WeightMemory memory;
    private final Set<String> used = new HashSet<>();
    private final List<Tensor> taken = new ArrayList<>();

    /// @param memory what unpacked weights may take
    Weights(WeightMemory memory) {
        this.memory = memory;
    }

    abstract Set<String> names();

    abstract Shape storedShape(String name);

    /// Numbers of a file as they lie in it.
    record Stored(BlockType type, MemorySegment bytes) {}

    /// @throws BadInputException when Cutaway does not read their type
    abstract Stored stored(String name);

    /// What to call the file in messages.
    abstract String where();

    /// The shape of each, as the file stores it.
    public Map<String, Shape> shapes() {
        return names().stream().collect(Collectors.toMap(name -> name, this::storedShape));
    }

    public boolean has(String name) {
        return names().contains(name);
    }

    /// Whether there is a vector of that name and size.
    boolean isVector(String name, long size) {
        return has(name) && storedShape(name).equals(new Shape(size));
    }

    /// A matrix: some rows of a stored one, `[rows.stored(), in]`, in some order.
    ///
    /// @throws BadInputException when it is not there or has another shape than the settings say
    Matrix matrix(String name, Rows rows, long in) {
        Stored stored = checked(name, new Shape(rows.stored(), in));
        return new PackedMatrix(new StoredRows(stored.type(), stored.bytes(), in, rows.count(), rows.order()), memory);
    }

    /// A linear map: a matrix and, where the file has one, the same rows of its bias.
    ///
    /// @param name without `.weight` and `.bias`
    Linear linear(String name, Rows rows, long in) {
        return new Linear(matrix(name + ".weight", rows, in), optionalVector(name + ".bias", rows));
    }

    /// As [#linear], where the file stores `[in, rows.stored()]`.
    Linear transposed(String name, Rows rows, long in) {
        Shape shape = new Shape(in, rows.stored());
        Tensor weight = taken(() -> chosen(unpacked(name + ".weight", shape).transpose(0, 1), rows)
                .contiguous()
                .to(memory.arithmetic().dtype()));
        return new Linear(new DenseMatrix(weight), optionalVector(name + ".bias", rows));
    }

    /// Weights of any shape, in the type of activations.
    Tensor tensor(String name, long... shape) {
        return taken(() -> unpacked(name, new Shape(shape)));
    }

    /// A vector of weights.
    Tensor vector(String name, long size) {
        return tensor(name, size);
    }

    /// A vector of weights that the file stores less some number.
    Tensor vector(String name, long size, double less) {
        return taken(() -> unpacked(name, new Shape(size)).plus(less));
    }

    /// Some numbers of a stored vector, or null where the file has none of that name.
    @Nullable
    Tensor optionalVector(String name, Rows rows) {
        return has(name) ? taken(() -> chosen(unpacked(name, new Shape(rows.stored())), rows)) : null;
    }

    /// The numbers of a stored vector.
    double[] numbers(String name, long size) {
        try (Scope scope = Scope.open()) {
            return unpacked(name, new Shape(size)).toDoubles();
        }
    }

    /// Ones that no file holds, in the type of activations.
    Tensor ones(long... dims) {
        return taken(() -> Tensor.full(1, memory.arithmetic().activations(), dims));
    }

    private Tensor taken(Supplier<Tensor> tensor) {
        Tensor kept = Scope.keep(tensor);
        taken.add(kept);
        return kept;
    }

    private Stored checked(String name, Shape expected) {
        if (!has(name)) {
            throw new BadInputException(where() + " holds no weight " + name + ", which its settings call for.");
        }
        if (!storedShape(name).equals(expected)) {
            throw new BadInputException("%s: weight %s has shape %s; the settings call for %s."
                    .formatted(where(), name, storedShape(name), expected));
        }
        used.add(name);
        return stored(name);
    }

    private Tensor unpacked(String name, Shape shape) {
        Stored stored = checked(name, shape);
        Tensor target = Tensor.uninitialised(Dtype.F32, shape);
        Unpack.toFloat(stored.type(), stored.bytes(), target.data(), shape.count());
        return target.to(memory.arithmetic().activations());
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

    /// Whether a weight that the settings call the same as another adds nothing to it: it is not there, or equal. As
    /// transformers does, one that differs is used.
    boolean isSpare(String name, String same) {
        if (!has(name)) {
            return true;
        }
        if (!has(same) || !storedShape(name).equals(storedShape(same))) {
            return false;
        }
        Stored one = stored(name);
        Stored other = stored(same);
        boolean isSpare = one.type() == other.type() && one.bytes().mismatch(other.bytes()) < 0;
        if (isSpare) {
            ignore(name);
        }
        return isSpare;
    }

    /// What to throw for a bias that the settings leave out.
    ///
    /// @param setting that says so; empty where no model of the kind has it
    BadInputException excluded(String name, String setting) {
        return new BadInputException(where() + " holds the weight " + name + ", which "
                + (setting.isEmpty()
                        ? "no model of this kind has; remove it from the file."
                        : "its settings leave out: set " + setting + " to true if the model has it."));
    }

    /// Passes over weights that are derived from others: masks, tables of frequencies.
    public void ignore(String name) {
        used.add(name);
    }

    /// Passes over all weights whose names begin so: parts that a text model does not need.
    void ignoreAll(String prefix) {
        names().stream().filter(name -> name.startsWith(prefix)).forEach(used::add);
    }

    /// Ends the taking. What was taken lives until this is closed.
    ///
    /// @throws BadInputException naming the first weight in the file that was neither taken nor ignored
    public void finish() {
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
    }

    /// Frees all weights and closes their file.
    @Override
    public void close() {
        taken.forEach(Tensor::close);
        memory.close();
        closeFile();
    }

    abstract void closeFile();
}
