package cutaway.features.coder;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Parameters and a loss that train them; in the end, a [Dictionary].
///
/// The loss here is the definition: LibTorch differentiates it as it stands, dense, in any numeric type. Kinds whose
/// codes are sparse while they train also have a sparse step, which has to agree with it.
public interface Coder extends AutoCloseable {

    /// The parameters by name, in a fixed order. An optimiser changes their values in place.
    Map<String, Tensor> parameters();

    /// What else a run needs to go on as if it had never stopped, by name: a running threshold, firing counts.
    Map<String, Tensor> buffers();

    /// The loss of a batch.
    ///
    /// @param parameters to compute it with: [#parameters], or tracked tensors of the same names and shapes
    /// @param x inputs, `[n, dIn]`
    /// @param y what is to be reconstructed, `[n, dOut]`: for autoencoders the inputs
    /// @param sparsity factor of the sparsity terms, from 0 at the start of the warm-up to 1
    /// @return its parts by name; their sum is what training lowers. Each is a scalar
    Map<String, Tensor> loss(Map<String, Tensor> parameters, Tensor x, Tensor y, double sparsity);

    /// The same loss and its gradients by way of the few latents that are active, where that is faster just now.
    ///
    /// @return empty where the loss is to be differentiated as it stands
    default Optional<Gradients> sparse(Tensor x, Tensor y, double sparsity) {
        return Optional.empty();
    }

    /// Changes the gradients before the optimiser has them, such as taking away what points along unit rows.
    Map<String, Tensor> adjustGradients(Map<String, Tensor> gradients);

    /// Called after the optimiser has moved the parameters: normalises rows, moves running values, counts what fired.
    void afterStep(Tensor x);

    /// Share of latents, from 0 to 1, that have been silent for as long as the coder counts; 0 where it does not count.
    default double deadShare() {
        return 0;
    }

    /// The trained dictionary: thresholds made fixed, norms and scalings folded in. A copy, which the caller closes.
    Dictionary dictionary(Origin origin);

    @Override
    void close();
}
