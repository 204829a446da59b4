package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.Locale;

/// What follows a linear map, number by number.
public enum Activation {
    @JsonProperty("none")
    NONE,
    @JsonProperty("relu")
    RELU,
    @JsonProperty("gelu")
    GELU,
    @JsonProperty("silu")
    SILU,
    @JsonProperty("tanh")
    TANH,
    /// `x^2`, which makes one hidden layer the quadratic net of Gilmer et al. (arXiv:1801.02774).
    @JsonProperty("square")
    SQUARE;

    /// The same inside of a model.
    ///
    /// @throws BadInputException when no model has it
    cutaway.model.parts.Activation ofModel() {
        return switch (this) {
            case RELU -> cutaway.model.parts.Activation.RELU;
            case GELU -> cutaway.model.parts.Activation.GELU;
            case SILU -> cutaway.model.parts.Activation.SILU;
            case NONE, TANH, SQUARE ->
                throw new BadInputException("a transformer with the activation " + name().toLowerCase(Locale.ROOT)
                        + "; expected relu, gelu or silu.");
        };
    }

    Tensor of(Tensor x) {
        return switch (this) {
            case NONE -> x;
            case RELU -> x.relu();
            case GELU -> x.gelu();
            case SILU -> x.silu();
            case TANH -> x.tanh();
            case SQUARE -> x.square();
        };
    }
}
