package cutaway.lab.net;

import cutaway.tensor.Tensor;

/// Reads or replaces activations of a net while it runs.
@FunctionalInterface
public interface Tap {

    /// Changes nothing.
    Tap NONE = (_, value) -> value;

    /// @param name of the activation, such as `hidden.0`
    /// @param value `[instance, n, ...]`
    /// @return what the net goes on with
    Tensor at(String name, Tensor value);
}
