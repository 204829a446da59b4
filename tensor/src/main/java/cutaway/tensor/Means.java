package cutaway.tensor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an optimiser remembers of each parameter: tensors of its shape and type, from zero on, each under a name.
final class Means implements AutoCloseable {

    private final Map<String, Tensor> parameters;
    private final List<String> kinds;
    private final Map<String, List<Tensor>> means = new LinkedHashMap<>();
    private long steps;

    /// @param kinds names of what is remembered of each parameter, in the order in which kernels see them
    Means(Map<String, Tensor> parameters, List<String> kinds) {
        this.parameters = new LinkedHashMap<>(parameters);
        this.kinds = List.copyOf(kinds);
        parameters.forEach((name, parameter) ->
                means.put(name, kinds.stream().map(_ -> zeros(parameter)).toList()));
    }

    private static Tensor zeros(Tensor like) {
        return Scope.detach(Tensor.full(0, like.dtype(), like.shape().dims()));
    }

    long steps() {
        return steps;
    }

    void stepMade() {
        steps++;
    }

    Tensor parameter(String name) {
        Tensor parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("a gradient of " + name + "; there are " + parameters.keySet());
        }
        return parameter;
    }

    List<Tensor> of(String name) {
        List<Tensor> found = means.get(name);
        if (found == null) {
            throw new IllegalArgumentException("there is no " + name + " among " + parameters.keySet());
        }
        return found;
    }

    /// The parameters that have a gradient, with what belongs to them.
    List<Elementwise.Part> parts(Map<String, Tensor> gradients) {
        List<Elementwise.Part> parts = new ArrayList<>();
        gradients.forEach((name, gradient) ->
                parts.add(new Elementwise.Part(checked(name, gradient), gradient.contiguous(), of(name))));
        return parts;
    }

    /// The parameter of a gradient.
    ///
    /// @throws IllegalArgumentException when the gradient is of another shape or type
    Tensor checked(String name, Tensor gradient) {
        Tensor parameter = parameter(name);
        if (!gradient.shape().equals(parameter.shape()) || gradient.dtype() != parameter.dtype()) {
            throw new IllegalArgumentException("the gradient of " + name + " is " + gradient.dtype() + " "
                    + gradient.shape() + "; expected " + parameter.dtype() + " " + parameter.shape());
        }
        return parameter;
    }

    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        means.forEach((name, tensors) -> {
            for (int i = 0; i < tensors.size(); i++) {
                state.put(name + "." + kinds.get(i), tensors.get(i));
            }
        });
        return state;
    }

    void restore(Map<String, Tensor> state, long after) {
        state().forEach((name, tensor) -> {
            @Nullable Tensor kept = state.get(name);
            if (kept == null || !kept.shape().equals(tensor.shape())) {
                throw new IllegalArgumentException("the optimiser's " + name + " is "
                        + (kept == null ? "missing" : kept.shape()) + "; expected " + tensor.shape());
            }
            tensor.assign(kept);
        });
        steps = after;
    }

    @Override
    public void close() {
        means.values().forEach(tensors -> tensors.forEach(Tensor::close));
    }
}
