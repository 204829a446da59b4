package cutaway.features.coder;

import cutaway.features.dictionary.Activation;
import cutaway.tensor.Autograd;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

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

    @Override
    public Optional<Gradients> sparse(Tensor x, Tensor y, double sparsity) {
        return SparsePass.of(maps(), parameters(), GATE_BIAS, workspace(), x, y)
                .map(pass -> sparse(pass, kind.coefficient() * sparsity));
    }

    private Gradients sparse(SparsePass pass, double coefficient) {
        double[] norms = maps().plainNorms(parameters());
        Slopes slopes = new Slopes(width());
        Gradients found = pass.inParts(new double[width()], part -> found(part, norms, coefficient, slopes));
        found.gradients().put(GATE_BIAS, row(slopes.ofGateBias));
        found.gradients().put(MAGNITUDE_BIAS, row(slopes.ofBias));
        found.gradients().put(LOG_MAGNITUDE, row(slopes.ofLogarithm));
        return found;
    }

    private SparsePass.Found found(SparsePass part, double[] norms, double coefficient, Slopes slopes) {
        SparseRows open = part.above(new double[width()]);
        Magnitudes magnitudes = new Magnitudes(open);
        Tensor error = part.error(magnitudes.codes);
        Tensor slope = part.slope(error);
        part.backward(slope);
        double[] ofMagnitudes = magnitudes.backward(part.ofCodes(magnitudes.codes, slope), slopes);
        part.backward(magnitudes.codes, slope, ofMagnitudes);

        Tensor errorOfGates = part.error(open);
        Tensor slopeOfGates = part.slope(errorOfGates);
        WeightedSum penalty = new WeightedSum(open, norms, coefficient / part.tokens());
        double[] ofGates = part.ofCodes(open, slopeOfGates);
        penalty.addTo(ofGates);
        if (kind.frozenDecoder()) {
            part.backwardToEncoder(open, ofGates);
        } else {
            part.backward(slopeOfGates);
            part.backward(open, slopeOfGates, ofGates);
        }
        part.backwardToNorms(penalty.ofNorms());
        slopes.addGates(open, ofGates);

        Map<String, Double> losses = new LinkedHashMap<>();
        losses.put(Loss.RECONSTRUCTION, part.mean(error));
        losses.put(Loss.SPARSITY, penalty.value());
        losses.put(Loss.AUXILIARY, part.mean(errorOfGates));
        return new SparsePass.Found(losses, Activity.of(magnitudes.codes));
    }

    /// What a batch says of the parameters that gated coders alone have, by latent.
    private record Slopes(double[] ofGateBias, double[] ofBias, double[] ofLogarithm) {

        Slopes(int width) {
            this(new double[width], new double[width], new double[width]);
        }

        void addGates(SparseRows open, double[] ofGates) {
            for (int i = 0; i < ofGates.length; i++) {
                ofGateBias[open.columns()[i]] += ofGates[i];
            }
        }
    }

    private Tensor row(double[] values) {
        return Tensor.of(values).to(parameter(GATE_BIAS).dtype());
    }

    /// The codes of open gates, and what a loss says of what makes them.
    private final class Magnitudes {

        private final double[] gateBias = parameter(GATE_BIAS).toDoubles();
        private final double[] factors = parameter(LOG_MAGNITUDE).exp().toDoubles();
        private final SparseRows open;
        final SparseRows codes;

        Magnitudes(SparseRows open) {
            this.open = open;
            double[] bias = parameter(MAGNITUDE_BIAS).toDoubles();
            double[] values = new double[open.values().length];
            for (int i = 0; i < values.length; i++) {
                values[i] = Math.max(0, scaled(i) + bias[open.columns()[i]]);
            }
            codes = open.with(values);
        }

        /// `exp(r) q` of an entry.
        private double scaled(int i) {
            int latent = open.columns()[i];
            return factors[latent] * (open.values()[i] - gateBias[latent]);
        }

        /// @param ofCodes `dL/df` of each entry
        /// @param slopes are added to
        /// @return `dL/dq`
        double[] backward(double[] ofCodes, Slopes slopes) {
            double[] ofProducts = new double[ofCodes.length];
            for (int i = 0; i < ofCodes.length; i++) {
                if (codes.values()[i] > 0) {
                    int latent = open.columns()[i];
                    slopes.ofBias[latent] += ofCodes[i];
                    slopes.ofLogarithm[latent] += ofCodes[i] * scaled(i);
                    ofProducts[i] = ofCodes[i] * factors[latent];
                }
            }
            return ofProducts;
        }
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
