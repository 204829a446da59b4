package cutaway.interp.probe;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A run edited through probes of one thing, of whatever kind they are: at the site of each, gradient steps on the
/// state until the probe reads the wanted class (Li et al., arXiv:2210.13382, section 4, who edit every layer from one
/// on).
///
/// @param edits what the steps add, in the order of the run
/// @param moved what became of each state
public record ThroughProbes(List<Edit> edits, List<Moved> moved) {

    private static final Comparator<NamedProbe> ORDER = Comparator.comparing(ThroughProbes::place)
            .thenComparing(probe -> probe.site().point().layer())
            .thenComparing(probe -> probe.site().point().kind());

    public ThroughProbes {
        edits = List.copyOf(edits);
        moved = List.copyOf(moved);
    }

    /// One state.
    ///
    /// @param site by its TransformerLens name
    /// @param position from 0
    /// @param from the class that was read, under the edits of the sites before
    /// @param to the class that is read now
    /// @param share length of the change, of the state's norm
    public record Moved(String site, int position, String from, String to, double share) {}

    /// @param run the prompt, and edits that come first
    /// @param at positions of the prompt
    /// @param probes of one thing, each at a site of its own
    /// @param to the class that each of them is to read
    /// @throws BadInputException when a probe has no such class, is of states of another width, or reads another
    ///     class after the last step
    public static ThroughProbes of(
            Model model, Source run, Positions at, List<NamedProbe> probes, String to, ProbeEdit how) {
        List<NamedProbe> ordered = inOrder(probes);
        int[] positions = at.in(run.ids(model).length);
        List<Moved> moved = new ArrayList<>();
        StateChange change = (layer, x) -> {
            NamedProbe probe = ordered.get(layer);
            Tensor there = probe.through(x, to, how);
            moved.addAll(moved(probe, positions, x, there, to));
            return there;
        };
        List<Site> sites = ordered.stream().map(NamedProbe::site).toList();
        return new ThroughProbes(
                new ChangedRun(model, run, sites, at).edits(1, change).getFirst(), moved);
    }

    /// Probes of one thing, in the order in which a run reaches their sites.
    ///
    /// @throws BadInputException when two are of one site
    public static List<NamedProbe> inOrder(List<NamedProbe> probes) {
        List<NamedProbe> ordered = probes.stream().sorted(ORDER).toList();
        for (int i = 1; i < ordered.size(); i++) {
            if (ordered.get(i).site().equals(ordered.get(i - 1).site())) {
                throw new BadInputException("two probes read "
                        + ordered.get(i).site().text() + "; give one for each site that is to be changed.");
            }
        }
        return ordered;
    }

    private static Point.Place place(NamedProbe probe) {
        return probe.site().point().kind().place();
    }

    private static List<Moved> moved(NamedProbe probe, int[] positions, Tensor x, Tensor there, String to) {
        try (Scope _ = Scope.open()) {
            List<String> before = probe.read(x);
            List<String> after = probe.read(there);
            double[] shares = Placebo.length(there.minus(x))
                    .over(Placebo.length(x).plus(1e-30))
                    .toDoubles();
            List<Moved> moved = new ArrayList<>();
            for (int i = 0; i < positions.length; i++) {
                if (!after.get(i).equals(to)) {
                    throw new BadInputException("the probe of " + probe.site().text() + " still reads \"" + after.get(i)
                            + "\" at position " + positions[i] + " after a change of "
                            + Math.round(100 * shares[i]) + " % of the state's norm; it has no slope that leads to \""
                            + to + "\" there: name another class or another probe.");
                }
                moved.add(new Moved(probe.site().text(), positions[i], before.get(i), after.get(i), shares[i]));
            }
            return moved;
        }
    }
}
