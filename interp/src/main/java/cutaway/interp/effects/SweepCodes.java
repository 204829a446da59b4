package cutaway.interp.effects;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.model.Model;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// The runs of a sweep's pairs, and their codes in its bases, each run once.
///
/// Without error terms a run has its reconstruction in place; its codes are those of the model's own run, from which
/// the reconstruction is made.
final class SweepCodes {

    private final Model model;
    private final List<Pair> pairs;
    private final Bases bases;
    private final Map<Source, Source> spliced = new HashMap<>();
    private final Map<Basis, Map<Source, Codes>> codes = new HashMap<>();
    private final Map<Latent, Double> means = new HashMap<>();

    SweepCodes(Model model, List<Pair> pairs, Bases bases) {
        this.model = model;
        this.pairs = pairs;
        this.bases = bases;
    }

    /// A run of a pair, as the sweep runs it.
    Source run(Source unedited) {
        return bases.spliced() ? spliced.computeIfAbsent(unedited, this::splice) : unedited;
    }

    private Source splice(Source run) {
        return new Source(
                run.prompt(), run.ids(), List.copyOf(bases.all().getFirst().splice(model, run)));
    }

    /// The codes of a run of a pair.
    Codes of(Basis basis, Source unedited) {
        return codes.computeIfAbsent(basis, _ -> new HashMap<>())
                .computeIfAbsent(unedited, run -> basis.codes(model, run));
    }

    /// Its mean code over all positions of all prompts of the sweep.
    double mean(Latent latent) {
        return means.computeIfAbsent(latent, this::meanOnce);
    }

    private double meanOnce(Latent latent) {
        double sum = 0;
        int count = 0;
        for (Source run : pairs.stream().map(Pair::promptRun).distinct().toList()) {
            Codes of = of(latent.basis(), run);
            for (int position = 0; position < of.length(); position++) {
                sum += of.at(position, latent.index());
            }
            count += of.length();
        }
        return sum / count;
    }

    /// The directions that are active in the prompt's run, or where the contrast counts too in either.
    SortedSet<Integer> active(Basis basis, Pair pair, Chosen at, boolean orContrast) {
        SortedSet<Integer> active = of(basis, pair.promptRun()).active(at.first(), at.last());
        if (orContrast) {
            active.addAll(of(basis, pair.contrastRun()).active(at.first(), at.last()));
        }
        return active;
    }
}
