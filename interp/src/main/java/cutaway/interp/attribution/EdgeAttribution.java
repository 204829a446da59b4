package cutaway.interp.attribution;

import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Runs.Slope;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Block;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Edge attribution patching (EAP; Syed et al. 2023, arXiv:2310.10348): to first order, what the metric of the base run
/// would change if one sender told one receiver what it says in the other run, and nobody else heard of it:
///
///     score(sender -> receiver) = (write in the other run - write in the base) . d metric / d read
///
/// summed over positions. A write is what the sender alone would add to the residual stream, as in
/// [cutaway.interp.path.PathPatching], which measures what is estimated here; a read is the residual stream as the
/// receiver alone takes it in, before the norm in front of it. Two passes forward and one backward answer for all
/// edges. Where a head's write passes no norm, the scores of a sender's edges add up to its [AttributionPatching].
///
/// Where a receiver saturates, the gradient in the base run says nothing of what a change would do. With integrated
/// gradients (EAP-IG; Hanna et al. 2024, arXiv:2403.17806, section 3) it is the mean over runs on the way:
///
///     mean over k = 1 ... steps of d metric / d read, at embeddings e_other + k / steps (e_base - e_other)
///
/// with all else computed anew from those embeddings. The last of them is the base run: one step is plain EAP.
public final class EdgeAttribution {

    private static final long BYTES = 256L << 20; // of writes and gradients at once

    private EdgeAttribution() {}

    /// Scores of all edges from one gradient, in the metric's unit.
    ///
    /// @param base the run that would be patched
    /// @param other the run that values would be taken from, as long as the base
    /// @throws BadInputException when the runs differ in length, or the model's norms stand on the residual stream
    public static Edges of(Model model, Source base, Source other, Metric metric) {
        return integrated(model, base, other, metric, 1);
    }

    /// As [#of], from the mean of the gradients at `steps` points between the runs' embeddings. The base run's own
    /// edits hold at every point.
    ///
    /// @param steps 1 or more; the paper uses 5
    public static Edges integrated(Model model, Source base, Source other, Metric metric, int steps) {
        return integrated(model, base, other, metric, steps, BYTES);
    }

    static Edges integrated(Model model, Source base, Source other, Metric metric, int steps, long bytes) {
        int[] ids = base.ids(model);
        int[] otherIds = other.ids(model);
        check(model, ids, otherIds, steps);
        Site embed = new Site.Embed();
        List<Site> read = Reads.sites(model.sizes());
        List<Site> written = new ArrayList<>(Writes.sites(model.sizes()));
        written.add(embed);
        try (Scope scope = Scope.open();
                Trace there = Runs.run(model, Batch.of(otherIds), other.edits(), written)) {
            List<Site> both = new ArrayList<>(read);
            both.addAll(written);
            Map<Site, Slope> here = Runs.slopes(model, ids, base.edits(), metric, both);
            Writes writes = new Writes(model, here, there);
            EdgeScores scores = new EdgeScores(model, ids.length, bytes);
            scores.add(writes, here, 1.0 / steps);
            double[] way = new double[steps - 1]; // the base run, at 1, is done
            for (int k = 1; k < steps; k++) {
                way[k - 1] = (double) k / steps;
            }
            new EmbeddingLine(
                            there.at(embed),
                            Objects.requireNonNull(here.get(embed)).value())
                    .each(
                            model,
                            Source.of(ids, base.edits()),
                            way,
                            metric,
                            read,
                            (slopes, first) -> scores.add(writes, slopes, 1.0 / steps));
            return scores.edges();
        }
    }

    private static void check(Model model, int[] ids, int[] otherIds, int steps) {
        if (steps < 1) {
            throw new BadInputException(
                    "edge attribution with " + steps + " steps; give 1 for plain gradients, or more to integrate.");
        }
        if (ids.length != otherIds.length) {
            throw new BadInputException(
                    "edge attribution compares a run of %d tokens with one of %d; give prompts of the same length."
                            .formatted(ids.length, otherIds.length));
        }
        if (model.transformer().blocks().getFirst() instanceof Block.PostNorm) {
            throw new BadInputException("edge attribution needs a residual stream that all parts add to; the norms of "
                    + model.family() + " stand on it.");
        }
    }
}
