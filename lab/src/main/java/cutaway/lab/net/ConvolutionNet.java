package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Convolution;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A small convolution net: layers of `pool(activation(filters * x + b))`, then all that is left as one vector.
///
/// All instances run as one grouped convolution: the channels of each are a group that only its own filters see.
///
/// @param channels of each layer, in order
/// @param kernel height and width of the filters, odd: the image keeps its size
/// @param pool height and width of the squares that are pooled after each layer; 1: none
/// @param largest whether the largest of a square is kept; else its mean
/// @param bias whether filters have one, and the head
public record ConvolutionNet(
        @JsonProperty(value = "channels", required = true) List<Integer> channels,

        @JsonProperty(value = "kernel", required = true) int kernel,
        @JsonProperty(value = "pool", required = true) int pool,
        @JsonProperty(value = "largest", required = true) boolean largest,

        @JsonProperty(value = "activation", required = true) Activation activation,

        @JsonProperty(value = "bias", required = true) boolean bias)
        implements Net {

    public ConvolutionNet {
        channels = List.copyOf(channels);
        Net.checkWidths("a convolution net with channels", channels);
        if (channels.isEmpty() || kernel < 1 || kernel % 2 == 0 || pool < 1) {
            throw new BadInputException("a convolution net of " + channels.size() + " layers with filters of " + kernel
                    + " and pools of " + pool + "; expected at least one layer, odd filters, and pools of at least 1.");
        }
    }

    @Override
    public List<Parameter> parameters(Input input) {
        if (!(input instanceof Input.Image(int in, int height, int width))) {
            throw new BadInputException("a convolution net for " + input + "; it takes images alone.");
        }
        if (left(Math.min(height, width)) < 1) {
            throw new BadInputException("a convolution net that pools " + height + " by " + width + " pixels "
                    + channels.size() + " times by " + pool + "; nothing is left of them. Take fewer layers.");
        }
        List<Parameter> all = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            int out = channels.get(i);
            int summed = in * kernel * kernel;
            all.add(new Parameter(
                    "filters." + i + ".weight", Parameter.Kind.MATRIX, List.of(out, in, kernel, kernel), summed, out));
            if (bias) {
                all.add(Parameter.bias("filters." + i + ".bias", out, summed));
            }
            in = out;
        }
        return all;
    }

    private int left(int pixels) {
        for (int i = 0; i < channels.size(); i++) {
            pixels /= pool;
        }
        return pixels;
    }

    @Override
    public int width(Input input) {
        return input instanceof Input.Image(int _, int height, int width)
                ? channels.getLast() * left(height) * left(width)
                : input.flat();
    }

    @Override
    public Tensor forward(Map<String, Tensor> parameters, Tensor x, Tap tap) {
        int instances = Math.toIntExact(x.dim(0));
        long n = x.dim(1);
        Tensor h = x.transpose(0, 1).reshape(n, -1, x.dim(3), x.dim(4)); // [n, instance * channels, height, width]
        for (int i = 0; i < channels.size(); i++) {
            String name = "filters." + i;
            Tensor filters = Start.of(parameters, name + ".weight");
            Tensor flat = filters.reshape(-1, filters.dim(2), kernel, kernel); // [instance * out, in, kernel, kernel]
            Tensor bias = parameters.get(name + ".bias");
            Tensor row = bias == null ? null : bias.reshape(-1);
            Tensor sum = Convolution.conv2d(h, flat, row, 1, kernel / 2, instances);
            Tensor map = byInstance(activation.of(sum), instances);
            h = pooled(together(tap.at(name, map)));
        }
        return byInstance(h, instances).reshape(instances, n, -1);
    }

    private Tensor pooled(Tensor h) {
        if (pool == 1) {
            return h;
        }
        return largest ? Convolution.maxPool(h, pool) : Convolution.averagePool(h, pool);
    }

    /// From `[n, instance * channels, ...]` to `[instance, n, channels, ...]`.
    private static Tensor byInstance(Tensor h, int instances) {
        return h.reshape(h.dim(0), instances, -1, h.dim(2), h.dim(3)).transpose(0, 1);
    }

    /// The way back.
    private static Tensor together(Tensor h) {
        return h.transpose(0, 1).reshape(h.dim(1), -1, h.dim(3), h.dim(4));
    }
}
