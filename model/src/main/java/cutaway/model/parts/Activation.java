package cutaway.model.parts;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;

/// The non-linearity of an MLP.
public enum Activation {
    SILU,
    GELU,
    GELU_TANH,
    /// `x * sigmoid(1.702 x)`.
    QUICK_GELU,
    RELU,
    /// `relu(x)^2` (arXiv:2109.08668).
    RELU_SQUARED;

    public Tensor of(Tensor x) {
        return switch (this) {
            case SILU -> x.silu();
            case GELU -> x.gelu();
            case GELU_TANH -> x.geluTanh();
            case QUICK_GELU -> x.times(x.times(1.702).sigmoid());
            case RELU -> x.relu();
            case RELU_SQUARED -> x.relu().square();
        };
    }

    /// How config.json spells it.
    public String configName() {
        return switch (this) {
            case SILU -> "silu";
            case GELU -> "gelu";
            case GELU_TANH -> "gelu_pytorch_tanh";
            case QUICK_GELU -> "quick_gelu";
            case RELU -> "relu";
            case RELU_SQUARED -> "relu2";
        };
    }

    /// @param name as config.json spells it
    public static Activation named(String name) {
        return switch (name) {
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
            case "quick_gelu" -> QUICK_GELU;
            case "relu" -> RELU;
            case "relu2" -> RELU_SQUARED;
            default ->
                throw new BadInputException("the model's activation function is \"" + name
                        + "\"; Cutaway knows silu, gelu, gelu_new, gelu_pytorch_tanh, quick_gelu, relu and relu2.");
        };
    }
}
