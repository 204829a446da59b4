package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.Tensor;

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
