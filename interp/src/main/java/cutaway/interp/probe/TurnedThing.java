package cutaway.interp.probe;

import cutaway.interp.edit.Source;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// The latent saliency, for a token's logit, of one thing that probes read in a model's run.
///
/// @param from the class that is read first in the unchanged run
/// @param to the class that it is turned to, through every probe in turn
/// @param isRead whether each probe reads it in the end
/// @param saliency of the turn, nats
public record TurnedThing(String from, String to, boolean isRead, LatentSaliency saliency) {

    /// Turns the thing to each class that is not read.
    ///
    /// @param run the prompt, and edits that come first
    /// @param position that is changed
    /// @param probes of one thing, each at a site of its own
    /// @param token whose logit after the prompt is the answer
    /// @param draws random directions for each turn
    /// @throws cutaway.tensor.BadInputException when the probes' classes or states do not fit
    public static List<TurnedThing> each(
            Model model, Source run, int position, List<NamedProbe> probes, int token, int draws, long seed) {
        List<NamedProbe> ordered = ThroughProbes.inOrder(probes);
        List<Site> sites = ordered.stream().map(NamedProbe::site).toList();
        Positions at = Positions.of(position);
        String[] first = new String[1];
        new ChangedRun(model, run, sites.subList(0, 1), at).edits(1, (_, x) -> {
            first[0] = ordered.getFirst().read(x).getFirst();
            return x;
        });
        List<String> others = ordered.getFirst().facts().classes().stream()
                .filter(name -> !name.equals(first[0]))
                .toList();
        boolean[] isRead = new boolean[others.size()];
        Arrays.fill(isRead, true);
        StateChange turning = (layer, x) -> {
            Tensor there = ordered.get(layer).through(x, others, ProbeEdit.USUAL);
            List<String> read = ordered.get(layer).read(there);
            IntStream.range(0, isRead.length)
                    .forEach(row -> isRead[row] &= read.get(row).equals(others.get(row)));
            return there;
        };
        ChangedRun changed = new ChangedRun(model, run, sites, at);
        List<LatentSaliency> saliencies =
                LatentSaliency.of(change -> changed.logits(others.size(), change, token), turning, draws, seed);
        List<TurnedThing> all = new ArrayList<>();
        for (int i = 0; i < isRead.length; i++) {
            all.add(new TurnedThing(first[0], others.get(i), isRead[i], saliencies.get(i)));
        }
        return all;
    }
}
