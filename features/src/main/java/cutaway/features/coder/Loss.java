package cutaway.features.coder;

import cutaway.tensor.Autograd;
import cutaway.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a batch costs.
///
/// @param parts scalars by name, in a fixed order; training lowers their sum. `reconstruction` is always one: the mean
///     over tokens of `|y - y_hat|^2`
/// @param errors `|y - y_hat|^2` of each token, `[n]`, outside of the graph
/// @param activity which latents were active
public record Loss(Map<String, Tensor> parts, Tensor errors, Activity activity) {

    public static final String RECONSTRUCTION = "reconstruction";
    public static final String SPARSITY = "sparsity";
    public static final String AUXILIARY = "auxiliary";

    /// The sum of the parts, a scalar.
    public Tensor total() {
        return parts.values().stream().reduce(Tensor::plus).orElseThrow();
    }

    static Loss of(Map<String, Tensor> parts, Tensor errors, Activity activity) {
        return new Loss(Collections.unmodifiableMap(parts), Autograd.untracked(errors), activity);
    }

    /// Collects the parts as they are computed.
    static LinkedHashMap<String, Tensor> parts(Tensor errors) {
        LinkedHashMap<String, Tensor> parts = new LinkedHashMap<>();
        parts.put(RECONSTRUCTION, errors.mean());
        return parts;
    }
}
