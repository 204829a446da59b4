package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.Entry;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/// The tensors of one file, each of which a reader takes once: none may be missing, of another shape, without a number,
/// or left over.
///
/// All are given in one type: float64 where the file has any of it, else float32.
final class StoredTensors implements AutoCloseable {

    /// What follows the name of an int8 matrix in that of its scales.
    static final String SCALE = ".scale";

    private final Path file;
    private final Map<String, Entry> left;
    private final Dtype type;
    private final Runnable closing;

    private StoredTensors(Path file, Map<String, Entry> entries, Runnable closing) {
        this.file = file;
        this.left = new LinkedHashMap<>(entries);
        this.closing = closing;
        boolean wide =
                entries.values().stream().anyMatch(entry -> entry.dtype() == cutaway.tensor.safetensors.Dtype.F64);
        this.type = wide ? Dtype.F64 : Dtype.F32;
    }

    static StoredTensors safetensors(Path path) {
        SafetensorsFile open = SafetensorsFile.open(path);
        Map<String, Entry> entries = new LinkedHashMap<>();
        open.names().forEach(name -> entries.put(name, open.entry(name)));
        return new StoredTensors(path, entries, open::close);
    }

    /// @param memory of the entries, which is freed with them
    static StoredTensors of(Path path, Map<String, Entry> entries, Arena memory) {
        return new StoredTensors(path, entries, memory::close);
    }

    Path file() {
        return file;
    }

    Dtype type() {
        return type;
    }

    boolean has(String name) {
        return left.containsKey(name);
    }

    /// The shape of a tensor that was not taken yet.
    long[] shape(String name) {
        return entry(name).shape().stream().mapToLong(Long::longValue).toArray();
    }

    /// The length of a tensor of one axis that was not taken yet, from which a file without settings says its sizes.
    int length(String name) {
        long[] shape = shape(name);
        if (shape.length != 1 || shape[0] < 1 || shape[0] > Integer.MAX_VALUE) {
            throw new BadInputException(file + ": " + name + " is "
                    + entry(name).shape() + "; expected one axis with at least one number.");
        }
        return (int) shape[0];
    }

    /// A finite tensor of this shape, owned by the scope that is open.
    ///
    /// @throws BadInputException when it is missing, of another shape or kind, or holds what is no number
    Tensor take(String name, long... dims) {
        Tensor tensor = takeAny(name, dims);
        if (!tensor.isFinite().all()) {
            throw new BadInputException(file + ": " + name
                    + " holds NaN or infinity; the dictionary's training has failed, or the file is" + " damaged.");
        }
        return tensor;
    }

    /// As [#take], where infinity is allowed: the threshold of a latent that is switched off.
    Tensor takeThreshold(String name, long... dims) {
        Tensor tensor = takeAny(name, dims);
        if (!tensor.equalTo(tensor).all()) {
            throw new BadInputException(file + ": " + name + " holds NaN; the dictionary's training has failed, or the"
                    + " file is damaged.");
        }
        return tensor;
    }

    private Tensor takeAny(String name, long... dims) {
        Entry entry = entry(name);
        List<Long> expected = LongStream.of(dims).boxed().toList();
        if (!entry.shape().equals(expected)) {
            throw new BadInputException(file + ": " + name + " is " + entry.shape() + "; expected " + expected
                    + " by the dictionary's sizes.");
        }
        left.remove(name);
        return switch (entry.dtype()) {
            case F64, F32, F16, BF16 -> Scope.keep(() -> TensorFile.read(entry).to(type));
            case I8 -> scaled(name, entry, dims);
            case I64, I32, I16, U8, BOOL ->
                throw new BadInputException(file + ": " + name + " is of type " + entry.dtype()
                        + "; expected F64, F32, F16, BF16, or I8 with " + name + SCALE + ".");
        };
    }

    /// An int8 matrix times its scales: one for each row or one for each column.
    private Tensor scaled(String name, Entry entry, long[] dims) {
        if (!has(name + SCALE)) {
            throw new BadInputException(
                    file + ": " + name + " is of type I8 without " + name + SCALE + ", which says what it counts.");
        }
        long[] scale = shape(name + SCALE);
        boolean rows = dims.length == 2 && scale.length == 2 && scale[0] == dims[0] && scale[1] == 1;
        boolean columns = dims.length == 2 && scale.length == 2 && scale[0] == 1 && scale[1] == dims[1];
        if (!rows && !columns) {
            throw new BadInputException(
                    file + ": " + name + SCALE + " is " + entry(name + SCALE).shape()
                            + "; expected one number for each row or column of " + name + ", " + entry.shape() + ".");
        }
        return Scope.keep(() -> TensorFile.read(entry).to(type).times(takeAny(name + SCALE, scale)));
    }

    /// The only number of a tensor without axes.
    double takeScalar(String name) {
        Entry entry = entry(name);
        if (entry.elements() != 1) {
            throw new BadInputException(file + ": " + name + " is " + entry.shape() + "; expected one number.");
        }
        left.remove(name);
        return Scope.free(() -> TensorFile.read(entry).to(Dtype.F64).item());
    }

    /// Passes over factors that SAELens once wrote, where they change nothing.
    ///
    /// @throws BadInputException when one is not 1
    void skipOnes(String name) {
        if (!has(name)) {
            return;
        }
        Entry entry = entry(name);
        if (!Scope.free(() -> TensorFile.read(entry).equalTo(1).all())) {
            throw new BadInputException(
                    file + ": " + name + " holds other numbers than 1, by which the codes would have to"
                            + " be multiplied; fold them into the decoder and save it again.");
        }
        left.remove(name);
    }

    /// Passes over a tensor that says nothing of the dictionary.
    void skip(String name) {
        left.remove(name);
    }

    /// @param kind of dictionary that was read
    /// @throws BadInputException when the file holds more than was taken
    void finish(String kind) {
        if (!left.isEmpty()) {
            throw new BadInputException(file + " holds " + String.join(", ", left.keySet()) + ", which " + kind
                    + " has not; it is of another kind than its settings say.");
        }
    }

    private Entry entry(String name) {
        Entry entry = left.get(name);
        if (entry == null) {
            throw new BadInputException(file + " holds no " + name + "; it holds "
                    + (left.isEmpty() ? "nothing else" : String.join(", ", left.keySet())) + ".");
        }
        return entry;
    }

    @Override
    public void close() {
        closing.run();
    }
}
