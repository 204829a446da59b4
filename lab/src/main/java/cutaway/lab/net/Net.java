package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import cutaway.tensor.BadInputException;
import cutaway.tensor.StackedLinear;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A kind of net with its sizes: a value, which serialises to JSON and back. Parameters live outside of it, by name,
/// each `[instance, ...]`; running it is a pure function of them, which autograd can differentiate.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = Mlp.class, name = "mlp"),
    @JsonSubTypes.Type(value = ConvolutionNet.class, name = "convolution"),
    @JsonSubTypes.Type(value = Autoencoder.class, name = "autoencoder"),
    @JsonSubTypes.Type(value = TransformerNet.class, name = "transformer"),
    @JsonSubTypes.Type(value = VisionTransformer.class, name = "vision")
})
public sealed interface Net permits Mlp, ConvolutionNet, Autoencoder, TransformerNet, VisionTransformer {

    /// In the order in which they are used.
    ///
    /// @throws BadInputException when the net cannot take such an input
    List<Parameter> parameters(Input input);

    /// How many numbers it hands to the head.
    int width(Input input);

    /// The parameter that the head shares, `[instance, out, width]`, where it has no map of its own.
    ///
    /// @return its name; null for a head of its own
    default @Nullable String sharedHead() {
        return null;
    }

    /// Whether what comes out is the output itself, so that no head follows.
    default boolean hasOwnOutput() {
        return false;
    }

    /// Whether it hands over a vector at each position of its input.
    default boolean hasPositions() {
        return false;
    }

    /// @param parameters by name, `[instance, ...]`
    /// @param x as its [Input] says
    /// @return `[instance, n, width]`, or `[instance, n, pos, width]` where it has positions
    Tensor forward(Map<String, Tensor> parameters, Tensor x, Tap tap);

    /// `x W^T + b` by the parameters `NAME.weight` and, where there is one, `NAME.bias`.
    static Tensor linear(Map<String, Tensor> parameters, String name, Tensor x) {
        return StackedLinear.product(x, Start.of(parameters, name + ".weight"), parameters.get(name + ".bias"));
    }

    static void checkWidths(String what, List<Integer> widths) {
        if (widths.stream().anyMatch(width -> width < 1)) {
            throw new BadInputException(what + " of " + widths + "; expected at least 1 each.");
        }
    }
}
