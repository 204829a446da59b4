package cutaway.interp.attribution;

import cutaway.interp.run.Runs.Slope;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The gradient at what a receiver reads, the residual stream as it alone takes it in. It is taken back by hand
/// from the
/// gradients that a run has at queries, keys, values and neurons, through the weights and the norm in front of them:
///
///     d m / d read = J^T W^T d m / d q,   J = d Norm(x) / d x
///
/// because the run's own gradient at the residual stream is that of all receivers together. Gradients of several
/// runs, the rows of a batch, are added up.
final class Reads {

    private final Model model;
    private final Map<Site, Slope> slopes;

    /// @param slopes of runs that read [#sites]
    Reads(Model model, Map<Site, Slope> slopes) {
        this.model = model;
        this.slopes = slopes;
    }

    /// What must be read of the runs, with gradients.
    static List<Site> sites(Sizes sizes) {
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (HeadPart part : List.of(HeadPart.Q, HeadPart.K, HeadPart.V)) {
                sites.add(new Site.Heads(layer, part));
            }
            if (sizes.dMlp() > 0) {
                sites.add(new Site.Neurons(layer, NeuronPart.PRE));
            }
            if (sizes.isGated()) {
                sites.add(new Site.Neurons(layer, NeuronPart.PRE_LINEAR));
            }
            sites.add(new Site.Resid(layer, Moment.PRE));
            if (sizes.wiring().has(new Site.Resid(layer, Moment.MID).point().kind())) {
                sites.add(new Site.Resid(layer, Moment.MID));
            }
        }
        sites.add(end(sizes));
        return sites;
    }

    private static Site end(Sizes sizes) {
        return new Site.Resid(sizes.layers() - 1, Moment.POST);
    }

    /// How many runs there are.
    long rows() {
        return slope(end(model.sizes())).value().dim(0);
    }

    /// At the queries of all heads, the keys and the values of all key/value heads, `[head + 2 kvHead, pos, dModel]`.
    ///
    /// @param from the first position
    /// @param end the position after the last
    Tensor attention(int layer, int from, int end) {
        Block block = model.transformer().blocks().get(layer);
        Attention attention = block.attention();
        Tensor all = Tensor.cat(
                List.of(
                        heads(attention.q(), gradient(new Site.Heads(layer, HeadPart.Q), from, end)),
                        heads(attention.k(), gradient(new Site.Heads(layer, HeadPart.K), from, end)),
                        heads(attention.v(), gradient(new Site.Heads(layer, HeadPart.V), from, end))),
                0); // [receiver, batch, pos, dModel]
        Tensor x = value(new Site.Resid(layer, Moment.PRE), from, end);
        return before(block.beforeAttention(), x, all).sum(1, false);
    }

    /// @param gradient `[batch, pos, head, dHead]`
    /// @return `[head, batch, pos, dModel]`
    private static Tensor heads(Linear map, Tensor gradient) {
        long batch = gradient.dim(0);
        long pos = gradient.dim(1);
        long heads = gradient.dim(2);
        Tensor weight = map.weight().whole().reshape(heads, -1, map.in()); // [head, dHead, dModel]
        Tensor rows = gradient.reshape(batch * pos, heads, -1).transpose(0, 1); // [head, batch * pos, dHead]
        return rows.matmul(weight).reshape(heads, batch, pos, -1);
    }

    /// At the MLP of a block, `[1, pos, dModel]`.
    Tensor mlp(int layer, int from, int end) {
        Block block = model.transformer().blocks().get(layer);
        if (block.mlp().dMlp() == 0) { // it reads nothing
            return value(new Site.Resid(layer, Moment.PRE), from, end).times(0).sum(0, true);
        }
        Tensor pre = gradient(new Site.Neurons(layer, NeuronPart.PRE), from, end); // [batch, pos, dMlp]
        Tensor read = switch (block.mlp()) {
            case Mlp.PlainMlp plain -> pre.matmul(plain.in().weight().whole());
            case Mlp.GatedMlp gated ->
                pre.matmul(gated.gate().weight().whole())
                        .plus(gradient(new Site.Neurons(layer, NeuronPart.PRE_LINEAR), from, end)
                                .matmul(gated.up().weight().whole()));
        }; // [batch, pos, dModel]
        Moment moment = block instanceof Block.Sequential ? Moment.MID : Moment.PRE;
        Tensor x = value(new Site.Resid(layer, moment), from, end);
        return before(block.beforeMlp(), x, read).sum(0, true);
    }

    /// At what comes after all blocks, `[1, pos, dModel]`.
    Tensor logits(int from, int end) {
        return gradient(end(model.sizes()), from, end).sum(0, true);
    }

    /// A gradient behind a norm, taken back to before it. With `n = (x - mean) / s`, the scale and the mean of `x`
    /// moving with it:
    ///
    ///     J^T g = centred(w g - n mean(n w g)) / s
    ///
    /// where an RMS norm centres nothing.
    ///
    /// @param x what the norm reads, `[batch, pos, dModel]`
    /// @param after `[..., batch, pos, dModel]`
    private static Tensor before(@Nullable Norm norm, Tensor x, Tensor after) {
        if (norm == null) {
            return after;
        }
        Tensor centred = norm.centred(x);
        Tensor scale = norm.scale(centred); // [batch, pos, 1]
        Tensor normalized = centred.over(scale);
        Tensor direct = after.times(norm.weight());
        Tensor byScale = normalized.times(direct.times(normalized).mean(-1, true));
        return norm.centred(direct.minus(byScale)).over(scale);
    }

    private Tensor gradient(Site site, int from, int end) {
        return slope(site).gradient().slice(1, from, end);
    }

    private Tensor value(Site site, int from, int end) {
        return slope(site).value().slice(1, from, end);
    }

    private Slope slope(Site site) {
        return Objects.requireNonNull(slopes.get(site));
    }
}
