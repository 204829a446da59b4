package cutaway.features.coder;

import static cutaway.features.coder.CoderSettings.require;

import cutaway.tensor.Random;
import cutaway.tensor.Rows;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One matrix in and one out: autoencoders, transcoders and crosscoders.
///
/// @param initial see [Maps#initial]
/// @param width latents
/// @param centres whether the decoder's bias is taken from the input
/// @param unitRows whether decoder rows keep the norm 1
/// @param sites in how many parts of equal width a decoder row lies; its norm is the sum of theirs
record PlainMaps(LinkedHashMap<String, Tensor> initial, int width, boolean centres, boolean unitRows, int sites)
        implements Maps {

    static PlainMaps autoencoder(Wiring.Autoencoder wiring, Start start, int width, long seed, Tensor y) {
        LinkedHashMap<String, Tensor> p = new LinkedHashMap<>();
        Start rows = wiring.unitRows() ? new Start(1, start.bias()) : start;
        Tensor decoder = rows.rows(new Random(seed), width, y);
        if (!wiring.tied()) {
            p.put(ENCODER, decoder.copy());
        }
        p.put(DECODER, decoder);
        p.put(DECODER_BIAS, start.decoderBias(y));
        return new PlainMaps(p, width, wiring.centres(), wiring.unitRows(), 1);
    }

    /// The encoder is drawn for itself, since there is no other matrix of its shape.
    static PlainMaps transcoder(boolean skip, Start start, int width, long seed, Tensor x, Tensor y) {
        LinkedHashMap<String, Tensor> p = new LinkedHashMap<>();
        Random random = new Random(seed);
        p.put(DECODER, start.rows(random, width, y));
        p.put(ENCODER, start.rows(random, width, x));
        p.put(DECODER_BIAS, start.decoderBias(y));
        if (skip) {
            p.put(SKIP, Tensor.full(0, x.dtype(), y.dim(1), x.dim(1)));
        }
        return new PlainMaps(p, width, false, false, 1);
    }

    static PlainMaps crosscoder(int sites, Start start, int width, long seed, Tensor y) {
        require(
                y.dim(1) % sites == 0,
                "a crosscoder of " + sites + " sites for " + y.dim(1) + " numbers; expected a multiple.");
        LinkedHashMap<String, Tensor> p = new LinkedHashMap<>();
        Random random = new Random(seed);
        List<Tensor> parts = new ArrayList<>();
        for (int site = 0; site < sites; site++) {
            parts.add(start.rows(random, width, y.slice(1, 0, y.dim(1) / sites)));
        }
        Tensor decoder = Tensor.cat(parts, 1);
        p.put(ENCODER, decoder.copy());
        p.put(DECODER, decoder);
        p.put(DECODER_BIAS, start.decoderBias(y));
        return new PlainMaps(p, width, false, false, sites);
    }

    @Override
    public Tensor encoder(Map<String, Tensor> p) {
        return Maps.parameter(p, p.containsKey(ENCODER) ? ENCODER : DECODER);
    }

    @Override
    public Tensor decoder(Map<String, Tensor> p) {
        return Maps.parameter(p, DECODER);
    }

    @Override
    public Tensor norms(Map<String, Tensor> p) {
        Tensor decoder = decoder(p);
        return sites == 1
                ? Maps.rowNorms(decoder)
                : Maps.rowNorms(decoder.reshape(-1, decoder.dim(1) / sites))
                        .reshape(width, sites)
                        .sum(1, false);
    }

    @Override
    public double[] plainNorms(Map<String, Tensor> p) {
        return sites == 1 ? decoder(p).norms(1).toDoubles() : norms(p).toDoubles();
    }

    /// `g - (g . w) w` for each decoder row w.
    @Override
    public Map<String, Tensor> adjust(Map<String, Tensor> p, Map<String, Tensor> gradients) {
        if (!unitRows) {
            return gradients;
        }
        Rows.removeParallel(Maps.parameter(gradients, DECODER), decoder(p));
        return gradients;
    }

    @Override
    public void project(Map<String, Tensor> p) {
        if (unitRows) {
            Rows.normalise(decoder(p));
        }
    }

    @Override
    public void revive(Map<String, Tensor> p, int[] latents, Tensor x, Tensor y, RewrittenRows rows) {
        Revival revival = Revival.of(Maps.rowNorms(encoder(p)), Maps.rowNorms(decoder(p)), latents);
        for (int i = 0; i < latents.length; i++) {
            int at = i;
            try (Scope _ = Scope.open()) {
                Tensor out = y.select(0, at).minus(Maps.parameter(p, DECODER_BIAS));
                if (p.containsKey(ENCODER)) {
                    Tensor in = centred(p, x.slice(0, at, at + 1)).squeeze(0);
                    Maps.rewrite(p, ENCODER, latents[i], revival.encoderRow(in), rows);
                }
                Maps.rewrite(p, DECODER, latents[i], revival.decoderRow(out), rows);
            }
        }
    }
}
