package cutaway.lab.net;

import java.util.List;

/// One tensor that a net learns, before there are numbers in it.
///
/// @param name such as `hidden.0.weight`
/// @param dims its sizes, without the instance axis
/// @param in how many numbers are summed for one that comes out; of a bias, those of its layer
/// @param out how many come out
public record Parameter(String name, Kind kind, List<Integer> dims, int in, int out) {

    /// What part it has in the net.
    public enum Kind {
        /// A linear map, or filters, inside of the net.
        MATRIX,
        BIAS,
        /// The weight of a norm, which begins at 1.
        SCALE,
        /// A table with a row for each token or place.
        EMBEDDING,
        /// The map to the outputs, or its bias.
        HEAD,
        HEAD_BIAS
    }

    public Parameter {
        dims = List.copyOf(dims);
    }

    static Parameter matrix(String name, int out, int in) {
        return new Parameter(name, Kind.MATRIX, List.of(out, in), in, out);
    }

    static Parameter bias(String name, int out, int in) {
        return new Parameter(name, Kind.BIAS, List.of(out), in, out);
    }

    public boolean isBias() {
        return kind == Kind.BIAS || kind == Kind.HEAD_BIAS;
    }
}
