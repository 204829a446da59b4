package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.StackedLinear;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Back to its input through narrower (or wider) layers:
///
///     h_l = activation(W_l h_{l-1} + b_l)                         encoder, from h_0 = x
///     y = output(V_1 ... activation(V_L h_L + c_L) ... + c_1)     decoder
///
/// Tied, each `V_l` is `W_l` transposed. With one hidden layer, no activation but a ReLU at the end and no hidden bias,
/// this is the toy model of superposition, `y = ReLU(W^T W x + b)` (Elhage et al. 2022).
///
/// @param hidden widths of the encoder's layers, in order; the decoder has them backwards
/// @param activation of the layers inside
/// @param output what follows the last map
/// @param tied whether the decoder's maps are the encoder's, transposed
/// @param hiddenBias whether the layers inside have a bias
/// @param bias whether the output has one
public record Autoencoder(
        @JsonProperty(value = "hidden", required = true) List<Integer> hidden,

        @JsonProperty(value = "activation", required = true) Activation activation,

        @JsonProperty(value = "output", required = true) Activation output,
        @JsonProperty(value = "tied", required = true) boolean tied,

        @JsonProperty(value = "hiddenBias", required = true) boolean hiddenBias,

        @JsonProperty(value = "bias", required = true) boolean bias)
        implements Net {

    public Autoencoder {
        hidden = List.copyOf(hidden);
        Net.checkWidths("an autoencoder with hidden layers", hidden);
        if (hidden.isEmpty()) {
            throw new BadInputException("an autoencoder without a hidden layer; give it one at least.");
        }
    }

    @Override
    public List<Parameter> parameters(Input input) {
        if (!(input instanceof Input.Numbers(int numbers))) {
            throw new BadInputException("an autoencoder of " + input + "; it takes vectors of numbers alone.");
        }
        List<Parameter> all = new ArrayList<>();
        int in = numbers;
        for (int i = 0; i < hidden.size(); i++) {
            all.add(Parameter.matrix("encoder." + i + ".weight", hidden.get(i), in));
            if (hiddenBias) {
                all.add(Parameter.bias("encoder." + i + ".bias", hidden.get(i), in));
            }
            in = hidden.get(i);
        }
        for (int i = hidden.size() - 1; i >= 0; i--) {
            int out = i == 0 ? numbers : hidden.get(i - 1);
            if (!tied) {
                all.add(Parameter.matrix("decoder." + i + ".weight", out, hidden.get(i)));
            }
            if (i == 0 ? bias : hiddenBias) {
                all.add(Parameter.bias("decoder." + i + ".bias", out, hidden.get(i)));
            }
        }
        return all;
    }

    @Override
    public int width(Input input) {
        return input.flat();
    }

    @Override
    public boolean hasOwnOutput() {
        return true;
    }

    @Override
    public Tensor forward(Map<String, Tensor> parameters, Tensor x, Tap tap) {
        Tensor h = x;
        for (int i = 0; i < hidden.size(); i++) {
            String name = "encoder." + i;
            h = tap.at(name, activation.of(Net.linear(parameters, name, h))); // [instance, n, hidden]
        }
        for (int i = hidden.size() - 1; i >= 0; i--) {
            String name = "decoder." + i;
            Tensor map = tied
                    ? Start.of(parameters, "encoder." + i + ".weight").transpose(-2, -1)
                    : Start.of(parameters, name + ".weight");
            Tensor sum = StackedLinear.product(h, map, parameters.get(name + ".bias"));
            h = tap.at(name, (i == 0 ? output : activation).of(sum));
        }
        return h;
    }
}
