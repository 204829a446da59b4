package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;

/// Factors that a coder's inputs and targets were multiplied by while it was trained, so that the same settings suit
/// every model; afterwards they go into the weights.
///
/// @param in one for each number of an input
/// @param out one for each number of what is reconstructed
public record ActivationScale(double[] in, double[] out) {

    public ActivationScale {
        if (!Arrays.stream(in).allMatch(ActivationScale::isFactor)
                || !Arrays.stream(out).allMatch(ActivationScale::isFactor)) {
            throw new cutaway.tensor.BadInputException(
                    "activations cannot be scaled: they are all zero, or not finite. Look at the text and the site.");
        }
    }

    private static boolean isFactor(double factor) {
        return factor > 0 && Double.isFinite(factor);
    }

    /// The factor that gives tokens the mean norm `sqrt(d)` (SAELens' `expected_average_only_in`).
    ///
    /// @param x `[n, d]`
    public static double toMeanNorm(Tensor x) {
        return Scope.free(() -> Math.sqrt(x.dim(1)) / Maps.rowNorms(x).mean().item());
    }

    /// The factor that gives numbers the mean square 1 (dictionary_learning).
    ///
    /// @param x `[n, d]`
    public static double toUnitMeanSquare(Tensor x) {
        return Scope.free(() -> 1 / Math.sqrt(x.square().mean().item()));
    }

    /// One factor for all inputs, one for all outputs.
    public static ActivationScale of(double in, int dIn, double out, int dOut) {
        return sites(new double[] {in}, dIn, new double[] {out}, dOut);
    }

    /// A factor for each site of a crosscoder or cross-layer transcoder.
    public static ActivationScale sites(double[] in, int dIn, double[] out, int dOut) {
        return new ActivationScale(spread(in, dIn), spread(out, dOut));
    }

    private static double[] spread(double[] factors, int d) {
        double[] all = new double[d];
        Arrays.setAll(all, i -> factors[i / (d / factors.length)]);
        return all;
    }

    /// The dictionary for unscaled activations whose codes are those that this one gives for scaled ones:
    ///
    ///     W_enc s_in        W_dec / s_out        b_dec / s_out        W_skip s_in / s_out
    ///
    /// @param dictionary for scaled activations; it is left as it was
    public Dictionary fold(Dictionary dictionary) {
        if (in.length != dictionary.dIn() || out.length != dictionary.dOut()) {
            throw new IllegalArgumentException("factors for " + in.length + " and " + out.length
                    + " numbers; the dictionary has " + dictionary.dIn() + " and " + dictionary.dOut());
        }
        if (dictionary.centres() && !Arrays.equals(in, out)) {
            throw new IllegalArgumentException("a centred dictionary whose inputs and outputs are scaled differently");
        }
        try (Scope _ = Scope.open()) {
            Dictionary.Weights weights = dictionary.weights();
            Tensor into = Tensor.of(in).to(dictionary.dtype());
            Tensor outOf = Tensor.of(out).to(dictionary.dtype());
            return new Dictionary(
                    new Dictionary.Weights(
                            weights.encoder().times(into),
                            weights.encoderBias().copy(),
                            weights.decoder().over(outOf),
                            weights.decoderBias().over(outOf),
                            weights.skip().map(skip -> skip.times(into).over(outOf.unsqueeze(1)))),
                    copy(dictionary.activation()),
                    dictionary.centres(),
                    dictionary.scaling(),
                    dictionary.origin());
        }
    }

    private static Activation copy(Activation activation) {
        return switch (activation) {
            case Activation.Relu relu -> relu;
            case Activation.TopK(int k, boolean byNorm) -> {
                if (byNorm) {
                    throw new IllegalArgumentException("a dictionary ranked by norm; fold its norms before the scale");
                }
                yield new Activation.TopK(k, false);
            }
            case Activation.JumpRelu(Tensor threshold) -> new Activation.JumpRelu(threshold.copy());
            case Activation.Gated(Tensor gate, Tensor magnitude, Tensor log) ->
                new Activation.Gated(gate.copy(), magnitude.copy(), log.copy());
        };
    }
}
