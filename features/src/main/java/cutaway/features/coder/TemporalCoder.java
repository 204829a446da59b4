package cutaway.features.coder;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes each token as codes that its context predicts and codes that are new, of one dictionary W (Lubana et al.
/// 2025, arXiv:2511.01836; SAELens' `temporal`). With `r = x - b` at first and `e = 1 / (4 dIn)`, each layer of
/// attention takes what it can predict out of r:
///
///     z = max(0, e r W_enc^T)        c = z, one place later
///     p = max(0, attention from z over c, causal)
///     a = (p W) . r / (|p W| + 1e-6)^2        predicted += a p        r -= a p W
///
/// then `novel = the k largest of max(0, e r W_enc^T)` and `x_hat = (predicted + novel) W + b`. The loss is the mean
/// over tokens of `|x - x_hat|^2`.
///
/// It is no [Coder]: its codes depend on whole contexts, `[batch, pos, dIn]`, not on single tokens in any order,
/// predicted codes are dense, and no [cutaway.features.dictionary.Dictionary] has attention.
public final class TemporalCoder implements AutoCloseable {

    private static final double SMALL = 1e-6;

    private final TemporalSettings settings;
    private final int width;
    private final LinkedHashMap<String, Tensor> parameters = new LinkedHashMap<>();

    /// Codes of contexts, each `[batch, pos, latent]`.
    ///
    /// @param novel of what no context predicts
    /// @param predicted from the context
    public record Codes(Tensor novel, Tensor predicted) {}

    /// @param settings its kind
    /// @param width latents, a multiple of heads and of heads times bottleneck
    public TemporalCoder(TemporalSettings settings, int dIn, int width, Dtype dtype, long seed) {
        CoderSettings.require(
                width % (settings.heads() * settings.bottleneck()) == 0,
                "a temporal dictionary of " + width + " latents with " + settings.heads() + " heads and bottleneck "
                        + settings.bottleneck() + "; expected a multiple of "
                        + settings.heads() * settings.bottleneck() + ".");
        CoderSettings.require(
                settings.k() <= width, "k = " + settings.k() + " of " + width + " latents; expected at most as many.");
        this.settings = settings;
        this.width = width;
        try (Scope _ = Scope.open()) {
            Random random = new Random(seed);
            parameters.put("decoder", random.normal(width, dIn).to(dtype));
            parameters.put("decoderBias", Tensor.full(0, dtype, dIn));
            if (!settings.tied()) {
                parameters.put("encoder", random.normal(width, dIn).to(dtype));
            }
            for (int layer = 0; layer < settings.layers(); layer++) {
                TemporalAttention.of(settings, width, layer).addTo(parameters, dtype, random);
            }
            parameters.values().forEach(Scope::detach);
        }
    }

    /// The parameters by name; an optimiser changes their values in place.
    public Map<String, Tensor> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    public TemporalSettings settings() {
        return settings;
    }

    /// @param p [#parameters], or tracked tensors of the same names and shapes
    /// @param x `[batch, pos, dIn]`
    public Codes encode(Map<String, Tensor> p, Tensor x) {
        Tensor decoder = Maps.parameter(p, "decoder");
        Tensor encoder = settings.tied() ? decoder : Maps.parameter(p, "encoder");
        double small = 1 / (4.0 * x.dim(2));
        Tensor residual = x.minus(Maps.parameter(p, "decoderBias"));
        List<Tensor> predictions = new ArrayList<>();
        for (int layer = 0; layer < settings.layers(); layer++) {
            Tensor latents = residual.times(small).linear(encoder, null).relu();
            Tensor codes = TemporalAttention.of(settings, width, layer)
                    .forward(p, latents, later(latents))
                    .relu();
            Tensor written = codes.matmul(decoder);
            Tensor norm = norms(written).plus(SMALL);
            Tensor share = written.times(residual).sum(2, true).over(norm.square());
            predictions.add(codes.times(share));
            residual = residual.minus(share.times(written));
        }
        Tensor novel = residual.times(small).linear(encoder, null).relu();
        return new Codes(
                settings.k() == 0 ? novel : largest(novel),
                predictions.stream().reduce(Tensor::plus).orElseThrow());
    }

    private static Tensor norms(Tensor x) {
        Tensor squares = x.square().sum(2, true);
        Tensor none = squares.equalTo(0);
        return squares.maskedFill(none, 1).sqrt().maskedFill(none, 0);
    }

    /// One place later, with zeros at the first: `[batch, pos, latent]`.
    private static Tensor later(Tensor x) {
        Tensor first = Tensor.full(0, x.dtype(), x.dim(0), 1, x.dim(2));
        return Tensor.cat(List.of(first, x.slice(1, 0, x.dim(1) - 1)), 1);
    }

    private Tensor largest(Tensor codes) {
        Tensor.Top top = codes.top(settings.k());
        return TopKCoder.zeros(codes).scatter(2, top.indices(), top.values());
    }

    /// `[batch, pos, dIn]`
    public Tensor decode(Map<String, Tensor> p, Codes codes) {
        return codes.novel
                .plus(codes.predicted)
                .matmul(Maps.parameter(p, "decoder"))
                .plus(Maps.parameter(p, "decoderBias"));
    }

    /// The mean over tokens of `|x - x_hat|^2`, a scalar.
    ///
    /// @param p see [#encode]
    /// @param x `[batch, pos, dIn]`
    public Tensor loss(Map<String, Tensor> p, Tensor x) {
        return decode(p, encode(p, x)).minus(x).square().sum(2, false).mean();
    }

    @Override
    public void close() {
        parameters.values().forEach(Tensor::close);
    }
}
