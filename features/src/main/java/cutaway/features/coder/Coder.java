package cutaway.features.coder;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// Parameters and a loss that train them; in the end, a [Dictionary].
///
/// The loss here is the definition: LibTorch differentiates it as it stands, dense, in any numeric type. Kinds whose
/// codes are sparse while they train also have a sparse step, which has to agree with it. A step of training:
///
///     loss = coder.loss(tracked, x, y, sparsity)        gradients of loss.total(), by name
///     gradients = coder.adjustGradients(gradients)      the optimiser moves the parameters
///     coder.afterStep(loss.activity())
///
/// A coder owns its parameters and buffers until it is closed. What [#loss] makes belongs to the open scope.
public interface Coder extends AutoCloseable {

    /// Of what it was made.
    CoderSettings settings();

    /// The parameters by name, in a fixed order. An optimiser changes their values in place.
    Map<String, Tensor> parameters();

    /// What else a run needs to go on as if it had never stopped, by name: a running threshold, steps since each
    /// latent was active. They too are only ever changed in place.
    Map<String, Tensor> buffers();

    /// The loss of a batch. It changes nothing.
    ///
    /// @param parameters to compute it with: [#parameters], or tracked tensors of the same names and shapes
    /// @param x inputs, `[n, dIn]`
    /// @param y what is to be reconstructed, `[n, dOut]`: for autoencoders the inputs
    /// @param sparsity factor of the sparsity terms, from 0 at the start of the warm-up to 1
    Loss loss(Map<String, Tensor> parameters, Tensor x, Tensor y, double sparsity);

    /// The same loss and its gradients by way of the few latents that are active, where that is faster just now.
    ///
    /// @return empty where the loss is to be differentiated as it stands
    default Optional<Gradients> sparse(Tensor x, Tensor y, double sparsity) {
        return Optional.empty();
    }

    /// Whether the loss of a batch is the mean of the losses of its tokens, so that it can be had of some at a time.
    boolean isMeanOverTokens();

    /// Changes the gradients, in place, before the optimiser has them, such as taking away what points along unit
    /// rows.
    Map<String, Tensor> adjustGradients(Map<String, Tensor> gradients);

    /// Called after the optimiser has moved the parameters: puts them back where they have to be (unit rows,
    /// thresholds not below 0), moves running values, counts the steps since each latent was active.
    ///
    /// @param activity what the loss of this step saw; of the parts of a batch, [Activity#plus] of theirs
    void afterStep(Activity activity);

    /// How many latents it has.
    int width();

    /// The latents that were active on no token of so many steps as the settings name, rising.
    int[] dead();

    /// Share of latents that are dead, from 0 to 1.
    double deadShare();

    /// Lets latents begin anew, each at a token of its own: its decoder row points to what is to be reconstructed
    /// there and its encoder row to the input, so that it is active on tokens like that one (Bricken et al. 2023,
    /// "Towards Monosemanticity", appendix "Neuron resampling"). [Resampling] chooses the tokens.
    ///
    /// @param latents rising
    /// @param x inputs of the tokens, `[latents.length, dIn]`
    /// @param y `[latents.length, dOut]`
    /// @param rows told of each row of a parameter that was written, so that an optimiser forgets what it knew of
    ///     it
    void revive(int[] latents, Tensor x, Tensor y, RewrittenRows rows);

    /// The trained dictionary: thresholds made fixed, norms folded in. A copy, which the caller closes.
    ///
    /// Decoder rows end with the norm 1 and codes are scaled to match, but for TopK without ranking by norm, whose
    /// choice that would change. [ActivationScale#fold] does the same for a factor that the inputs were multiplied
    /// by.
    Dictionary dictionary(Origin origin);

    @Override
    void close();
}
