package cutaway.features.train;

import cutaway.tensor.Tensor;
import java.util.Map;

/// A training step that cannot be made: its loss or its gradients are not finite. The parameters are as they were.
public final class Collapse extends RuntimeException {

    private static final long serialVersionUID = 1;

    Collapse(long step, Map<String, Double> losses, double norm, Tensor x) {
        super(cause(losses, norm, x) + " at step " + step);
    }

    private static String cause(Map<String, Double> losses, double norm, Tensor x) {
        if (!x.isFinite().all()) {
            return "the activations hold NaN or infinity";
        }
        return losses.entrySet().stream()
                .filter(part -> !Double.isFinite(part.getValue()))
                .findFirst()
                .map(part -> "the loss (" + part.getKey() + ") became " + part.getValue())
                .orElse("the gradients became infinite (norm " + norm + ")");
    }
}
