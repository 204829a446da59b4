package cutaway.features.coder;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The linear maps of a coder: from inputs into latents, and from codes to outputs.
///
///     products = (x - c) W_enc^T                c = b_dec where `centres`, else 0
///     y_hat    = f W_dec + b_dec [+ x W_skip^T]
///
/// Each takes the parameters that it is to compute with. Those that all have are named here.
interface Maps {

    String ENCODER = "encoder";
    String ENCODER_BIAS = "encoderBias";
    String DECODER = "decoder";
    String DECODER_BIAS = "decoderBias";
    String SKIP = "skip";

    /// The parameters at their start; a coder takes them over.
    LinkedHashMap<String, Tensor> initial();

    /// What they need that is not trained, by name.
    default Map<String, Tensor> buffers() {
        return Map.of();
    }

    int width();

    boolean centres();

    /// `[latent, dIn]`
    Tensor encoder(Map<String, Tensor> p);

    /// `[latent, dOut]`
    Tensor decoder(Map<String, Tensor> p);

    /// The inputs as the encoder sees them, `[n, dIn]`.
    default Tensor centred(Map<String, Tensor> p, Tensor x) {
        return centres() ? x.minus(parameter(p, DECODER_BIAS)) : x;
    }

    /// `[n, latent]`
    default Tensor products(Map<String, Tensor> p, Tensor x) {
        return centred(p, x).linear(encoder(p), null);
    }

    /// What codes write, without bias or skip: `[n, dOut]`.
    default Tensor write(Map<String, Tensor> p, Tensor codes) {
        return codes.matmul(decoder(p));
    }

    /// `[n, dOut]`
    default Tensor decode(Map<String, Tensor> p, Tensor codes, Tensor x) {
        Tensor y = write(p, codes).plus(parameter(p, DECODER_BIAS));
        return skip(p).isPresent() ? y.plus(x.linear(skip(p).get(), null)) : y;
    }

    /// `[dOut, dIn]`
    default Optional<Tensor> skip(Map<String, Tensor> p) {
        return Optional.ofNullable(p.get(SKIP));
    }

    /// The norm of each latent's decoder row, `[latent]`.
    default Tensor norms(Map<String, Tensor> p) {
        return rowNorms(decoder(p));
    }

    /// As [#norms], outside of the graph and without a copy of the decoder.
    default double[] plainNorms(Map<String, Tensor> p) {
        return norms(p).toDoubles();
    }

    /// See [Coder#adjustGradients].
    default Map<String, Tensor> adjust(Map<String, Tensor> p, Map<String, Tensor> gradients) {
        return gradients;
    }

    /// Puts the parameters back where they have to be, in place.
    default void project(Map<String, Tensor> p) {}

    /// See [Coder#revive].
    void revive(Map<String, Tensor> p, int[] latents, Tensor x, Tensor y, RewrittenRows rows);

    /// A parameter that has to be there.
    static Tensor parameter(Map<String, Tensor> p, String name) {
        Tensor parameter = p.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no parameter " + name + " among " + p.keySet());
        }
        return parameter;
    }

    /// The norm of each row, `[rows]`; that of a row of zeros has the gradient 0.
    static Tensor rowNorms(Tensor matrix) {
        Tensor squares = matrix.square().sum(1, false);
        Tensor none = squares.equalTo(0);
        return squares.maskedFill(none, 1).sqrt().maskedFill(none, 0);
    }

    /// Overwrites one row of a parameter.
    static void rewrite(Map<String, Tensor> p, String name, int row, Tensor values, RewrittenRows rows) {
        try (Scope _ = Scope.open()) {
            parameter(p, name).select(0, row).assign(values);
        }
        rows.rewritten(name, row);
    }
}
