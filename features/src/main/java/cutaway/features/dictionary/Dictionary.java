package cutaway.features.dictionary;

import cutaway.tensor.Autograd;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A sparse dictionary, trained and folded: an autoencoder, a transcoder (its output is another site than its input) or
/// a crosscoder (its input and output are several sites one after another).
///
///     z = (x - c) W_enc^T + b_enc        c = b_dec where `centres`, else 0
///     f = activation(z)                  few of its entries are not 0
///     y = f W_dec + b_dec [+ x W_skip^T]
///
/// It owns its weights until it is closed. Encoding never makes the dense `[n, latent]` matrix.
public final class Dictionary implements AutoCloseable {

    /// @param encoder `[latent, dIn]`
    /// @param encoderBias `[latent]`
    /// @param decoder `[latent, dOut]`: a row is what a latent writes
    /// @param decoderBias `[dOut]`
    /// @param skip `[dOut, dIn]`, of skip transcoders
    public record Weights(
            Tensor encoder, Tensor encoderBias, Tensor decoder, Tensor decoderBias, Optional<Tensor> skip) {}

    /// What SAELens adds to a token's standard deviation where it divides, and not where it multiplies.
    private static final double EPSILON = 1e-5;

    private final Weights weights;
    private final Activation activation;
    private final boolean centres;
    private final Scaling scaling;
    private final Origin origin;
    private final List<Tensor> owned;

    /// @param weights float32 or float64, all of one type; the dictionary takes them over (and the activation's)
    /// @param centres whether the decoder's bias is taken from the input before it is encoded
    /// @throws IllegalArgumentException when their shapes do not fit together
    public Dictionary(Weights weights, Activation activation, boolean centres, Scaling scaling, Origin origin) {
        this.weights = weights;
        this.activation = activation;
        this.centres = centres;
        this.scaling = scaling;
        this.origin = origin;
        check();
        owned = new ArrayList<>(List.of(weights.encoder, weights.encoderBias, weights.decoder, weights.decoderBias));
        weights.skip.ifPresent(owned::add);
        switch (activation) {
            case Activation.Relu() -> {}
            case Activation.TopK(int _, boolean _) -> {}
            case Activation.JumpRelu(Tensor threshold) -> owned.add(threshold);
            case Activation.Gated(Tensor gate, Tensor magnitude, Tensor log) ->
                owned.addAll(List.of(gate, magnitude, log));
        }
        owned.forEach(Scope::detach);
    }

    private void check() {
        long width = weights.encoder.dim(0);
        require("decoder", weights.decoder, width, weights.decoderBias.dim(0));
        require("encoder bias", weights.encoderBias, width);
        require("encoder", weights.encoder, width, weights.encoder.dim(1));
        weights.skip.ifPresent(skip -> require("skip", skip, dOut(), dIn()));
        if (centres && dIn() != dOut()) {
            throw new IllegalArgumentException("a dictionary from " + dIn() + " to " + dOut()
                    + " numbers cannot take its decoder's bias from its input");
        }
        switch (activation) {
            case Activation.Relu() -> {}
            case Activation.TopK(int _, boolean _) -> {}
            case Activation.JumpRelu(Tensor threshold) -> require("threshold", threshold, width);
            case Activation.Gated(Tensor gate, Tensor magnitude, Tensor log) -> {
                require("gate bias", gate, width);
                require("magnitude bias", magnitude, width);
                require("log magnitude", log, width);
            }
        }
    }

    private static void require(String name, Tensor tensor, long... dims) {
        if (!Arrays.equals(tensor.shape().dims(), dims)) {
            throw new IllegalArgumentException(
                    "the dictionary's " + name + " is " + tensor.shape() + "; expected " + Arrays.toString(dims));
        }
    }

    public Weights weights() {
        return weights;
    }

    public Activation activation() {
        return activation;
    }

    public boolean centres() {
        return centres;
    }

    public Scaling scaling() {
        return scaling;
    }

    public Origin origin() {
        return origin;
    }

    /// How many latents it has.
    public int width() {
        return Math.toIntExact(weights.encoder.dim(0));
    }

    public int dIn() {
        return Math.toIntExact(weights.encoder.dim(1));
    }

    public int dOut() {
        return Math.toIntExact(weights.decoder.dim(1));
    }

    public Dtype dtype() {
        return weights.encoder.dtype();
    }

    /// The latents of each token.
    ///
    /// @param x activations, `[n, dIn]`, of the weights' type
    public SparseRows encode(Tensor x) {
        return Scope.free(() -> codes(centred(scaled(x)).contiguous()));
    }

    private SparseRows codes(Tensor x) {
        return switch (activation) {
            case Activation.Relu() ->
                SparseEncoding.above(x, weights.encoder, weights.encoderBias, new double[width()]);
            case Activation.TopK(int k, boolean byNorm) ->
                SparseEncoding.top(x, weights.encoder, weights.encoderBias, byNorm ? decoderNorms() : null, k);
            case Activation.JumpRelu(Tensor threshold) ->
                SparseEncoding.above(x, weights.encoder, weights.encoderBias, threshold.toDoubles());
            case Activation.Gated gated -> gated(x, gated);
        };
    }

    private SparseRows gated(Tensor x, Activation.Gated gated) {
        SparseRows open = SparseEncoding.above(x, weights.encoder, gated.gateBias(), new double[width()]);
        double[] gateBias = gated.gateBias().toDoubles();
        double[] magnitudeBias = gated.magnitudeBias().toDoubles();
        double[] logMagnitude = gated.logMagnitude().toDoubles();
        double[] values = open.values().clone();
        for (int i = 0; i < values.length; i++) {
            int latent = open.columns()[i];
            double product = values[i] - gateBias[latent];
            values[i] = Math.max(0, Math.exp(logMagnitude[latent]) * product + magnitudeBias[latent]);
        }
        return open.with(values);
    }

    /// The norm of each row of the decoder, `[latent]`.
    public double[] decoderNorms() {
        return Scope.free(() -> weights.decoder.square().sum(1, false).sqrt().toDoubles());
    }

    /// What the codes of some tokens stand for, `[n, dOut]`.
    ///
    /// @param x the activations that were encoded, `[n, dIn]`: a skip connection and a scaling need them
    public Tensor decode(SparseRows codes, Tensor x) {
        return Scope.keep(() -> {
            Tensor y = unnormed(codes).times(weights.decoder).plus(weights.decoderBias);
            if (weights.skip.isPresent()) {
                y = y.plus(scaled(x).linear(weights.skip.get(), null));
            }
            return unscaled(y, x);
        });
    }

    /// Codes that were given times the norm of their decoder row stand for the row over that norm.
    private SparseRows unnormed(SparseRows codes) {
        if (!(activation instanceof Activation.TopK(int _, boolean byNorm)) || !byNorm) {
            return codes;
        }
        double[] norms = decoderNorms();
        double[] values = codes.values().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] /= norms[codes.columns()[i]];
        }
        return codes.with(values);
    }

    /// What a code of 1 of a latent adds to an output, `[dOut]`, where tokens are not scaled: its row of the decoder,
    /// over the norm that its codes were given times.
    public double[] direction(int latent) {
        boolean byNorm = activation instanceof Activation.TopK(int _, boolean norm) && norm;
        return Scope.free(() -> {
            Tensor row = weights.decoder.select(0, latent);
            return (byNorm ? row.over(row.norm()) : row).toDoubles();
        });
    }

    /// What directions are multiplied by on each token besides their codes; 1 but where it scales its tokens.
    ///
    /// @param x activations, `[n, dIn]`
    public double[] outputScales(Tensor x) {
        return Scope.free(() -> switch (scaling) {
            case NONE, CONSTANT_NORM -> perToken(x).toDoubles();
            case LAYER_NORM -> perToken(x).minus(EPSILON).toDoubles();
        });
    }

    /// `decode(encode(x))`, `[n, dOut]`.
    public Tensor reconstruct(Tensor x) {
        return decode(encode(x), x);
    }

    /// As [#reconstruct], so that gradients go through it: which latents are active is taken for given. It makes the
    /// dense `[n, latent]` matrix.
    ///
    /// @param x `[n, dIn]`, tracked
    public Tensor reconstructTracked(Tensor x) {
        return Scope.keep(() -> {
            Tensor inactive = encode(Autograd.untracked(x)).dense(dtype()).equalTo(0);
            Tensor product = centred(scaled(x)).linear(weights.encoder, null); // [n, latent]
            Tensor codes = activation instanceof Activation.Gated gated
                    ? product.times(gated.logMagnitude().exp()).plus(gated.magnitudeBias())
                    : product.plus(weights.encoderBias);
            Tensor y = codes.maskedFill(inactive, 0).matmul(weights.decoder).plus(weights.decoderBias);
            if (weights.skip.isPresent()) {
                y = y.plus(scaled(x).linear(weights.skip.get(), null));
            }
            return unscaled(y, x);
        });
    }

    private Tensor centred(Tensor x) {
        return centres ? x.minus(weights.decoderBias) : x;
    }

    Tensor scaled(Tensor x) {
        if (x.shape().rank() != 2 || x.dim(1) != dIn() || x.dtype() != dtype()) {
            throw new IllegalArgumentException("a dictionary of " + dtype() + " for " + dIn() + " numbers was given "
                    + x.dtype() + " " + x.shape());
        }
        return switch (scaling) {
            case NONE -> x;
            case CONSTANT_NORM -> x.over(perToken(x));
            case LAYER_NORM -> x.minus(x.mean(1, true)).over(perToken(x));
        };
    }

    private Tensor unscaled(Tensor y, Tensor x) {
        return switch (scaling) {
            case NONE -> y;
            case CONSTANT_NORM -> y.times(perToken(x));
            case LAYER_NORM -> y.times(perToken(x).minus(EPSILON)).plus(x.mean(1, true));
        };
    }

    /// What each token is divided by, `[n, 1]`.
    private Tensor perToken(Tensor x) {
        return switch (scaling) {
            case NONE -> Tensor.full(1, dtype(), x.dim(0), 1);
            case CONSTANT_NORM -> x.square().sum(1, true).sqrt().over(Math.sqrt(dIn()));
            case LAYER_NORM ->
                x.minus(x.mean(1, true))
                        .square()
                        .sum(1, true)
                        .over(dIn() - 1.0)
                        .sqrt()
                        .plus(EPSILON);
        };
    }

    @Override
    public void close() {
        owned.forEach(Tensor::close);
    }
}
