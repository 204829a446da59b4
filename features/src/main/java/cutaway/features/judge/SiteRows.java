package cutaway.features.judge;

import cutaway.interp.site.Site;
import cutaway.model.Sizes;
import cutaway.model.parts.Point;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// The value of a site as rows, one a token, and rows as the value again. Heads stand one after another in a row, as
/// SAELens has them.
final class SiteRows {

    private SiteRows() {}

    /// Numbers of a row.
    ///
    /// @throws BadInputException when the site holds no numbers of its own for each token, or lies in no block
    static int width(Site site, Sizes sizes) {
        int all = switch (site.point().kind().axes()) {
            case MODEL -> sizes.dModel();
            case MLP -> sizes.dMlp();
            case HEAD -> sizes.heads() * sizes.dHead();
            case KV_HEAD -> sizes.kvHeads() * sizes.dHead();
            case HEAD_MODEL, HEAD_ONE, PAIR, VOCAB, ONE -> 0;
        };
        if (all == 0 || site.onlyNeuron().isPresent() || !site.point().kind().inBlock()) {
            throw new BadInputException("a dictionary at " + site.text()
                    + " cannot be judged: expected a site in a block that has a vector for each token, such as"
                    + " blocks.3.hook_resid_post.");
        }
        return site.onlyHead().isPresent() ? sizes.dHead() : all;
    }

    /// `[batch, pos, ...]` to `[batch * pos, width]`.
    static Tensor of(Tensor value, Site site) {
        Tensor part =
                site.onlyHead().isPresent() ? value.select(2, site.onlyHead().getAsInt()) : value;
        return part.reshape(value.dim(0) * value.dim(1), -1);
    }

    /// The value with other rows in place: the inverse of [#of].
    static Tensor replaced(Tensor value, Site site, Tensor rows) {
        if (site.onlyHead().isEmpty()) {
            return rows.reshape(value.shape().dims());
        }
        int head = site.onlyHead().getAsInt();
        Tensor own = rows.reshape(value.dim(0), value.dim(1), 1, -1);
        List<Tensor> parts = new ArrayList<>();
        if (head > 0) {
            parts.add(value.slice(2, 0, head));
        }
        parts.add(own);
        if (head + 1 < value.dim(2)) {
            parts.add(value.slice(2, head + 1L, value.dim(2)));
        }
        return Tensor.cat(parts, 2);
    }

    /// Whether a tap is at the point of the site.
    static boolean isAt(Site site, Point point) {
        return site.point().equals(point);
    }
}
