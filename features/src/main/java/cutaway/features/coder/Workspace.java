package cutaway.features.coder;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// Memory for the large gradients of a sparse step, kept from step to step: to ask the system for pages again each time
/// takes longer than to fill them.
final class Workspace implements AutoCloseable {

    private final Map<String, Tensor> tensors = new LinkedHashMap<>();

    /// A tensor of the shape and type of another, with whatever was left in it.
    Tensor like(String name, Tensor other) {
        return tensors.computeIfAbsent(
                name,
                _ -> Scope.detach(Tensor.full(0, other.dtype(), other.shape().dims())));
    }

    @Override
    public void close() {
        tensors.values().forEach(Tensor::close);
        tensors.clear();
    }
}
