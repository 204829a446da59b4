package cutaway.interp.circuit;

import com.fasterxml.jackson.annotation.JsonValue;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Sizes;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A head or an MLP: what circuits are made of. In JSON and in print `L8H3` or `MLP8`.
public sealed interface Component {

    int layer();

    /// Where its own value is replaced: a head's z, before the output weights; an MLP's output.
    Site site();

    @JsonValue
    String name();

    /// An attention head.
    record Head(int layer, int head) implements Component {
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
    record Mlp(int layer) implements Component {
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
    static List<Component> all(Sizes sizes) {
        List<Component> all = new ArrayList<>();
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

    /// Its part of what was read at [#sites], `[pos, width]`.
    default Tensor in(Map<Site, Tensor> read) {
        return switch (this) {
            case Head(int layer, int head) ->
                at(read, new Site.Heads(layer, HeadPart.Z)).select(1, head);
            case Mlp _ -> at(read, site());
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
