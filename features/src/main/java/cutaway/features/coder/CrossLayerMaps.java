package cutaway.features.coder;

import static cutaway.features.coder.CoderSettings.require;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Transcoders of several layers, each of which writes into its own layer and all later ones:
///
///     products_l = x_l W_enc_l^T                      y_m = sum over l <= m of f_l W_dec_(l, m) + b_m
///
/// The encoder is `[latent, d]`, the latents of a layer side by side; decoder l is `[latents of l, (layers - l) d]`,
/// from its own layer on. The norm of a latent is that of all that it writes.
///
/// @param latents of one layer
/// @param d width of a layer
record CrossLayerMaps(LinkedHashMap<String, Tensor> initial, int layers, int latents, int d) implements Maps {

    static CrossLayerMaps create(int layers, Start start, int width, long seed, Tensor y) {
        require(
                width % layers == 0 && y.dim(1) % layers == 0,
                "a cross-layer transcoder of " + layers + " layers, " + width + " latents and " + y.dim(1)
                        + " numbers; expected multiples of the layers.");
        int d = (int) y.dim(1) / layers;
        Random random = new Random(seed);
        LinkedHashMap<String, Tensor> p = new LinkedHashMap<>();
        p.put(ENCODER, start.rows(random, width, y.slice(1, 0, d)));
        for (int layer = 0; layer < layers; layer++) {
            p.put(name(layer), start.rows(random, width / layers, y.slice(1, (long) layer * d, y.dim(1))));
        }
        p.put(DECODER_BIAS, start.decoderBias(y));
        return new CrossLayerMaps(p, layers, width / layers, d);
    }

    private static String name(int layer) {
        return DECODER + "." + layer;
    }

    @Override
    public int width() {
        return layers * latents;
    }

    @Override
    public boolean centres() {
        return false;
    }

    @Override
    public Tensor encoder(Map<String, Tensor> p) {
        return stacked(layer ->
                between(layer, Maps.parameter(p, ENCODER).slice(0, (long) layer * latents, (layer + 1L) * latents)));
    }

    @Override
    public Tensor decoder(Map<String, Tensor> p) {
        return stacked(layer -> between(layer, Maps.parameter(p, name(layer))));
    }

    private Tensor stacked(java.util.function.IntFunction<Tensor> rows) {
        List<Tensor> all = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            all.add(rows.apply(layer));
        }
        return Tensor.cat(all, 0);
    }

    /// Rows that begin at a layer's numbers, with zeros on both sides: `[n, layers * d]`.
    private Tensor between(int layer, Tensor rows) {
        long before = (long) layer * d;
        long after = (long) layers * d - before - rows.dim(1);
        return Tensor.cat(
                List.of(
                        Tensor.full(0, rows.dtype(), rows.dim(0), before),
                        rows,
                        Tensor.full(0, rows.dtype(), rows.dim(0), after)),
                1);
    }

    @Override
    public Tensor products(Map<String, Tensor> p, Tensor x) {
        List<Tensor> parts = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            Tensor rows = Maps.parameter(p, ENCODER).slice(0, (long) layer * latents, (layer + 1L) * latents);
            parts.add(x.slice(1, (long) layer * d, (layer + 1L) * d).linear(rows, null));
        }
        return Tensor.cat(parts, 1);
    }

    @Override
    public Tensor write(Map<String, Tensor> p, Tensor codes) {
        List<Tensor> written = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            Tensor own = codes.slice(1, (long) layer * latents, (layer + 1L) * latents);
            written.add(between(layer, own.matmul(Maps.parameter(p, name(layer)))));
        }
        return written.stream().reduce(Tensor::plus).orElseThrow();
    }

    @Override
    public Tensor norms(Map<String, Tensor> p) {
        return stacked(layer -> Maps.rowNorms(Maps.parameter(p, name(layer))));
    }

    @Override
    public void revive(Map<String, Tensor> p, int[] revived, Tensor x, Tensor y, RewrittenRows rows) {
        Revival revival = Revival.of(Maps.rowNorms(Maps.parameter(p, ENCODER)), norms(p), revived);
        for (int i = 0; i < revived.length; i++) {
            int layer = revived[i] / latents;
            int at = i;
            try (Scope _ = Scope.open()) {
                Tensor in = x.select(0, at).slice(0, (long) layer * d, (layer + 1L) * d);
                Tensor out = y.select(0, at).minus(Maps.parameter(p, DECODER_BIAS));
                out = out.slice(0, (long) layer * d, (long) layers * d);
                Maps.rewrite(p, ENCODER, revived[i], revival.encoderRow(in), rows);
                Maps.rewrite(p, name(layer), revived[i] % latents, revival.decoderRow(out), rows);
            }
        }
    }
}
