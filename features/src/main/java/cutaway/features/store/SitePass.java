package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Axes;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Point.Place;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Runs contexts through a model, no farther than the last site that is wanted, and gives what stood at each.
final class SitePass {

    /// Positions whose logits are in memory together.
    private static final int LOGITS_AT_ONCE = 128;

    private final Model model;
    private final List<Site> sites;
    private final boolean loss;
    private final Set<Point> points = new HashSet<>();
    private final int blocks;
    private final @Nullable Point streamAtEnd;

    /// What was read of a window; it belongs to the scope in which the window was run.
    ///
    /// @param vectors of each site, `[row * pos, width]` float32, contiguous
    /// @param loss of each position, nats, `-ln p(next token)`; NaN where no next token is known; empty where it is
    ///     not wanted
    record Values(List<Tensor> vectors, float[] loss) {}

    /// @throws BadInputException when the model has no such site, or it has no vector for each token
    SitePass(Model model, List<Site> sites, boolean loss) {
        this.model = model;
        this.sites = sites;
        this.loss = loss;
        if (loss && !model.sizes().isCausal()) {
            throw new BadInputException(
                    "this model is an encoder and has no loss of the next token; harvest without the loss.");
        }
        for (Site site : sites) {
            SiteNames.check(site, model.sizes());
            if (site.point().kind().axes() == Axes.PAIR || site.point().kind() == Kind.LOGITS) {
                throw new BadInputException(site.text() + " is not kept in a store: "
                        + (site.point().kind() == Kind.LOGITS
                                ? "logits have a number for each token of the vocabulary"
                                : "it has a number for each pair of positions")
                        + "; harvest sites with a vector for each token, such as resid_post[3].");
            }
            points.add(site.point());
        }
        int layers = model.sizes().layers();
        if (loss || points.stream().anyMatch(point -> point.kind().place() == Place.AFTER)) {
            blocks = layers;
            streamAtEnd = null;
        } else {
            int last = points.stream()
                    .mapToInt(point -> point.kind().inBlock() ? point.layer() : -1)
                    .max()
                    .orElse(-1);
            Point before = new Point(Kind.RESID_PRE, last);
            boolean onlyStream = points.stream()
                    .allMatch(point -> !point.kind().inBlock() || point.layer() < last || point.equals(before));
            blocks = last < 0 ? 0 : onlyStream ? last : last + 1;
            streamAtEnd = last >= 0 && onlyStream ? before : null;
        }
    }

    /// How many blocks a pass goes through.
    int blocks() {
        return blocks;
    }

    /// Numbers of each site's vector.
    List<Integer> widths() {
        return Scope.free(() -> run(Window.of(List.of(new Piece(0, new int[] {0})), 1)).vectors.stream()
                .map(vectors -> Math.toIntExact(vectors.dim(1)))
                .toList());
    }

    /// What it takes for each token of a window, at most, in bytes: the residual stream and what is added to it, a
    /// norm's steps, and the larger of attention and MLP, of which nothing is freed before its end; half as much
    /// again for what the C library holds back.
    long bytesPerToken(int context) {
        long d = model.sizes().dModel();
        long heads = (long) model.sizes().heads() * model.sizes().dHead();
        long keys = (long) model.sizes().kvHeads() * model.sizes().dHead();
        long attention = 10 * heads + 10 * keys + 4L * model.sizes().heads() * context;
        long mlp = (model.sizes().isGated() ? 4L : 2L) * model.sizes().dMlp();
        return 4 * (8 * d + Math.max(attention, mlp)) * 3 / 2;
    }

    /// What the logits of the positions that have them together take, in bytes.
    long bytesOfLogits() {
        return loss ? 4L * 4 * LOGITS_AT_ONCE * model.sizes().vocab() : 0;
    }

    Values run(Window window) {
        Map<Point, Tensor> seen = new HashMap<>();
        try (Scope scope = Scope.open()) {
            Tensor residual = residual(window, new Reading(seen));
            float[] losses = loss ? losses(window, residual) : new float[0];
            List<Tensor> vectors = sites.stream()
                    .map(site -> vectors(site, seen, (long) window.rows() * window.width()))
                    .toList();
            vectors.forEach(scope::release);
            return new Values(vectors, losses);
        } finally {
            seen.values().forEach(Tensor::close);
        }
    }

    private Tensor residual(Window window, Tap tap) {
        Transformer transformer = model.transformer();
        Window.Inputs inputs = window.inputs(model);
        model.check(new Batch(window.pieces().stream().map(Piece::ids).toList(), List.of(), Batch.Side.RIGHT));
        Tensor embedded = transformer.embed(inputs.ids(), inputs.positions(), tap);
        Tensor residual = transformer.blocks(embedded, 0, blocks, inputs.pass(), tap);
        if (streamAtEnd != null) {
            tap.at(streamAtEnd, residual);
        }
        if (points.stream().anyMatch(point -> point.kind().place() == Place.AFTER)) {
            transformer.normalized(residual, tap);
        }
        return residual;
    }

    private static Tensor vectors(Site site, Map<Point, Tensor> seen, long positions) {
        Tensor whole = seen.get(site.point());
        if (whole == null) {
            throw new IllegalStateException(site.text() + " was not reached");
        }
        Tensor part = site.onlyHead().isPresent()
                ? whole.select(2, site.onlyHead().getAsInt())
                : site.onlyNeuron().isPresent()
                        ? whole.slice(
                                -1,
                                site.onlyNeuron().getAsInt(),
                                site.onlyNeuron().getAsInt() + 1L)
                        : whole;
        return part.reshape(positions, -1).to(Dtype.F32).contiguous().alias();
    }

    private float[] losses(Window window, Tensor residual) {
        float[] losses = new float[window.rows() * window.width()];
        Arrays.fill(losses, Float.NaN);
        int[] places = new int[losses.length];
        long[] next = new long[losses.length];
        int count = 0;
        for (int i = 0; i < window.pieces().size(); i++) {
            int[] ids = window.pieces().get(i).ids();
            for (int position = 0; position + 1 < ids.length; position++) {
                places[count] = window.place(i, position);
                next[count++] = ids[position + 1];
            }
        }
        Tensor stream = residual.reshape(losses.length, -1); // [row * pos, dModel]
        for (int from = 0; from < count; from += LOGITS_AT_ONCE) {
            int[] at = Arrays.copyOfRange(places, from, Math.min(count, from + LOGITS_AT_ONCE));
            long[] answers = Arrays.copyOfRange(next, from, from + at.length);
            float[] found = Scope.free(() -> {
                long[] rows = Arrays.stream(at).asLongStream().toArray();
                Tensor there =
                        stream.gatherRows(0, Tensor.of(rows, rows.length)).unsqueeze(0);
                Tensor log =
                        model.transformer().unembed(there, Tap.NONE).squeeze(0).logSoftmax(-1); // [n, vocab]
                return log.gather(1, Tensor.of(answers, answers.length, 1))
                        .negate()
                        .toFloats();
            });
            for (int i = 0; i < at.length; i++) {
                losses[at[i]] = found[i];
            }
        }
        return losses;
    }

    /// Keeps what stands at the points.
    private final class Reading implements Tap {

        private final Map<Point, Tensor> seen;

        Reading(Map<Point, Tensor> seen) {
            this.seen = seen;
        }

        @Override
        public Tensor at(Point point, Tensor value) {
            if (points.contains(point)) {
                seen.put(point, Scope.detach(value.alias()));
            }
            return value;
        }

        @Override
        public boolean wantsResult(int layer) {
            return points.contains(new Point(Kind.RESULT, layer));
        }
    }
}
