package cutaway.features.coder;

import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseColumns;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// A batch forwards and backwards through the few latents that are active, which costs as much as they are few. Of
/// `z = (x - c) W_enc^T + b_enc`, `y_hat = f W_dec + b_dec [+ x W_skip^T]` and `L = mean |y - y_hat|^2`, with
/// `G = dL/dy_hat` `[n, dOut]`:
///
///     dL/df = G W_dec^T                only where f is asked for
///     dL/dW_dec = f^T G                dL/db_dec = sum G [- sum dL/dz W_enc, where c = b_dec]
///     dL/dW_enc = (dL/dz)^T (x - c)    dL/db_enc = sum dL/dz        dL/dW_skip = G^T x
///
/// Sums over tokens go latent by latent, sorted once, so that each row of a gradient is written by one core while it is
/// in its cache; a scatter-add over tokens would meet the same row from all sides.
///
/// What it makes belongs to the scope that is open, but for the gradients of the two matrices: those are in the
/// workspace, until the next pass.
final class SparsePass {

    private static final int SAMPLE = 64;
    private static final double MOST_ACTIVE = 0.05;

    private final Tensor x;
    private final Tensor y;
    private final Tensor encoder;
    private final String biasName;
    private final Tensor encoderBias;
    private final Tensor decoder;
    private final Tensor decoderBias;
    private final Optional<Tensor> skip;
    private final boolean centres;
    private final Tensor input;

    private final Tensor encoderSlope;
    private final double[] encoderBiasSlope;
    private final Tensor decoderSlope;
    private Tensor decoderBiasSlope;
    private final boolean[] touched;
    private boolean isBegun;

    private SparsePass(
            Map<String, Tensor> p, String biasName, boolean centres, Workspace workspace, Tensor x, Tensor y) {
        this.x = x.contiguous();
        this.y = y;
        this.centres = centres;
        encoder = Maps.parameter(p, Maps.ENCODER);
        this.biasName = biasName;
        encoderBias = Maps.parameter(p, biasName);
        decoder = Maps.parameter(p, Maps.DECODER);
        decoderBias = Maps.parameter(p, Maps.DECODER_BIAS);
        skip = Optional.ofNullable(p.get(Maps.SKIP));
        input = centres ? x.minus(decoderBias).contiguous() : this.x;
        encoderSlope = workspace.like(Maps.ENCODER, encoder);
        encoderBiasSlope = new double[width()];
        decoderSlope = workspace.like(Maps.DECODER, decoder);
        decoderBiasSlope = Tensor.full(0, decoderBias.dtype(), decoderBias.dim(0));
        touched = new boolean[width()];
    }

    /// @return empty where the maps are no plain matrices, or the encoder is not its own
    static Optional<SparsePass> of(Maps maps, Map<String, Tensor> p, Workspace workspace, Tensor x, Tensor y) {
        return of(maps, p, Maps.ENCODER_BIAS, workspace, x, y);
    }

    /// @param biasName which parameter is added to the products before codes are picked
    /// @return empty as above
    static Optional<SparsePass> of(
            Maps maps, Map<String, Tensor> p, String biasName, Workspace workspace, Tensor x, Tensor y) {
        return maps instanceof PlainMaps && p.containsKey(Maps.ENCODER)
                ? Optional.of(new SparsePass(p, biasName, maps.centres(), workspace, x, y))
                : Optional.empty();
    }

    int width() {
        return Math.toIntExact(encoder.dim(0));
    }

    int tokens() {
        return Math.toIntExact(x.dim(0));
    }

    /// Whether so few pre-activations are above their thresholds that a sparse pass is faster than a dense one, judged
    /// by the first tokens: one that is active costs some ten times as much as a place in a dense product.
    boolean isSparse(double[] thresholds) {
        Tensor first = input.slice(0, 0, Math.min(SAMPLE, tokens()));
        int active =
                SparseEncoding.above(first, encoder, encoderBias, thresholds).values().length;
        return active < MOST_ACTIVE * first.dim(0) * width();
    }

    /// The inputs as the encoder sees them, `[n, dIn]`, contiguous.
    Tensor input() {
        return input;
    }

    Tensor encoder() {
        return encoder;
    }

    Tensor encoderBias() {
        return encoderBias;
    }

    /// What the reconstruction leaves, `y_hat - y`, `[n, dOut]`.
    ///
    /// @param codes as they meet the decoder
    Tensor error(SparseRows codes) {
        Tensor sum = codes.times(decoder).plus(decoderBias);
        return (skip.isPresent() ? sum.plus(x.linear(skip.get(), null)) : sum)
                .minus(y)
                .contiguous();
    }

    /// What is left with more codes beside those of an error.
    Tensor error(Tensor before, SparseRows codes) {
        Tensor error = before.copy();
        codes.addTimes(decoder, error);
        return error;
    }

    /// `dL/dy_hat` of the mean over tokens of squared errors.
    Tensor slope(Tensor error) {
        return error.times(2.0 / tokens());
    }

    /// `dL/df` by way of the reconstruction, for each entry of the codes.
    double[] ofCodes(SparseRows codes, Tensor slope) {
        return codes.products(slope, decoder);
    }

    /// Adds what the reconstruction says of some codes; but for the decoder's bias and the skip connection, of which
    /// [#gradients] speaks.
    ///
    /// @param codes as they meet the decoder
    /// @param slope `dL/dy_hat`
    /// @param ofZ `dL/dz` of each entry
    void backward(SparseRows codes, Tensor slope, double[] ofZ) {
        SparseColumns columns = codes.byColumn();
        add(columns, codes.values(), slope, decoderSlope);
        addToEncoder(columns, ofZ);
        isBegun = true;
    }

    /// As [#backward], after it, where codes are read by a decoder that stays as it is.
    void backwardToEncoder(SparseRows codes, double[] ofZ) {
        addToEncoder(codes.byColumn(), ofZ);
    }

    private void addToEncoder(SparseColumns columns, double[] ofZ) {
        add(columns, ofZ, input, encoderSlope);
        double[] sums = columns.sums(ofZ);
        for (int latent = 0; latent < sums.length; latent++) {
            encoderBiasSlope[latent] += sums[latent];
            touched[latent] |= columns.count(latent) > 0;
        }
        if (centres) {
            Tensor sum = Tensor.of(sums, 1, sums.length).to(encoder.dtype());
            decoderBiasSlope = decoderBiasSlope.minus(sum.matmul(encoder).squeeze(0));
        }
    }

    /// The first time over what the last pass left there.
    private void add(SparseColumns columns, double[] values, Tensor rows, Tensor slope) {
        if (isBegun) {
            columns.addTransposedTimes(values, rows, slope);
        } else {
            columns.transposedTimes(values, rows, slope);
        }
    }

    /// Adds what a penalty says that grows with the norms of decoder rows.
    ///
    /// @param ofNorms `dL/d|W_dec_i|`, by latent
    /// @param norms of the rows
    void addToNorms(double[] ofNorms, double[] norms) {
        double[] factors = new double[ofNorms.length];
        Arrays.setAll(factors, i -> norms[i] == 0 ? 0 : ofNorms[i] / norms[i]);
        Tensor column = Tensor.of(factors, factors.length, 1).to(decoder.dtype());
        decoderSlope.assign(decoderSlope.plus(decoder.times(column)));
    }

    /// Adds gradients of some latents that were found in another way.
    ///
    /// @param latents whose rows they are
    /// @param gradients by parameter: of the latents' rows alone, but for the decoder's bias
    /// @param scope that they belong to
    void addRows(int[] latents, Map<String, Tensor> gradients, Scope scope) {
        SparseColumns places = new SparseRows(
                        width(), IntStream.rangeClosed(0, latents.length).toArray(), latents, ones(latents.length))
                .byColumn();
        double[] ones = ones(latents.length);
        places.addTransposedTimes(ones, Maps.parameter(gradients, Maps.ENCODER).contiguous(), encoderSlope);
        places.addTransposedTimes(ones, Maps.parameter(gradients, Maps.DECODER).contiguous(), decoderSlope);
        double[] ofBias = Maps.parameter(gradients, Maps.ENCODER_BIAS).toDoubles();
        for (int i = 0; i < latents.length; i++) {
            encoderBiasSlope[latents[i]] += ofBias[i];
            touched[latents[i]] = true;
        }
        decoderBiasSlope = scope.release(decoderBiasSlope.plus(Maps.parameter(gradients, Maps.DECODER_BIAS)));
    }

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    /// Gradients by the parameters' names.
    ///
    /// @param slope `dL/dy_hat`; of several reconstructions their sum
    Map<String, Tensor> gradients(Tensor slope) {
        Dtype dtype = encoder.dtype();
        Map<String, Tensor> gradients = new LinkedHashMap<>();
        gradients.put(Maps.ENCODER, encoderSlope);
        gradients.put(Maps.DECODER, decoderSlope);
        gradients.put(Maps.DECODER_BIAS, decoderBiasSlope.plus(slope.sum(0, false)));
        gradients.put(biasName, Tensor.of(encoderBiasSlope, width()).to(dtype));
        if (skip.isPresent()) {
            gradients.put(Maps.SKIP, slope.transpose(0, 1).matmul(x));
        }
        return gradients;
    }

    /// Which latents had any gradient.
    boolean[] touched() {
        return touched;
    }
}
