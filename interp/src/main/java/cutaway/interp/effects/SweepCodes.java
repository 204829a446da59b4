package cutaway.interp.effects;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Errors;
import cutaway.interp.basis.Latent;
import cutaway.interp.basis.Term;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
    private final Map<ErrorTerm, Map<Site, double[]>> errorMeans = new HashMap<>();
    private final Map<Run, Errors> errors = new LinkedHashMap<>(); // the last few: each is as large as a site

    private static final int KEPT = 8;

    private record Run(Basis basis, Source source) {}

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

    /// What its codes do not say of a run of a pair.
    Errors errors(Basis basis, Source unedited) {
        Run run = new Run(basis, unedited);
        Errors known = errors.remove(run);
        Errors found = known == null ? basis.errors(model, unedited) : known;
        if (errors.size() >= KEPT) {
            errors.remove(errors.keySet().iterator().next());
        }
        errors.put(run, found);
        return found;
    }

    /// Gives a term in one run of a pair what it is in the other.
    List<Edit> patched(Term term, Source run, Source from, Chosen at) {
        return switch (term) {
            case Latent latent -> {
                Codes there = of(latent.basis(), from);
                yield latent.set(
                        of(latent.basis(), run), at.first(), at.last(), position -> there.at(position, latent.index()));
            }
            case ErrorTerm error ->
                List.copyOf(
                        error.patch(errors(error.basis(), run), errors(error.basis(), from), at.first(), at.last()));
        };
    }

    /// Takes a term away in a run of a pair, or puts its mean over all prompts in its place.
    List<Edit> ablated(Term term, Source run, Chosen at, boolean byMean) {
        return switch (term) {
            case Latent latent -> {
                double put = byMean ? mean(latent) : 0;
                yield latent.set(of(latent.basis(), run), at.first(), at.last(), _ -> put);
            }
            case ErrorTerm error -> {
                Errors here = errors(error.basis(), run);
                yield List.copyOf(
                        byMean
                                ? error.put(here, at.first(), at.last(), mean(error))
                                : error.leaveOut(here, at.first(), at.last()));
            }
        };
    }

    /// Its mean over all tokens of all prompts of the sweep.
    private Map<Site, double[]> mean(ErrorTerm error) {
        return errorMeans.computeIfAbsent(
                error,
                _ -> error.mean(pairs.stream()
                        .map(Pair::promptRun)
                        .distinct()
                        .map(run -> error.basis().errors(model, run))));
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
