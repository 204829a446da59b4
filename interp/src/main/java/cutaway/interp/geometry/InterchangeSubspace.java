package cutaway.interp.geometry;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.prompts.Pair;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.Adam;
import cutaway.tensor.Autograd;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;

/// The subspace of a site through which one run's answer can be put into another (distributed alignment search; Geiger
/// et al., arXiv:2303.02536): of the base's vector, the part in the subspace becomes the source's,
///
///     base + P (source - base),     P the projection onto the subspace
///
/// and the subspace is trained so that the model then gives the source's answer. It is told on pairs that it was not
/// trained on, beside a random subspace of the same rank, one that was trained to the same length on outcomes dealt at
/// random, and the whole vector. It holds no native memory.
///
/// @param directions orthonormal, `[rank][d]`
public record InterchangeSubspace(double[][] directions) {

    private static final double[] ONE = {1};

    /// A base into which a source's part is put.
    ///
    /// @param position of the site in both
    /// @param wanted the source's answer
    /// @param other the base's answer
    public record Case(int[] base, int[] source, int position, int wanted, int other) {}

    /// At which position the part is exchanged.
    public enum Where {
        /// The first at which a pair's prompts differ.
        DIFFERENCE,
        /// The last.
        LAST
    }

    /// @param rank of the subspace
    /// @param steps of Adam
    /// @param batch cases of a step
    /// @param rate of Adam
    /// @param heldOut share of the pairs that is not trained on, between 0 and 1
    public record Settings(int rank, int steps, int batch, double rate, double heldOut, long seed) {
        public Settings {
            if (rank < 1 || steps < 1 || batch < 1 || !(rate > 0) || !(heldOut > 0 && heldOut < 1)) {
                throw new BadInputException("a subspace of rank " + rank + " trained in " + steps + " steps of " + batch
                        + " cases at the rate " + rate + ", a share of " + heldOut
                        + " held out; expected at least 1 of each, a rate above 0, and a share between 0 and 1.");
            }
        }
    }

    /// How well exchanges do.
    ///
    /// @param accuracy share of cases in which the source's answer is likelier than the base's
    /// @param margin mean logit of the source's answer less that of the base's, nats
    public record Score(double accuracy, double margin) {}

    /// What came of a training, on cases that were held out.
    ///
    /// @param random of a random subspace of the same rank
    /// @param dealt of one that was trained on outcomes dealt at random
    /// @param whole of the whole vector
    /// @param none without an exchange
    public record Trial(
            InterchangeSubspace subspace,
            int trained,
            int heldOut,
            Score found,
            Score random,
            Score dealt,
            Score whole,
            Score none) {}

    /// Is told what part is done.
    public interface Progress {
        void tell(double done);
    }

    /// Both directions of each pair.
    public static List<Case> cases(List<Pair> pairs, Where where) {
        List<Case> cases = new ArrayList<>();
        for (Pair pair : pairs) {
            int[] prompt = pair.prompt().stream().mapToInt(Integer::intValue).toArray();
            int[] contrast =
                    pair.contrast().stream().mapToInt(Integer::intValue).toArray();
            int position = where == Where.LAST ? prompt.length - 1 : pair.firstDifference();
            cases.add(new Case(prompt, contrast, position, pair.against(), pair.answer()));
            cases.add(new Case(contrast, prompt, position, pair.answer(), pair.against()));
        }
        return cases;
    }

    /// @param site of the residual stream, or of what is added to it
    /// @param cases those of one pair one after the other; the last ones are held out
    /// @throws BadInputException when there are too few, or the rank is larger than the site is wide
    public static Trial train(Model model, Site site, List<Case> cases, Settings settings, Progress progress) {
        int d = model.sizes().dModel();
        int held = (int) Math.round(cases.size() * settings.heldOut / 2) * 2;
        int trained = cases.size() - held;
        if (held < 2 || trained < 2 || settings.rank > d) {
            throw new BadInputException(cases.size() / 2 + " pairs for a subspace of rank " + settings.rank
                    + ", a share of " + settings.heldOut
                    + " held out; expected a pair on each side at least, and a rank"
                    + " of " + d + " at most.");
        }
        List<Held> all = cases.stream().map(one -> Held.of(model, site, one)).toList();
        List<Held> training = all.subList(0, trained);
        List<Held> testing = all.subList(trained, all.size());
        boolean[] asked = new boolean[trained];
        Arrays.fill(asked, true);
        InterchangeSubspace found = trained(model, site, training, asked, settings, done -> progress.tell(done / 2));
        RandomGenerator deal = new Random(settings.seed + 1).generator();
        for (int i = 0; i < trained; i++) {
            asked[i] = deal.nextBoolean();
        }
        InterchangeSubspace dealt =
                trained(model, site, training, asked, settings, done -> progress.tell(0.5 + done / 2));
        InterchangeSubspace random = random(d, settings.rank, settings.seed + 2);
        return new Trial(
                found,
                trained,
                held,
                score(model, testing, found),
                score(model, testing, random),
                score(model, testing, dealt),
                score(model, testing, one -> one.source),
                score(model, testing, one -> one.base));
    }

    private static InterchangeSubspace random(int d, int rank, long seed) {
        return Scope.free(() -> ofColumns(new Random(seed).normal(d, rank)));
    }

    /// @param columns `[d, rank]`, of any lengths
    private static InterchangeSubspace ofColumns(Tensor columns) {
        Tensor rows = LinearAlgebra.qr(columns).q().transpose(0, 1);
        double[][] directions = new double[(int) rows.dim(0)][];
        Arrays.setAll(directions, i -> rows.select(0, i).toDoubles());
        return new InterchangeSubspace(directions);
    }

    /// `base + P (source - base)`.
    double[] exchanged(double[] base, double[] source) {
        double[] moved = base.clone();
        for (double[] direction : directions) {
            double along = 0;
            for (int i = 0; i < moved.length; i++) {
                along += direction[i] * (source[i] - base[i]);
            }
            for (int i = 0; i < moved.length; i++) {
                moved[i] += along * direction[i];
            }
        }
        return moved;
    }

    /// A case with what the site holds in both runs.
    private record Held(Case of, Site site, double[] base, double[] source) {

        static Held of(Model model, Site site, Case one) {
            return new Held(one, site, at(model, site, one.base, one), at(model, site, one.source, one));
        }

        private static double[] at(Model model, Site site, int[] ids, Case one) {
            try (Trace trace = Runs.toLast(model, Source.of(ids, List.of()), List.of(site))) {
                return Scope.free(() ->
                        trace.at(site).select(0, 0).select(0, one.position).toDoubles());
            }
        }

        List<Edit> edits(double[] value) {
            return List.of(new Edit.Replace(site, Positions.of(of.position), Values.of(value)));
        }

        /// @param isExchanged whether the source's answer is the one that is wanted
        Metric margin(boolean isExchanged) {
            return isExchanged
                    ? new Metric.LogitDifference(of.wanted, of.other)
                    : new Metric.LogitDifference(of.other, of.wanted);
        }
    }

    private static Score score(Model model, List<Held> cases, InterchangeSubspace subspace) {
        return score(model, cases, one -> subspace.exchanged(one.base, one.source));
    }

    private interface Value {
        double[] of(Held one);
    }

    private static Score score(Model model, List<Held> cases, Value value) {
        double sum = 0;
        int right = 0;
        for (Held one : cases) {
            double margin = Runs.measure(model, one.of.base, one.edits(value.of(one)), one.margin(true));
            sum += margin;
            right += margin > 0 ? 1 : 0;
        }
        return new Score((double) right / cases.size(), sum / cases.size());
    }

    /// Lowers `log(1 + e^-margin)`. The slope of a margin at the site is the run's own; that of the site's value by
    /// the subspace's columns A is that of `A (A^T A)^-1 A^T (source - base)`.
    ///
    /// @param asked of each case, whether the source's answer is wanted
    private static InterchangeSubspace trained(
            Model model, Site site, List<Held> cases, boolean[] asked, Settings settings, Progress progress) {
        int d = cases.getFirst().base.length;
        Tensor columns =
                Scope.detach(new Random(settings.seed).normal(d, settings.rank).over(Math.sqrt(d)));
        RandomGenerator random = new Random(settings.seed).generator();
        try (columns;
                Adam adam = new Adam(Map.of("columns", columns), Adam.Settings.USUAL)) {
            for (int step = 0; step < settings.steps; step++) {
                progress.tell((double) step / settings.steps);
                try (Scope _ = Scope.open()) {
                    InterchangeSubspace now = ofColumns(columns);
                    int batch = Math.min(settings.batch, cases.size());
                    double[] slopes = new double[batch * d];
                    double[] changes = new double[batch * d];
                    for (int i = 0; i < batch; i++) {
                        int drawn = random.nextInt(cases.size());
                        Held one = cases.get(drawn);
                        double[] slope = slope(model, site, one, now, asked[drawn]);
                        for (int j = 0; j < d; j++) {
                            slopes[i * d + j] = slope[j] / batch;
                            changes[i * d + j] = one.source[j] - one.base[j];
                        }
                    }
                    Tensor tracked = Autograd.track(columns);
                    Tensor change = Tensor.of(changes, batch, d).to(Dtype.F32);
                    Tensor inside = tracked.matmul(LinearAlgebra.solve(
                            tracked.transpose(0, 1).matmul(tracked),
                            change.matmul(tracked).transpose(0, 1))); // [d, batch]
                    Tensor loss = inside.transpose(0, 1)
                            .times(Tensor.of(slopes, batch, d).to(Dtype.F32))
                            .sum();
                    Tensor gradient = Autograd.gradients(loss, List.of(tracked)).getFirst();
                    adam.step(Map.of("columns", gradient), settings.rate, ONE);
                }
            }
            return Scope.free(() -> ofColumns(columns));
        }
    }

    /// The slope of a case's loss by the site's value.
    private static double[] slope(Model model, Site site, Held one, InterchangeSubspace now, boolean isExchanged) {
        List<Edit> edits = one.edits(now.exchanged(one.base, one.source));
        Metric metric = one.margin(isExchanged);
        double margin = Runs.measure(model, one.of.base, edits, metric);
        double weight = -1 / (1 + Math.exp(margin));
        Map<Site, Tensor> gradients = Runs.gradients(model, one.of.base, edits, metric, List.of(site));
        try (Tensor gradient = Objects.requireNonNull(gradients.get(site))) {
            double[] slope = Scope.free(
                    () -> gradient.select(0, 0).select(0, one.of.position).toDoubles());
            for (int i = 0; i < slope.length; i++) {
                slope[i] *= weight;
            }
            return slope;
        }
    }
}
