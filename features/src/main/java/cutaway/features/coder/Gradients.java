package cutaway.features.coder;

import cutaway.tensor.Tensor;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a batch says about the parameters.
///
/// @param losses the parts of the loss by name; their sum is what training lowers
/// @param gradients of that sum, by the parameters' names and in their shapes
/// @param activity which latents were active
/// @param touched which latents had any gradient, where that is known; null where all may have
public record Gradients(
        Map<String, Double> losses, Map<String, Tensor> gradients, Activity activity, boolean @Nullable [] touched) {

    public double total() {
        return losses.values().stream().mapToDouble(Double::doubleValue).sum();
    }
}
