package cutaway.interp.run;

import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Tensor;
import java.util.Map;

/// What was read in one run. It owns native memory until it is closed.
public final class Trace implements AutoCloseable {

    private final Batch batch;
    private final Map<Point, Tensor> seen;

    Trace(Batch batch, Map<Point, Tensor> seen) {
        this.batch = batch;
        this.seen = Map.copyOf(seen);
    }

    public Batch batch() {
        return batch;
    }

    /// Next-token logits in nats, `[batch, pos, vocab]`.
    public Tensor logits() {
        return whole(new Point(Kind.LOGITS, 0));
    }

    /// The value at a site after all edits, `batch` before the site's own axes.
    ///
    /// @throws IllegalArgumentException when the site was not asked for
    public Tensor at(Site site) {
        return part(whole(site.point()), site);
    }

    Tensor whole(Point point) {
        Tensor value = seen.get(point);
        if (value == null) {
            throw new IllegalArgumentException(
                    SiteNames.legacy(Site.of(point)) + " was not read in this run; name it when the run is started");
        }
        return value;
    }

    /// The head or neuron that a site is narrowed to.
    static Tensor part(Tensor whole, Site site) {
        if (site.onlyHead().isPresent()) {
            return whole.select(
                    site.point().kind().axes() == Axes.PAIR ? 1 : 2,
                    site.onlyHead().getAsInt());
        }
        return site.onlyNeuron().isPresent()
                ? whole.select(-1, site.onlyNeuron().getAsInt())
                : whole;
    }

    @Override
    public void close() {
        seen.values().forEach(Tensor::close);
    }
}
