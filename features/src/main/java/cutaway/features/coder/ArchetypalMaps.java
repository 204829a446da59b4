package cutaway.features.coder;

import static cutaway.features.coder.CoderSettings.require;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// An autoencoder whose decoder rows stay close to the data (Fel et al. 2025, arXiv:2502.12892, section 4):
///
///     W_dec = exp(s) (M C + R)        M >= 0, its rows sum to 1        |R_i| <= relaxation
///
/// C are points of the data, `[points, d]`, fixed: centroids of the first batch, less the decoder's bias. M `[latent,
/// points]`, R `[latent, d]` and the number s are trained; after each step M and R are put back where they have to be,
/// as the authors' code does. With relaxation 0 (A-SAE) there is no R. Latents begin at the points; where there are
/// more latents, halfway between two.
record ArchetypalMaps(LinkedHashMap<String, Tensor> initial, Map<String, Tensor> buffers, int width, double relaxation)
        implements Maps {

    static final String MIXTURE = "mixture";
    static final String RELAXATION = "relaxation";
    static final String LOG_SCALE = "logScale";
    static final String POINTS = "points";

    static ArchetypalMaps create(Wiring.Archetypal wiring, Start start, int width, long seed, Tensor y) {
        require(
                wiring.points() <= y.dim(0),
                "an archetypal dictionary of " + wiring.points() + " points begins with a batch of " + y.dim(0)
                        + " tokens; expected at least as many.");
        Random random = new Random(seed);
        Tensor bias = start.decoderBias(y);
        Tensor points = Centroids.of(y.minus(bias), wiring.points(), random);
        Tensor mixture = mixture(width, wiring.points(), random).to(y.dtype());
        LinkedHashMap<String, Tensor> p = new LinkedHashMap<>();
        p.put(ENCODER, start.withNorm(mixture.matmul(points)));
        p.put(MIXTURE, mixture);
        if (wiring.relaxation() > 0) {
            p.put(RELAXATION, Tensor.full(0, y.dtype(), width, y.dim(1)));
        }
        p.put(LOG_SCALE, Tensor.full(0, y.dtype()));
        p.put(DECODER_BIAS, bias);
        return new ArchetypalMaps(p, Map.of(POINTS, points), width, wiring.relaxation());
    }

    private static Tensor mixture(int width, int points, Random random) {
        double[] rows = new double[width * points];
        for (int latent = 0; latent < width; latent++) {
            int one = latent < points ? latent : random.generator().nextInt(points);
            int other = latent < points ? latent : random.generator().nextInt(points);
            rows[latent * points + one] += 0.5;
            rows[latent * points + other] += 0.5;
        }
        return Tensor.of(rows, width, points);
    }

    @Override
    public boolean centres() {
        return true;
    }

    @Override
    public Tensor encoder(Map<String, Tensor> p) {
        return Maps.parameter(p, ENCODER);
    }

    @Override
    public Tensor decoder(Map<String, Tensor> p) {
        Tensor rows = Maps.parameter(p, MIXTURE).matmul(Maps.parameter(buffers, POINTS));
        if (relaxation > 0) {
            rows = rows.plus(Maps.parameter(p, RELAXATION));
        }
        return rows.times(Maps.parameter(p, LOG_SCALE).exp());
    }

    @Override
    public void project(Map<String, Tensor> p) {
        Tensor mixture = Maps.parameter(p, MIXTURE);
        Tensor positive = mixture.relu();
        mixture.assign(positive.over(positive.sum(1, true).plus(1e-8)));
        if (relaxation > 0) {
            Tensor rows = Maps.parameter(p, RELAXATION);
            Tensor norms = Maps.rowNorms(rows);
            Tensor within = norms.maximum(Tensor.full(relaxation, norms.dtype(), norms.dim(0)));
            rows.assign(rows.times(within.pow(-1).times(relaxation).unsqueeze(1)));
        }
    }

    /// The mixture becomes the point whose direction is nearest to what is to be reconstructed.
    @Override
    public void revive(Map<String, Tensor> p, int[] latents, Tensor x, Tensor y, RewrittenRows rows) {
        Revival revival = Revival.of(Maps.rowNorms(encoder(p)), norms(p), latents);
        Tensor points = Maps.parameter(buffers, POINTS);
        for (int i = 0; i < latents.length; i++) {
            int at = i;
            try (Scope _ = Scope.open()) {
                Tensor out = centred(p, y.slice(0, at, at + 1)).squeeze(0);
                Tensor nearness = points.matmul(out).over(Maps.rowNorms(points));
                double[] one = new double[(int) points.dim(0)];
                one[(int) nearness.argmax(0).item()] = 1;
                Tensor in = centred(p, x.slice(0, at, at + 1)).squeeze(0);
                Maps.rewrite(p, ENCODER, latents[i], revival.encoderRow(in), rows);
                Maps.rewrite(p, MIXTURE, latents[i], Tensor.of(one).to(points.dtype()), rows);
                if (relaxation > 0) {
                    Maps.rewrite(p, RELAXATION, latents[i], Tensor.full(0, y.dtype(), y.dim(1)), rows);
                }
            }
        }
    }
}
