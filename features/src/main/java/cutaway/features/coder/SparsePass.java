package cutaway.features.coder;

import cutaway.tensor.Scope;
import cutaway.tensor.SparseEncoding;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// A batch forwards and backwards through the latents that are active, which costs as much as they are few. Of
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

    /// Entries of a part of a batch, about: each takes some sixty bytes while it is worked on.
    private static final int ENTRIES = 1 << 20;

    /// Parts after which the JVM is told to collect what they leave: by itself it would first take a gigabyte more.
    private static final int COLLECTED = 4;

    /// What a part of a batch says beside its slopes.
    ///
    /// @param losses its share of the parts of the loss, by name
    record Found(Map<String, Double> losses, Activity activity) {}

    private final PlainWeights weights;
    private final SparseSlopes slopes;
    private final Tensor x;
    private final Tensor y;
    private final Tensor input;
    private final int tokens;

    private SparsePass(PlainWeights weights, SparseSlopes slopes, Tensor x, Tensor y, int tokens) {
        this.weights = weights;
        this.slopes = slopes;
        this.x = x.contiguous();
        this.y = y;
        this.tokens = tokens;
        input = weights.centres() ? x.minus(weights.decoderBias()).contiguous() : this.x;
    }

    /// @return empty where the maps are no plain matrices, or the encoder is not its own
    static Optional<SparsePass> of(Maps maps, Map<String, Tensor> p, Workspace workspace, Tensor x, Tensor y) {
        return of(maps, p, Maps.ENCODER_BIAS, workspace, x, y);
    }

    /// @param biasName which parameter is added to the products before codes are picked
    /// @return empty as above
    static Optional<SparsePass> of(
            Maps maps, Map<String, Tensor> p, String biasName, Workspace workspace, Tensor x, Tensor y) {
        if (!(maps instanceof PlainMaps) || !p.containsKey(Maps.ENCODER)) {
            return Optional.empty();
        }
        PlainWeights weights = PlainWeights.of(p, biasName, maps.centres());
        return Optional.of(
                new SparsePass(weights, new SparseSlopes(weights, workspace), x, y, Math.toIntExact(x.dim(0))));
    }

    /// The tokens of the batch, of which a loss is the mean; a part has fewer.
    int tokens() {
        return tokens;
    }

    /// The batch in parts, as many tokens at a time as have about a million entries, so that a step takes no more
    /// memory where many latents are active.
    ///
    /// @param thresholds that pre-activations pass, where they matter
    /// @param ofPart goes through a part: adds its slopes, and says the rest
    Gradients inParts(double[] thresholds, Function<SparsePass, Found> ofPart) {
        long part = Math.clamp(Math.round(ENTRIES / (1 + activeOfToken(thresholds))), SAMPLE, Math.max(SAMPLE, tokens));
        Map<String, Double> losses = new LinkedHashMap<>();
        Activity activity = new Activity(new long[weights.width()], Double.POSITIVE_INFINITY);
        int made = 0;
        for (long from = 0; from < tokens; from += part) {
            long end = Math.min(tokens, from + part);
            try (Scope _ = Scope.open()) {
                Found found = ofPart.apply(
                        new SparsePass(weights, slopes, x.slice(0, from, end), y.slice(0, from, end), tokens));
                found.losses.forEach((name, loss) -> losses.merge(name, loss, Double::sum));
                activity = activity.plus(found.activity);
            }
            if (++made % COLLECTED == 0) {
                System.gc();
            }
        }
        return gradients(losses, activity);
    }

    /// How many pre-activations of a token are above their thresholds, judged by the first ones.
    private double activeOfToken(double[] thresholds) {
        Tensor first = input.slice(0, 0, Math.min(SAMPLE, input.dim(0)));
        SparseRows active = SparseEncoding.above(first, weights.encoder(), weights.encoderBias(), thresholds);
        return (double) active.values().length / active.rows();
    }

    /// The inputs as the encoder sees them, `[n, dIn]`, contiguous.
    Tensor input() {
        return input;
    }

    Tensor encoder() {
        return weights.encoder();
    }

    Tensor encoderBias() {
        return weights.encoderBias();
    }

    /// The pre-activations that are above a threshold of their latent.
    SparseRows above(double[] thresholds) {
        return SparseEncoding.above(input, weights.encoder(), weights.encoderBias(), thresholds);
    }

    /// What the reconstruction leaves, `y_hat - y`, `[n, dOut]`.
    ///
    /// @param codes as they meet the decoder
    Tensor error(SparseRows codes) {
        Tensor sum = codes.times(weights.decoder()).plus(weights.decoderBias());
        Optional<Tensor> skip = weights.skip();
        return (skip.isPresent() ? sum.plus(x.linear(skip.get(), null)) : sum)
                .minus(y)
                .contiguous();
    }

    /// What is left with more codes beside those of an error.
    Tensor error(Tensor before, SparseRows codes) {
        Tensor error = before.copy();
        codes.addTimes(weights.decoder(), error);
        return error;
    }

    /// The mean over the batch's tokens of squared errors, as far as it is this part's.
    double mean(Tensor error) {
        return error.square().sum().item() / tokens;
    }

    /// `dL/dy_hat` of the mean over the batch's tokens of squared errors.
    Tensor slope(Tensor error) {
        return error.times(2.0 / tokens);
    }

    /// `dL/df` by way of the reconstruction, for each entry of the codes.
    double[] ofCodes(SparseRows codes, Tensor slope) {
        return codes.products(slope, weights.decoder());
    }

    /// Adds what a reconstruction says of the parameters that are no latent's.
    ///
    /// @param slope `dL/dy_hat`; of several reconstructions their sum
    void backward(Tensor slope) {
        slopes.addReconstruction(slope, x);
    }

    /// Adds what it says of latents.
    ///
    /// @param codes as they meet the decoder
    /// @param slope `dL/dy_hat`
    /// @param ofZ `dL/dz` of each entry
    void backward(SparseRows codes, Tensor slope, double[] ofZ) {
        slopes.addLatents(codes.byColumn(), codes.values(), slope, ofZ, input);
    }

    /// As [#backward(SparseRows, Tensor, double[])], after it, where codes are read by a decoder that stays as it is.
    void backwardToEncoder(SparseRows codes, double[] ofZ) {
        slopes.addEncoder(codes.byColumn(), ofZ, input);
    }

    /// Adds what a penalty says of the norms of decoder rows.
    ///
    /// @param ofNorms `dL/d|W_dec_i|`, by latent
    void backwardToNorms(double[] ofNorms) {
        slopes.addNorms(ofNorms);
    }

    /// Adds gradients of some latents that were found in another way.
    ///
    /// @param latents whose rows they are
    /// @param gradients by parameter: of the latents' rows alone, but for the decoder's bias
    void addRows(int[] latents, Map<String, Tensor> gradients) {
        slopes.addRows(latents, gradients);
    }

    /// What all parts say.
    Gradients gradients(Map<String, Double> losses, Activity activity) {
        return new Gradients(losses, slopes.gradients(), activity, slopes.touched());
    }
}
