package cutaway.model.parts;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;

/// The non-linearity of an MLP.
public enum Activation {
    SILU,
    GELU,
    GELU_TANH,
    RELU;

    public Tensor of(Tensor x) {
        return switch (this) {
            case SILU -> x.silu();
            case GELU -> x.gelu();
            case GELU_TANH -> x.geluTanh();
            case RELU -> x.relu();
        };
    }

    /// @param name as config.json spells it
    public static Activation named(String name) {
        return switch (name) {
            case "silu", "swish" -> SILU;
            case "gelu" -> GELU;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast" -> GELU_TANH;
            case "relu" -> RELU;
            default ->
                throw new BadInputException("the model's activation function is \"" + name
                        + "\"; Cutaway knows silu, gelu, gelu_new, gelu_pytorch_tanh and relu");
        };
    }
}
