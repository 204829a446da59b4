package cutaway.lab.train;

import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What is trained: parameters by name, and a loss that is a function of parameters and batch.
///
/// Of several *instances* every parameter carries an instance axis in front, `[instance, ...]`, and the loss is one
/// number for each: since no loss depends on another instance's parameters, each learns as it would alone. Of one
/// instance, parameters may have any shape.
public interface Objective {

    /// In the order in which the net uses them; training changes them in place.
    Map<String, Tensor> parameters();

    int instances();

    /// @param parameters as [#parameters] has them, or tracked for their gradients
    /// @return `[instance]`, each a mean over its batch
    Tensor losses(Map<String, Tensor> parameters, Batch batch);

    /// How many questions of a batch the loss of each instance is a mean over, where it is no more than such a mean,
    /// and [#losses] takes some of the instances (of parameters and batch alike) and some of the examples: a step
    /// then goes through parts of a batch side by side. Empty: it takes a batch as a whole.
    default Optional<double[]> asked(Batch batch) {
        return Optional.empty();
    }

    /// What a curve shows of a batch, by name: a number for each instance.
    default Map<String, double[]> measures(Map<String, Tensor> parameters, Batch batch) {
        return new LinkedHashMap<>(Map.of("loss", losses(parameters, batch).toDoubles()));
    }

    /// Where numbers that are not finite come up first, in words, when the losses of a batch are not.
    default String firstNotFinite(Map<String, Tensor> parameters, Batch batch) {
        for (Map.Entry<String, Tensor> one : parameters.entrySet()) {
            if (!one.getValue().isFinite().all()) {
                return "the parameter " + one.getKey() + " is not finite";
            }
        }
        return batch.x().dtype().isFloating() && !batch.x().isFinite().all()
                ? "the inputs hold NaN or infinity"
                : "all parameters are finite";
    }
}
