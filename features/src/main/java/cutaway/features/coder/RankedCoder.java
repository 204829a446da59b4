package cutaway.features.coder;

import cutaway.tensor.Autograd;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Coders that keep the largest codes (Gao et al. 2024, arXiv:2406.04093). By norm, latents are ranked as if their
/// decoder rows had the norm 1:
///
///     z = ((x - c) W_enc^T + b_enc) |W_dec|        f = the largest of max(0, z)
///     y_hat = (f / |W_dec|) W_dec + b_dec
///     loss = mean |y - y_hat|^2 + the auxiliary loss of dead latents
///
/// Otherwise without the norms.
abstract class RankedCoder extends LinearCoder {

    /// Codes of dead latents that lie in memory at a time, dense.
    private static final long PART = 8 << 20;

    private final boolean byNorm;
    private final double auxiliary;

    RankedCoder(CoderSettings settings, Maps maps, boolean byNorm, double auxiliary) {
        super(settings, maps);
        this.byNorm = byNorm;
        this.auxiliary = auxiliary;
        addParameter(Maps.ENCODER_BIAS, 0);
    }

    /// Those codes that are kept, zeros elsewhere.
    ///
    /// @param z `[n, latent]`
    /// @return of the same shape
    abstract Tensor kept(Tensor z);

    /// One forward pass, as the terms of the loss need it.
    ///
    /// @param p parameters
    /// @param z what codes were chosen from, `[n, latent]`
    /// @param norms of decoder rows, `[latent]`
    /// @param codes `[n, latent]`
    /// @param reconstruction `[n, dOut]`
    record Forward(Map<String, Tensor> p, Tensor x, Tensor z, Tensor norms, Tensor codes, Tensor reconstruction) {}

    @Override
    public final Loss loss(Map<String, Tensor> p, Tensor x, Tensor y, double sparsity) {
        Tensor norms = maps().norms(p);
        Tensor z = byNorm ? preActivations(p, x).times(norms) : preActivations(p, x);
        Tensor codes = kept(z);
        Tensor reconstruction = maps().decode(p, written(codes, norms), x);
        Tensor errors = errors(reconstruction, y);
        LinkedHashMap<String, Tensor> parts = Loss.parts(errors);
        addParts(parts, new Forward(p, x, z, norms, codes, reconstruction), y);
        return Loss.of(parts, errors, Activity.of(codes));
    }

    /// Those codes that are kept, by way of the sparse path.
    ///
    /// @param scale that pre-activations are multiplied with, or null for none
    abstract SparseRows kept(SparsePass pass, double @Nullable [] scale);

    /// Whether the loss has nothing but reconstructions from the first latents and the auxiliary loss of all dead
    /// ones.
    abstract boolean isPlain();

    /// How many of the first latents are to reconstruct alone, rising; the last number is that of all.
    List<Integer> prefixes() {
        return List.of(maps().width());
    }

    /// The name of a prefix's part of the loss.
    static String first(int latents) {
        return "first " + latents;
    }

    @Override
    public final Optional<Gradients> sparse(Tensor x, Tensor y, double sparsity) {
        return isPlain()
                ? SparsePass.of(maps(), parameters(), workspace(), x, y).map(pass -> sparse(pass, x))
                : Optional.empty();
    }

    /// By norm, a code is divided again by the norm that it was ranked with: the norm has no gradient by that way.
    private Gradients sparse(SparsePass pass, Tensor x) {
        double[] norms = maps().plainNorms(parameters());
        SparseRows codes = kept(pass, byNorm ? norms : null);
        double[] values = codes.values().clone();
        for (int i = 0; byNorm && i < values.length; i++) {
            values[i] /= norms[codes.columns()[i]];
        }
        List<SparseRows> segments = new ArrayList<>();
        List<Tensor> errors = new ArrayList<>();
        int from = 0;
        for (int end : prefixes()) {
            SparseRows segment = codes.with(values).between(from, end);
            errors.add(segments.isEmpty() ? pass.error(segment) : pass.error(errors.getLast(), segment));
            segments.add(segment);
            from = end;
        }
        pass.backward(backward(pass, segments, errors));
        Map<String, Double> losses = losses(pass, errors);
        losses.put(Loss.AUXILIARY, auxiliary(pass, x, errors.getLast().negate()));
        return pass.gradients(losses, Activity.of(codes));
    }

    /// A segment's codes are in its own reconstruction and in all that reach further.
    ///
    /// @return the slopes of all reconstructions together
    private static Tensor backward(SparsePass pass, List<SparseRows> segments, List<Tensor> errors) {
        Tensor slope = pass.slope(errors.getLast());
        for (int i = segments.size() - 1; i >= 0; i--) {
            slope = i == segments.size() - 1 ? slope : slope.plus(pass.slope(errors.get(i)));
            pass.backward(segments.get(i), slope, pass.ofCodes(segments.get(i), slope));
        }
        return slope;
    }

    private Map<String, Double> losses(SparsePass pass, List<Tensor> errors) {
        Map<String, Double> losses = new LinkedHashMap<>();
        losses.put(Loss.RECONSTRUCTION, pass.mean(errors.getLast()));
        for (int i = 0; i < errors.size() - 1; i++) {
            losses.put(first(prefixes().get(i)), pass.mean(errors.get(i)));
        }
        return losses;
    }

    /// The auxiliary loss over the dead latents alone, dense, some tokens at a time.
    ///
    /// @param residual `[n, dOut]`
    private double auxiliary(SparsePass pass, Tensor x, Tensor residual) {
        int[] dead = dead();
        if (auxiliary == 0 || dead.length == 0) {
            return 0;
        }
        boolean[] all = new boolean[dead.length];
        Arrays.fill(all, true);
        long part = Math.max(1, PART / dead.length);
        double loss = 0;
        for (long from = 0; from < pass.tokens(); from += part) {
            long end = Math.min(pass.tokens(), from + part);
            double share = (double) (end - from) / pass.tokens();
            try (Scope _ = Scope.open()) {
                Tensor indices = Tensor.of(Arrays.stream(dead).asLongStream().toArray());
                Map<String, Tensor> rows = new LinkedHashMap<>();
                for (String name : List.of(Maps.ENCODER, Maps.DECODER, Maps.ENCODER_BIAS)) {
                    rows.put(name, Autograd.track(parameter(name).gatherRows(0, indices)));
                }
                rows.put(Maps.DECODER_BIAS, Autograd.track(parameter(Maps.DECODER_BIAS)));
                Tensor decoder = Maps.parameter(rows, Maps.DECODER);
                Tensor norms = Autograd.untracked(maps().norms(Map.of(Maps.DECODER, decoder)));
                Tensor products = maps().centred(rows, x.slice(0, from, end))
                        .linear(Maps.parameter(rows, Maps.ENCODER), null)
                        .plus(Maps.parameter(rows, Maps.ENCODER_BIAS));
                Tensor z = byNorm ? products.times(norms) : products;
                Tensor found = AuxiliaryLoss.of(
                                residual.slice(0, from, end),
                                z,
                                all,
                                most(x),
                                codes -> written(codes, norms).matmul(decoder))
                        .times(auxiliary * share);
                loss += found.item();
                pass.addRows(dead, slopes(found, rows));
            }
        }
        return loss;
    }

    private static Map<String, Tensor> slopes(Tensor loss, Map<String, Tensor> parameters) {
        List<Tensor> found = Autograd.gradients(loss, List.copyOf(parameters.values()));
        Map<String, Tensor> slopes = new LinkedHashMap<>();
        int i = 0;
        for (String name : parameters.keySet()) {
            slopes.put(name, found.get(i++));
        }
        return slopes;
    }

    /// Adds what else this kind's loss has.
    abstract void addParts(LinkedHashMap<String, Tensor> parts, Forward forward, Tensor y);

    /// What dead latents cost: they are to explain what all others leave.
    final Tensor auxiliary(Forward forward, Tensor y) {
        boolean[] dead = deadMask();
        if (auxiliary == 0) {
            return Tensor.full(0, y.dtype());
        }
        Tensor residual = Autograd.untracked(y.minus(forward.reconstruction));
        return AuxiliaryLoss.of(
                        residual,
                        forward.z,
                        dead,
                        most(forward.x),
                        codes -> maps().write(forward.p, written(codes, forward.norms)))
                .times(auxiliary);
    }

    /// How many dead latents try at most: half as many as there are inputs (arXiv:2406.04093, appendix B.1).
    static int most(Tensor x) {
        return Math.max(1, (int) x.dim(1) / 2);
    }

    final double auxiliaryCoefficient() {
        return auxiliary;
    }

    final boolean byNorm() {
        return byNorm;
    }

    /// Codes as they meet the decoder.
    final Tensor written(Tensor codes, Tensor norms) {
        return byNorm ? codes.times(norms.pow(-1)) : codes;
    }
}
