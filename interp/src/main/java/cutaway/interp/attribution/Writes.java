package cutaway.interp.attribution;

import cutaway.interp.path.HeadWrites;
import cutaway.interp.run.Runs.Slope;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// What each sender alone would add to the residual stream if its value were that of the other run, less what it adds
/// in the base.
final class Writes {

    private final Model model;
    private final Map<Site, Slope> base;
    private final Trace other;

    /// @param base the base run, with the values at [#sites]
    /// @param other another run that read them
    Writes(Model model, Map<Site, Slope> base, Trace other) {
        this.model = model;
        this.base = base;
        this.other = other;
    }

    /// What must be read of both runs.
    static List<Site> sites(Sizes sizes) {
        List<Site> sites = new ArrayList<>(List.of(start()));
        for (int layer = 0; layer < sizes.layers(); layer++) {
            sites.add(new Site.Heads(layer, HeadPart.Z));
            sites.add(new Site.MlpOut(layer));
        }
        return sites;
    }

    /// What the embedding writes is all that the first block finds.
    private static Site start() {
        return new Site.Resid(0, Moment.PRE);
    }

    /// `[sender, pos, dModel]`: the embedding, then of each block its heads and its MLP.
    ///
    /// @param from the first position
    /// @param end the position after the last
    Tensor of(int from, int end) {
        return Scope.keep(() -> {
            List<Tensor> all =
                    new ArrayList<>(List.of(change(start(), from, end).unsqueeze(0)));
            for (int layer = 0; layer < model.sizes().layers(); layer++) {
                int at = layer;
                all.add(Scope.keep(() -> heads(at, from, end)));
                all.add(change(new Site.MlpOut(layer), from, end).unsqueeze(0));
            }
            return Tensor.cat(all, 0);
        });
    }

    /// `[head, pos, dModel]`
    private Tensor heads(int layer, int from, int end) {
        Block block = model.transformer().blocks().get(layer);
        int heads = block.attention().heads();
        Linear out = block.attention().out();
        Site site = new Site.Heads(layer, HeadPart.Z);
        Tensor z = here(site, from, end); // [pos, head, dHead]
        Tensor weight = out.weight().whole().reshape(out.out(), heads, -1).permute(1, 2, 0); // [head, dHead, dModel]
        Tensor change = change(site, from, end).transpose(0, 1).matmul(weight); // [head, pos, dModel]
        return HeadWrites.added(block, z, change);
    }

    private Tensor change(Site site, int from, int end) {
        return other.at(site).select(0, 0).slice(0, from, end).minus(here(site, from, end));
    }

    private Tensor here(Site site, int from, int end) {
        return slope(site).value().select(0, 0).slice(0, from, end);
    }

    private Slope slope(Site site) {
        return Objects.requireNonNull(base.get(site));
    }
}
