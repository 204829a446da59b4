package cutaway.lab.net;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.lab.Draws;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How parameters begin. Each is drawn by the seed of its instance and its name, so that an instance begins as it would
/// alone.
///
/// @param kind of the distribution
/// @param gain that it is multiplied with
public record Start(
        @JsonProperty(value = "kind", required = true) Kind kind,
        @JsonProperty(value = "gain", required = true) double gain) {

    /// Of `in` summed numbers and `out` that come out.
    public enum Kind {
        /// Weights and biases from +-1 / sqrt(in), embeddings from N(0, 1): what PyTorch's layers do.
        @JsonProperty("fan_in")
        FAN_IN,
        /// Weights from N(0, 2 / (in + out)) (Glorot and Bengio 2010), biases 0.
        @JsonProperty("xavier")
        XAVIER,
        /// Weights from N(0, 2 / in) (He et al., arXiv:1502.01852), biases 0.
        @JsonProperty("he")
        HE,
        /// Weights from N(0, 1), biases 0.
        @JsonProperty("normal")
        NORMAL
    }

    public Start {
        if (!(gain > 0 && gain < Double.POSITIVE_INFINITY)) {
            throw new BadInputException("weights that begin with the gain " + gain + "; expected a number above 0.");
        }
    }

    /// @param seeds of the instances
    /// @return by name `[instance, ...]`, which nobody frees but the caller
    public Map<String, Tensor> tensors(List<Parameter> parameters, List<Long> seeds, Dtype dtype) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Parameter parameter : parameters) {
            tensors.put(parameter.name(), Scope.detach(Scope.keep(() -> drawn(parameter, seeds, dtype))));
        }
        return tensors;
    }

    private Tensor drawn(Parameter parameter, List<Long> seeds, Dtype dtype) {
        long[] dims = new long[parameter.dims().size() + 1];
        dims[0] = seeds.size();
        long each = 1;
        for (int i = 1; i < dims.length; i++) {
            dims[i] = parameter.dims().get(i - 1);
            each *= dims[i];
        }
        Tensor tensor = Tensor.uninitialised(Dtype.F64, new Shape(dims));
        MemorySegment data = tensor.data();
        for (int i = 0; i < seeds.size(); i++) {
            Draws draws = Draws.of(seeds.get(i), parameter.name(), 0);
            for (long j = 0; j < each; j++) {
                data.setAtIndex(ValueLayout.JAVA_DOUBLE, i * each + j, number(parameter, draws));
            }
        }
        return tensor.to(dtype);
    }

    private double number(Parameter parameter, Draws draws) {
        return parameter.kind() == Parameter.Kind.SCALE ? 1 : gain * drawn(parameter, draws);
    }

    private double drawn(Parameter parameter, Draws draws) {
        boolean isEmbedding = parameter.kind() == Parameter.Kind.EMBEDDING;
        if (kind == Kind.FAN_IN && !isEmbedding) {
            return (2 * draws.nextDouble() - 1) / Math.sqrt(parameter.in());
        }
        if (parameter.isBias()) {
            return 0;
        }
        double variance = switch (kind) {
            case XAVIER -> 2.0 / (parameter.in() + parameter.out());
            case HE -> 2.0 / parameter.in();
            case FAN_IN, NORMAL -> 1;
        };
        return Math.sqrt(isEmbedding ? 1 : variance) * draws.nextGaussian();
    }

    /// The tensor of a name.
    static Tensor of(Map<String, Tensor> parameters, String name) {
        @Nullable Tensor tensor = parameters.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no parameter " + name + " among " + parameters.keySet());
        }
        return tensor;
    }
}
