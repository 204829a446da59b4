package cutaway.interp.circuit;

import com.fasterxml.jackson.annotation.JsonValue;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What circuits are made of: the heads and MLPs of a model, and what sparse autoencoders do not say of it. In JSON and
/// in print `L8H3`, `MLP8` or `sae.error[resid-8]`.
public sealed interface Component permits Component.Own, SaeError {

    int layer();

    /// Where its own value is replaced: a head's z, before the output weights; an MLP's output; where an autoencoder
    /// reads and writes.
    Site site();

    @JsonValue
    String name();

    /// A head or an MLP: what the model itself is made of.
    sealed interface Own extends Component {}

    /// An attention head.
    record Head(int layer, int head) implements Own {
        @Override
        public Site site() {
            return new Site.Head(layer, head, HeadPart.Z);
        }

        @Override
        public String name() {
            return "L" + layer + "H" + head;
        }
    }

    /// The MLP of a block.
    record Mlp(int layer) implements Own {
        @Override
        public Site site() {
            return new Site.MlpOut(layer);
        }

        @Override
        public String name() {
            return "MLP" + layer;
        }
    }

    /// Every head and MLP of a model, by layer, heads first.
    static List<Own> all(Sizes sizes) {
        List<Own> all = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (int head = 0; head < sizes.heads(); head++) {
                all.add(new Head(layer, head));
            }
            all.add(new Mlp(layer));
        }
        return all;
    }

    /// Where the values of all of them are read, those of a layer's heads together.
    static List<Site> sites(Sizes sizes) {
        List<Site> sites = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            sites.add(new Site.Heads(layer, HeadPart.Z));
            sites.add(new Site.MlpOut(layer));
        }
        return sites;
    }

    /// What was read at its site, of a head what was read of its layer's heads: `[pos, width]`.
    default Tensor in(Map<Site, Tensor> read) {
        return switch (this) {
            case Head(int layer, int head) ->
                at(read, new Site.Heads(layer, HeadPart.Z)).select(1, head);
            case Mlp _, SaeError _ -> at(read, site());
        };
    }

    private static Tensor at(Map<Site, Tensor> read, Site site) {
        Tensor value = read.get(site);
        if (value == null) {
            throw new IllegalArgumentException("nothing was read at " + site.text());
        }
        return value.select(0, 0);
    }
}
