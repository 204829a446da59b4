package cutaway.interp.probe;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// The run of a prompt whose state is changed at some sites.
///
/// @param run the prompt, and edits that come first
/// @param sites in the order in which the run reaches them: the layers of a [StateChange]
/// @param at the positions that are changed
public record ChangedRun(Model model, Source run, List<Site> sites, Positions at) {

    public ChangedRun {
        sites = List.copyOf(sites);
    }

    /// What a change adds, as edits. Each site is read in a run of its own, under what was added at those before it.
    ///
    /// @param copies of the run; the change is given the states of all, those of one copy after another,
    ///     `[copy * position, d]`, float32
    /// @return of each copy, an edit for each site
    /// @throws cutaway.tensor.BadInputException when the model has no such site, or the prompt no such position
    public List<List<Edit>> edits(int copies, StateChange change) {
        int[] ids = run.ids(model);
        int[] positions = at.in(ids.length);
        List<List<Edit>> edits = new ArrayList<>();
        for (int copy = 0; copy < copies; copy++) {
            edits.add(new ArrayList<>());
        }
        for (int layer = 0; layer < sites.size(); layer++) {
            Site site = sites.get(layer);
            try (Trace trace = Runs.rows(model, ids, all(edits), List.of(site));
                    Scope _ = Scope.open()) {
                long[] index = Arrays.stream(positions).asLongStream().toArray();
                Tensor x = trace.at(site)
                        .gatherRows(1, Tensor.of(index, index.length))
                        .to(Dtype.F32)
                        .reshape((long) copies * positions.length, -1); // [copy * position, d]
                Tensor added = change.at(layer, x).minus(x);
                for (int copy = 0; copy < copies; copy++) {
                    long first = (long) copy * positions.length;
                    Values values = Values.of(added.slice(0, first, first + positions.length));
                    edits.get(copy).add(new Edit.Add(site, Positions.of(positions), values));
                }
            }
        }
        return edits;
    }

    /// The logit of a token after the last position, under a change, nats, `[copy]`.
    public double[] logits(int copies, StateChange change, int token) {
        List<List<Edit>> edits =
                change.equals(StateChange.NONE) ? Collections.nCopies(copies, List.<Edit>of()) : edits(copies, change);
        int[] ids = run.ids(model);
        try (Trace trace = Runs.rows(model, ids, all(edits), List.of());
                Scope _ = Scope.open()) {
            return trace.logits()
                    .select(1, ids.length - 1L)
                    .select(1, token)
                    .to(Dtype.F64)
                    .toDoubles();
        }
    }

    /// With the edits of the run before them.
    private List<List<Edit>> all(List<List<Edit>> edits) {
        return edits.stream()
                .map(some -> {
                    List<Edit> whole = new ArrayList<>(run.edits());
                    whole.addAll(some);
                    return whole;
                })
                .toList();
    }
}
