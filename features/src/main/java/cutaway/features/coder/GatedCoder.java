package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.Autograd;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// Whether a latent is active and how much, apart (Rajamanoharan et al. 2024, arXiv:2404.16014, section 3.2), over the
/// products `q = (x - c) W_enc^T`:
///
///     gate = q + b_gate        f = 1[gate > 0] max(0, exp(r) q + b_mag)
///     loss = mean |y - y_hat|^2 + coefficient mean sum_i max(0, gate_i) |W_dec_i|
///            + mean |y - max(0, gate) W_dec - b_dec|^2
///
/// The last term trains the gates, through which the first has no gradient. The paper keeps it from the decoder;
/// SAELens, and so the default, does not.
final class GatedCoder extends LinearCoder {

    static final String GATE_BIAS = "gateBias";
    static final String MAGNITUDE_BIAS = "magnitudeBias";
    static final String LOG_MAGNITUDE = "logMagnitude";

    private final Sparsity.Gated kind;

    GatedCoder(CoderSettings settings, Sparsity.Gated kind, Maps maps) {
        super(settings, maps);
        this.kind = kind;
        addParameter(GATE_BIAS, 0);
        addParameter(MAGNITUDE_BIAS, 0);
        addParameter(LOG_MAGNITUDE, 0);
    }

    @Override
    public Loss loss(Map<String, Tensor> p, Tensor x, Tensor y, double sparsity) {
        Tensor products = maps().products(p, x);
        Tensor gates = products.plus(Maps.parameter(p, GATE_BIAS));
        Tensor magnitudes = products.times(Maps.parameter(p, LOG_MAGNITUDE).exp())
                .plus(Maps.parameter(p, MAGNITUDE_BIAS))
                .relu();
        Tensor codes = magnitudes.maskedFill(gates.greater(0).not(), 0);
        Tensor errors = errors(maps().decode(p, codes, x), y);
        LinkedHashMap<String, Tensor> parts = Loss.parts(errors);
        Tensor open = gates.relu();
        Tensor penalty = open.times(maps().norms(p)).sum(1, false).mean();
        parts.put(Loss.SPARSITY, penalty.times(kind.coefficient() * sparsity));
        Map<String, Tensor> writing = kind.frozenDecoder() ? frozen(p) : p;
        parts.put(Loss.AUXILIARY, errors(maps().decode(writing, open, x), y).mean());
        return Loss.of(parts, errors, Activity.counting(codes));
    }

    private static Map<String, Tensor> frozen(Map<String, Tensor> p) {
        Map<String, Tensor> frozen = new LinkedHashMap<>();
        p.forEach((name, value) -> frozen.put(name, Autograd.untracked(value)));
        return frozen;
    }

    @Override
    void beginAnew(int latent, RewrittenRows rows) {
        reset(GATE_BIAS, latent, 0, rows);
        reset(MAGNITUDE_BIAS, latent, 0, rows);
        reset(LOG_MAGNITUDE, latent, 0, rows);
    }

    @Override
    public boolean isMeanOverTokens() {
        return true;
    }

    @Override
    Activation activation(Tensor norms) {
        return new Activation.Gated(
                parameter(GATE_BIAS).times(norms),
                parameter(MAGNITUDE_BIAS).times(norms),
                parameter(LOG_MAGNITUDE).copy());
    }
}
