package cutaway.tensor;

import java.util.Map;

/// Moves parameters in place by their gradients, step after step.
///
/// Parameters of several *instances* (nets that learn side by side) carry an instance axis in front; what it does to
/// one instance depends on no other. The parameters are the caller's; what it remembers of them is freed when it is
/// closed.
public interface Optimiser extends AutoCloseable {

    /// One step for all parameters that are named.
    ///
    /// @param gradients of each parameter, in its shape and type
    /// @param scale what the gradients of each instance are multiplied with first: below 1 where they are clipped;
    ///     one number for parameters without an instance axis
    void step(Map<String, Tensor> gradients, double rate, double[] scale);

    /// How many steps it has made.
    long steps();

    /// All that must be kept beside the parameters and [#steps] to go on exactly, by name; it stays the optimiser's.
    Map<String, Tensor> state();

    /// Goes on from a state.
    ///
    /// @param state by the names of [#state]
    void restore(Map<String, Tensor> state, long steps);

    @Override
    void close();
}
