package cutaway.interp.check;

import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Sizes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Gathers how far two runs are from each other, one sequence at a time: the residual stream, what attention and MLP of
/// each layer add to it, the logits, and what they predict.
final class Distance {

    private static final Site LOGITS = new Site.Logits();

    private final Sizes sizes;
    private final Site end;
    private final Map<Site, SiteErrors> errors = new LinkedHashMap<>();
    private final SiteErrors logits = new SiteErrors(LOGITS);
    private final PredictionErrors predictions = new PredictionErrors();
    private int sequences;

    Distance(Sizes sizes) {
        this.sizes = sizes;
        this.end = new Site.Resid(
                sizes.layers() - 1, sizes.wiring().has(Kind.NORMALIZED_RESID_POST) ? Moment.NORMALIZED : Moment.POST);
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (Site site : List.of(stream(layer), new Site.AttnOut(layer), new Site.MlpOut(layer))) {
                errors.put(site, new SiteErrors(site));
            }
        }
        errors.put(end, new SiteErrors(end));
    }

    /// What it reads of a run, besides the logits.
    List<Site> sites() {
        return List.copyOf(errors.keySet());
    }

    /// One more sequence.
    ///
    /// @param model the value of a site in the model's run, `[pos, width]`
    /// @param reference the same in the reference's run
    void add(int[] ids, Function<Site, Tensor> model, Function<Site, Tensor> reference) {
        int sequence = sequences++;
        for (Map.Entry<Site, SiteErrors> entry : errors.entrySet()) {
            try (Scope scope = Scope.open()) {
                double[] a = model.apply(entry.getKey()).toDoubles();
                double[] b = reference.apply(entry.getKey()).toDoubles();
                int width = b.length / ids.length;
                for (int pos = 0; pos < ids.length; pos++) {
                    entry.getValue().add(a, b, pos * width, width, new Place(sequence, pos));
                }
            }
        }
        for (int pos = 0; pos < ids.length; pos++) { // one at a time: vocabularies are large
            try (Scope scope = Scope.open()) {
                double[] a = model.apply(LOGITS).select(0, pos).toDoubles();
                double[] b = reference.apply(LOGITS).select(0, pos).toDoubles();
                Place place = new Place(sequence, pos);
                logits.add(a, b, 0, b.length, place);
                NextToken ours = NextToken.of(a);
                NextToken theirs = NextToken.of(b);
                predictions.add(ours, theirs, place);
                if (sizes.isCausal() && pos + 1 < ids.length) {
                    predictions.addNext(ours, theirs, ids[pos + 1]);
                }
            }
        }
    }

    List<LayerError> layers() {
        return IntStream.range(0, sizes.layers())
                .mapToObj(layer -> new LayerError(
                        layer, error(stream(layer)), error(new Site.AttnOut(layer)), error(new Site.MlpOut(layer))))
                .toList();
    }

    /// The residual stream after the last layer.
    SiteError end() {
        return error(end);
    }

    SiteError logits() {
        return logits.error();
    }

    PredictionError predictions() {
        return predictions.error();
    }

    private static Site stream(int layer) {
        return new Site.Resid(layer, Moment.PRE);
    }

    private SiteError error(Site site) {
        SiteErrors found = errors.get(site);
        if (found == null) {
            throw new IllegalArgumentException(site.text() + " is not compared");
        }
        return found.error();
    }
}
