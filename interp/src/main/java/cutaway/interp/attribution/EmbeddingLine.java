package cutaway.interp.attribution;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Runs.Slope;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;

/// Runs from token embeddings on the straight line between two others: `start + a (end - start)`.
///
/// @param start where `a` is 0, `[1, pos, dModel]`
/// @param end where `a` is 1, `[1, pos, dModel]`
record EmbeddingLine(Tensor start, Tensor end) {

    /// Tokens in one batch of runs: enough that weights are not read for each run anew.
    private static final int TOKENS = 128;

    /// The edit that makes a run begin there.
    Edit at(double a) {
        return Scope.free(() -> {
            Tensor here = start.plus(end.minus(start).times(a)).select(0, 0); // [pos, dModel]
            return new Edit.Replace(new Site.Embed(), Positions.ALL, Values.of(here));
        });
    }

    /// Values and gradients at points of the line, in batches; values only where the metric reads them.
    ///
    /// @param run the prompt and the edits that hold in all runs
    /// @param points values of `a`
    /// @param use is given a batch of slopes, a row for each point, which are freed when it returns; and the first
    ///     point's number
    void each(
            Model model,
            Source run,
            double[] points,
            Metric metric,
            List<Site> sites,
            ObjIntConsumer<Map<Site, Slope>> use) {
        int[] ids = run.ids(model);
        int rows = Math.max(1, TOKENS / ids.length);
        for (int first = 0; first < points.length; first += rows) {
            List<List<Edit>> variants = new ArrayList<>();
            for (int i = first; i < Math.min(first + rows, points.length); i++) {
                List<Edit> edits = new ArrayList<>(run.edits());
                edits.add(at(points[i]));
                variants.add(edits);
            }
            try (Scope scope = Scope.open()) {
                use.accept(Runs.slopesWhereRead(model, ids, variants, metric, sites), first);
            }
        }
    }
}
