package cutaway.interp.effects;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Errors;
import cutaway.interp.basis.Latent;
import cutaway.interp.basis.Term;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Runs.Slope;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// Attribution patching: activation patching to first order, for all targets from two runs and one gradient. See
/// [cutaway.interp.attribution.AttributionPatching] for the equation and where it is wrong.
public record GradientPatching(Direction direction) implements Method {

    @Override
    public String text() {
        return "attribution";
    }

    @Override
    public String how() {
        return direction.text() + ", to first order";
    }

    @Override
    public List<SiteChoice> usualSites() {
        return List.of(SiteChoice.parse("head_z"), SiteChoice.parse("mlp_out@all"));
    }

    @Override
    public List<Effect> effects(PairRun run) {
        Pair pair = run.pair();
        Source other = run.other(direction);
        checkHasSlope(run.metric());
        double baseline = run.measure(run.base(direction));
        OptionalDouble toRecover = run.toRecover(direction, baseline, run.measure(other));
        double[] estimates = run.compute(run.targets().size(), () -> estimates(run));
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < estimates.length; i++) {
            effects.add(Effect.of(pair, run.targets().get(i), baseline + estimates[i], baseline, toRecover));
        }
        return effects;
    }

    /// @throws BadInputException for a metric that is flat at the run that it starts from
    static void checkHasSlope(Metric metric) {
        if (metric instanceof Metric.Divergence) {
            throw new BadInputException("KL from the unedited run is least at that run, so its gradient there is 0 and"
                    + " says nothing; give --metric margin or logprob, or --method patch.");
        }
    }

    private double[] estimates(PairRun run) {
        List<Site> wholes = run.targets().stream()
                .filter(target -> target.term().isEmpty())
                .map(target -> Site.of(target.site().point()))
                .distinct()
                .toList();
        List<Site> written = run.targets().stream()
                .flatMap(target -> target.term().stream())
                .map(Term::basis)
                .distinct()
                .flatMap(basis -> basis.outputs().stream())
                .distinct()
                .toList();
        Source base = run.base(direction);
        Source other = run.other(direction);
        Map<Point, Changes> changes = new HashMap<>();
        Map<Site, double[][]> gradients = new HashMap<>();
        try (Scope scope = Scope.open();
                Trace there = Runs.run(run.model(), Batch.of(other.ids(run.model())), other.edits(), wholes)) {
            List<Site> all =
                    Stream.concat(wholes.stream(), written.stream()).distinct().toList();
            Map<Site, Slope> here = Runs.slopes(run.model(), base.ids(run.model()), base.edits(), run.metric(), all);
            wholes.forEach(site -> {
                Slope slope = Objects.requireNonNull(here.get(site));
                changes.put(site.point(), Scope.free(() -> Changes.of(site.point(), there.at(site), slope)));
            });
            written.forEach(site -> gradients.put(
                    site, rows(Objects.requireNonNull(here.get(site)).gradient())));
        }
        return run.targets().stream()
                .mapToDouble(target -> target.term()
                        .map(term -> switch (term) {
                            case Latent latent -> estimate(latent, target, run, gradients);
                            case ErrorTerm error -> estimate(error, target, run, gradients);
                        })
                        .orElseGet(() -> changes.getOrDefault(target.site().point(), Changes.NONE)
                                .of(target)))
                .toArray();
    }

    /// @param gradient `[1, pos, …]`
    /// @return `[pos][d of the site]`
    private static double[][] rows(Tensor gradient) {
        return Scope.free(() -> {
            int length = Math.toIntExact(gradient.dim(1));
            Tensor rows = gradient.reshape(length, -1);
            double[][] all = new double[length][];
            Arrays.setAll(all, position -> rows.select(0, position).toDoubles());
            return all;
        });
    }

    /// `sum_pos s (f' - f) sum_site d . gradient`.
    private double estimate(Latent latent, Target target, PairRun run, Map<Site, double[][]> gradients) {
        Codes other = run.codes().of(latent.basis(), direction.other(run.pair()));
        int first = target.at().first();
        double[] changes = latent.changes(
                run.codes().of(latent.basis(), direction.base(run.pair())),
                first,
                target.at().last(),
                position -> other.at(position, latent.index()));
        double sum = 0;
        for (Basis.Part part : latent.basis().direction(latent.index())) {
            double[][] gradient = Objects.requireNonNull(gradients.get(part.site()));
            for (int i = 0; i < changes.length; i++) {
                for (int number = 0; changes[i] != 0 && number < part.vector().length; number++) {
                    sum += changes[i] * part.vector()[number] * gradient[first + i][number];
                }
            }
        }
        return sum;
    }

    /// `sum_pos sum_site (e' - e) . gradient`.
    private double estimate(ErrorTerm error, Target target, PairRun run, Map<Site, double[][]> gradients) {
        Errors here = run.codes().errors(error.basis(), direction.base(run.pair()));
        Errors there = run.codes().errors(error.basis(), direction.other(run.pair()));
        int first = target.at().first();
        double sum = 0;
        for (Map.Entry<Site, double[][]> change : error.changes(
                        here, first, target.at().last(), error.from(here, there))
                .entrySet()) {
            double[][] gradient = Objects.requireNonNull(gradients.get(change.getKey()));
            for (int i = 0; i < change.getValue().length; i++) {
                double[] row = change.getValue()[i];
                for (int number = 0; number < row.length; number++) {
                    sum += row[number] * gradient[first + i][number];
                }
            }
        }
        return sum;
    }

    /// First-order changes of the metric by a value's parts.
    ///
    /// @param parts heads or neurons; 1 for a whole value
    /// @param values `[pos, part]`
    private record Changes(int parts, double[] values) {

        static final Changes NONE = new Changes(1, new double[0]);

        static Changes of(Point point, Tensor there, Slope slope) {
            Tensor change = there.minus(slope.value());
            if (point.kind() == Kind.SCORES) { // a key out of sight has -inf in both runs
                change = change.maskedFill(change.isFinite().not(), 0);
            }
            Tensor product = change.times(slope.gradient()); // [1, pos, …]
            Tensor byPart = switch (point.kind().axes()) {
                case HEAD, KV_HEAD, HEAD_MODEL -> product.sum(-1, false); // [1, pos, head]
                case PAIR -> product.sum(-1, false).transpose(1, 2); // [1, qPos, head]
                case MLP -> product; // [1, pos, neuron]
                case MODEL, VOCAB, ONE -> product.sum(-1, true);
                case HEAD_ONE -> product.sum(-1, false).sum(-1, true);
            };
            return new Changes((int) byPart.dim(2), byPart.toDoubles());
        }

        double of(Target target) {
            Site site = target.site();
            int first = 0;
            int last = parts - 1;
            if (site.onlyHead().isPresent() || site.onlyNeuron().isPresent()) {
                first = site.onlyHead().orElseGet(() -> site.onlyNeuron().orElseThrow());
                last = first;
            }
            double sum = 0;
            for (int position = target.at().first(); position <= target.at().last(); position++) {
                for (int part = first; part <= last; part++) {
                    sum += values[position * parts + part];
                }
            }
            return sum;
        }
    }
}
