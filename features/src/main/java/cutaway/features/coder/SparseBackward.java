package cutaway.features.coder;

import cutaway.tensor.SparseColumns;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The gradient of a loss of reconstructions through the few latents that are active, which costs as much as they are
/// few: of `z = (x - c) W_enc^T + b_enc`, `y = f(z) W_dec + b_dec`, with `G = dL/dy` `[n, dOut]`,
///
///     dL/df = G W_dec^T        only where f is not 0
///     dL/dW_dec = f^T G        dL/db_dec = sum G [- sum dL/dz W_enc, where c = b_dec]
///     dL/dW_enc = (dL/dz)^T (x - c)        dL/db_enc = sum dL/dz
///
/// Sums over tokens go latent by latent (sorted once), so that each row of a gradient is written by one core while it
/// is in its cache; a scatter-add over tokens would meet the same row from all sides.
public final class SparseBackward {

    /// @param encoder `[latent, dIn]`
    /// @param encoderBias `[latent]`
    /// @param decoder `[latent, dOut]`
    /// @param decoderBias `[dOut]`
    /// @param centres whether the decoder's bias is taken from the input
    public record Linear(Tensor encoder, Tensor encoderBias, Tensor decoder, Tensor decoderBias, boolean centres) {

        /// `x - c`, contiguous.
        public Tensor centred(Tensor x) {
            return (centres ? x.minus(decoderBias) : x).contiguous();
        }

        /// `f W_dec + b_dec`.
        public Tensor decode(SparseRows codes) {
            return codes.times(decoder).plus(decoderBias);
        }
    }

    private final Linear linear;
    private final Tensor input;
    private final Tensor encoder;
    private final Tensor decoder;
    private final double[] encoderBias;
    private Tensor decoderBias;
    private final boolean[] touched;

    /// @param input `x - c`, `[n, dIn]`
    public SparseBackward(Linear linear, Tensor input) {
        this.linear = linear;
        this.input = input;
        encoder = zeros(linear.encoder);
        decoder = zeros(linear.decoder);
        decoderBias = zeros(linear.decoderBias);
        encoderBias = new double[Math.toIntExact(linear.encoder.dim(0))];
        touched = new boolean[encoderBias.length];
    }

    private static Tensor zeros(Tensor like) {
        return Tensor.full(0, like.dtype(), like.shape().dims());
    }

    /// What a change of each code's value would do, `dL/df`, from the reconstruction alone.
    ///
    /// @param slope `dL/dy`, `[n, dOut]`
    public double[] ofCodes(SparseRows codes, Tensor slope) {
        return codes.products(slope, linear.decoder);
    }

    /// Adds what a reconstruction says about the decoder.
    ///
    /// @param slope `dL/dy`, `[n, dOut]`
    /// @param toBias whether the reconstruction has the decoder's bias in it
    public void addDecoder(SparseRows codes, SparseColumns columns, Tensor slope, boolean toBias) {
        columns.addTransposedTimes(codes.values(), slope, decoder);
        touch(columns);
        if (toBias) {
            decoderBias = decoderBias.plus(slope.sum(0, false));
        }
    }

    /// Adds what pre-activations say about the encoder.
    ///
    /// @param slopes `dL/dz` of each entry
    public void addEncoder(SparseColumns columns, double[] slopes) {
        columns.addTransposedTimes(slopes, input, encoder);
        touch(columns);
        double[] sums = columns.sums(slopes);
        for (int latent = 0; latent < sums.length; latent++) {
            encoderBias[latent] += sums[latent];
        }
        if (linear.centres) {
            Tensor sum = Tensor.of(sums, 1, sums.length).to(linear.encoder.dtype());
            decoderBias = decoderBias.minus(sum.matmul(linear.encoder).squeeze(0));
        }
    }

    private void touch(SparseColumns columns) {
        for (int latent = 0; latent < touched.length; latent++) {
            touched[latent] |= columns.count(latent) > 0;
        }
    }

    /// Gradients of the four parameters, under these names; belonging to the scope that is open.
    public Map<String, Tensor> gradients(String encoderName, String biasName, String decoderName, String outName) {
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        gradients.put(encoderName, encoder);
        gradients.put(biasName, Tensor.of(encoderBias, encoderBias.length).to(linear.encoder.dtype()));
        gradients.put(decoderName, decoder);
        gradients.put(outName, decoderBias);
        return gradients;
    }

    /// Which latents any of it has touched.
    public boolean @Nullable [] touched() {
        return touched;
    }
}
