package cutaway.features.pages;

import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.parts.Transformer;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// What a latent writes towards each token's logit if nothing came between:
///
///     (centred(d) * weight of the final norm) W_U^T, less its mean over the vocabulary
///
/// d is the latent's decoder row in the residual stream (of several sites the last one's; of all heads, times the
/// attention's output matrix). The final norm's scale belongs to a run, and is left out: the numbers of one dictionary
/// can be compared with each other.
final class LogitEffects {

    /// @param raised whether it is one of those that are raised most; else, that are lowered most
    /// @param rank from 1
    record Effect(int latent, boolean raised, int rank, int token, double effect) {}

    /// Numbers of a block of logits.
    private static final int BLOCK = 4_000_000;

    private final Transformer transformer;
    private final Site site;

    private LogitEffects(Transformer transformer, Site site) {
        this.transformer = transformer;
        this.site = site;
    }

    /// Empty where what is written does not reach the logits by a linear map: at a site outside of the residual
    /// stream, or in an encoder, which has a head of its own or none.
    ///
    /// @param outputs sites that the dictionary writes
    static Optional<LogitEffects> of(Model model, List<Site> outputs, int dOut) {
        Transformer transformer = model.transformer();
        if (outputs.isEmpty()
                || !transformer.hasReadout()
                || !transformer.readout().isByProducts()
                || dOut % outputs.size() != 0) {
            return Optional.empty();
        }
        Site last = outputs.getLast();
        int width = dOut / outputs.size();
        boolean written = switch (last) {
            case Site.Embed _, Site.Resid _, Site.AttnOut _, Site.MlpOut _ ->
                width == model.sizes().dModel();
            case Site.Heads(int layer, Site.HeadPart part) ->
                part == Site.HeadPart.Z
                        && transformer.blocks().get(layer).attention().out().in() == width;
            default -> false;
        };
        return written ? Optional.of(new LogitEffects(transformer, last)) : Optional.empty();
    }

    /// @param decoder `[latent, dOut]`
    /// @param most tokens that are raised, and as many that are lowered
    /// @param found is told each, by latent, first what is raised, by rank
    void each(Tensor decoder, int most, Consumer<Effect> found) {
        int width = (int) decoder.dim(0);
        long vocabulary = transformer.unembedding().out();
        int kept = (int) Math.min(most, vocabulary);
        int rows = (int) Math.max(1, BLOCK / vocabulary);
        for (int first = 0; first < width && kept > 0; first += rows) {
            int end = Math.min(width, first + rows);
            try (Scope _ = Scope.open()) {
                Tensor logits = logits(decoder.slice(0, first, end)); // [rows, vocab]
                Tensor.Top raised = logits.top(kept);
                Tensor.Top lowered = logits.negate().top(kept);
                double[][] values = {
                    raised.values().toDoubles(), lowered.values().toDoubles()
                };
                long[][] tokens = {raised.indices().toLongs(), lowered.indices().toLongs()};
                for (int latent = first; latent < end; latent++) {
                    for (int i = 0; i < 2 * kept; i++) {
                        int side = i / kept;
                        int at = (latent - first) * kept + i % kept;
                        found.accept(new Effect(
                                latent,
                                side == 0,
                                i % kept + 1,
                                (int) tokens[side][at],
                                side == 0 ? values[0][at] : -values[1][at]));
                    }
                }
            }
        }
    }

    /// @param decoder some rows, `[rows, dOut]`
    private Tensor logits(Tensor decoder) {
        Dtype dtype = transformer.dtype();
        Tensor own = decoder.to(dtype);
        Tensor written;
        if (site instanceof Site.Heads(int layer, Site.HeadPart _)) {
            var out = transformer.blocks().get(layer).attention().out().weight();
            written = out.times(own.slice(1, own.dim(1) - out.in(), own.dim(1)).contiguous(), null);
        } else {
            long width = transformer.finalNorm().weight().dim(0);
            written = own.slice(1, own.dim(1) - width, own.dim(1)).contiguous(); // [rows, dModel]
        }
        Tensor normed = transformer
                .finalNorm()
                .centred(written)
                .times(transformer.finalNorm().weight());
        Tensor logits = transformer.unembedding().weight().times(normed, null).to(Dtype.F32);
        return logits.minus(logits.mean(1, true));
    }
}
