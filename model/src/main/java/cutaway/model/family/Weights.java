package cutaway.model.family;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

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
        if (!has(name)) {
            throw new BadInputException(where() + " holds no weight " + name + ", which its settings call for.");
        }
        Shape expected = new Shape(shape);
        if (!storedShape(name).equals(expected)) {
            throw new BadInputException("%s: weight %s has shape %s; the settings call for %s."
                    .formatted(where(), name, storedShape(name), expected));
        }
        used.add(name);
        Tensor tensor = Scope.keep(() -> {
            Tensor stored = Tensor.uninitialised(Dtype.F32, expected);
            read(name, stored);
            return layout.apply(stored).contiguous();
        });
        taken.add(tensor);
        return tensor;
    }

    /// A tensor made from weights or settings, which is to live as long as the weights do.
    public Tensor derived(Tensor tensor) {
        taken.add(tensor);
        return tensor;
    }

    /// Rows of a matrix, as the file stores it.
    public int rows(String name) {
        return has(name) ? Math.toIntExact(storedShape(name).dim(0)) : 0;
    }

    /// Passes over weights that are derived from others: masks, tables of frequencies.
    public void ignore(String name) {
        used.add(name);
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
