package cutaway.interp.explain;

import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Errors;
import cutaway.interp.basis.Latent;
import cutaway.interp.circuit.Setting;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Placebo;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.explain.Explanation.ErrorLost;
import cutaway.interp.explain.Explanation.Feature;
import cutaway.interp.explain.Explanation.Features;
import cutaway.interp.explain.Explanation.Written;
import cutaway.interp.run.Reach;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.parts.Tap;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What the features of a dictionary do to the margin on the prompt: each that is active at a position is set to 0
/// there, the rest left as it is, and a random direction as long as what it says is taken away in its place as a
/// control. The error term is kept, or left out of all of these runs.
final class FeatureEffects {

    /// Of more active features, those with the largest estimates are measured.
    private static final int MEASURED = 400;

    private static final int SHOWN = 12;
    private static final int WRITTEN = 5;

    private final Setting setting;
    private final Basis basis;
    private final boolean withoutError;
    private final Random random;

    FeatureEffects(Setting setting, Basis basis, boolean withoutError, long seed) {
        this.setting = setting;
        this.basis = basis;
        this.withoutError = withoutError;
        this.random = new Random(seed);
    }

    /// A feature at a position where it is active.
    ///
    /// @param said what it adds there, at each site
    /// @param estimate of the margin that is lost without it, to first order
    private record Active(Latent latent, int pos, double activation, List<Basis.Part> said, double estimate) {

        List<Edit> add(UnaryOperator<double[]> inPlaceOfSaid) {
            return said.stream()
                    .<Edit>map(part ->
                            new Edit.Add(part.site(), Positions.of(pos), Values.of(inPlaceOfSaid.apply(part.vector()))))
                    .toList();
        }
    }

    /// @param progress is told how many runs are done
    Features measure(IntConsumer progress) {
        Codes codes = basis.codes(setting.model(), setting.prompt());
        List<Edit.Replace> splice = basis.splice(setting.model(), setting.prompt());
        Source base = withoutError ? Source.of(setting.ids(), List.copyOf(splice)) : setting.prompt();
        List<Active> active = active(codes, gradients(base));
        List<Active> measured = active.stream()
                .sorted(Comparator.comparingDouble((Active one) -> -Math.abs(one.estimate)))
                .limit(MEASURED)
                .toList();
        List<List<Edit>> variants = new ArrayList<>();
        measured.forEach(one -> variants.add(one.add(said -> scaled(said, -1))));
        measured.forEach(one -> variants.add(one.add(this::randomly)));
        double[] lost = lost(base, variants, progress);
        int n = measured.size();
        double[] error = lost(
                setting.prompt(),
                List.of(List.copyOf(splice), errorsAsRandom(splice)),
                done -> progress.accept(2 * n + done));
        List<Feature> strongest = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(lost[i])))
                .limit(SHOWN)
                .map(i -> feature(measured.get(i), lost[i], lost[n + i]))
                .toList();
        return new Features(
                basis.name(),
                basis.place(),
                withoutError,
                basis.width(),
                active.size(),
                n,
                strongest,
                IntStream.range(n, 2 * n)
                        .mapToDouble(i -> Math.abs(lost[i]))
                        .max()
                        .orElse(0),
                error[0],
                error[1],
                errorParts(done -> progress.accept(2 * n + 2 + done)));
    }

    /// What each part of the error is worth to the model's own run, beside random changes as long.
    private List<ErrorLost> errorParts(IntConsumer progress) {
        if (!basis.splitsError()) {
            return List.of();
        }
        Errors errors = basis.errors(setting.model(), setting.prompt());
        List<ErrorPart> parts = List.of(ErrorPart.LINEAR, ErrorPart.NONLINEAR);
        List<List<Edit>> variants = new ArrayList<>();
        for (ErrorPart part : parts) {
            List<Edit.Add> taken = new ErrorTerm(basis, part).leaveOut(errors, 0, errors.length() - 1);
            variants.add(List.copyOf(taken));
            variants.add(taken.stream()
                    .map(edit -> Scope.free(() ->
                            Placebo.of(edit.site(), edit.pos(), edit.values().tensor(Dtype.F64), random)))
                    .toList());
        }
        double[] lost = lost(setting.prompt(), variants, progress);
        return IntStream.range(0, parts.size())
                .mapToObj(i -> new ErrorLost(parts.get(i).text(), lost[2 * i], lost[2 * i + 1]))
                .toList();
    }

    private List<Active> active(Codes codes, Map<Site, double[][]> gradients) {
        List<Active> active = new ArrayList<>();
        for (int pos = 0; pos < codes.length(); pos++) {
            for (int index : codes.active(pos, pos)) {
                Latent latent = new Latent(basis, index);
                double code = codes.at(pos, index);
                double by = codes.scales()[pos] * code;
                List<Basis.Part> said = basis.direction(index).stream()
                        .map(part -> new Basis.Part(part.site(), scaled(part.vector(), by)))
                        .toList();
                double estimate = 0;
                for (Basis.Part part : said) {
                    double[] gradient = Objects.requireNonNull(gradients.get(part.site()))[pos];
                    for (int i = 0; i < gradient.length; i++) {
                        estimate += part.vector()[i] * gradient[i];
                    }
                }
                active.add(new Active(latent, pos, code, said, estimate));
            }
        }
        return active;
    }

    /// `d margin / d value` where features are added, of each site `[pos][d of the site]`.
    private Map<Site, double[][]> gradients(Source run) {
        Map<Site, Tensor> found =
                Runs.gradients(setting.model(), setting.ids(), run.edits(), setting.metric(), basis.outputs());
        Map<Site, double[][]> rows = new HashMap<>();
        found.forEach((site, gradient) -> rows.put(site, Scope.free(() -> {
            Tensor all = gradient.reshape(setting.length(), -1);
            return IntStream.range(0, setting.length())
                    .mapToObj(pos -> all.select(0, pos).toDoubles())
                    .toArray(double[][]::new);
        })));
        found.values().forEach(Tensor::close);
        return rows;
    }

    private static double[] scaled(double[] vector, double by) {
        return DoubleStream.of(vector).map(part -> part * by).toArray();
    }

    /// A random vector as long as one.
    private double[] randomly(double[] like) {
        return random.direction(like.length, length(like));
    }

    private static double length(double[] vector) {
        return Math.sqrt(DoubleStream.of(vector).map(part -> part * part).sum());
    }

    /// Adds at each position a random vector as long as the error there: the control of taking the error out.
    private List<Edit> errorsAsRandom(List<Edit.Replace> splice) {
        try (Trace trace = Runs.toLast(setting.model(), setting.prompt(), basis.outputs());
                Scope scope = Scope.open()) {
            return splice.stream()
                    .map(edit -> errorAsRandom(edit, trace.at(edit.site()).select(0, 0)))
                    .toList();
        }
    }

    /// @param computed what stands at the site, `[pos, …]`
    private Edit errorAsRandom(Edit.Replace splice, Tensor computed) {
        int[] places = splice.pos().in(setting.length());
        Tensor there = computed.to(Dtype.F64)
                .reshape(setting.length(), -1)
                .gatherRows(0, Tensor.of(Arrays.stream(places).asLongStream().toArray()));
        Tensor error = splice.values().tensor(Dtype.F64).minus(there); // [some pos, d of the site]
        return Placebo.of(splice.site(), Positions.of(places), error, random);
    }

    /// The margin of a run that is lost under each variant; 0 for those that cannot reach it.
    private double[] lost(Source base, List<List<Edit>> variants, IntConsumer progress) {
        List<List<Edit>> reaching = Reach.of(setting.metric(), setting.model().sizes(), setting.length())
                .reaching(variants);
        try (Sweep sweep = new Sweep(setting.model(), base, setting.metric())) {
            return DoubleStream.of(sweep.measure(reaching, progress))
                    .map(value -> sweep.baseline() - value)
                    .toArray();
        }
    }

    private Feature feature(Active one, double ablation, double placebo) {
        return new Feature(
                one.latent.index(), one.pos, one.activation, ablation, one.estimate, placebo, written(one.latent));
    }

    /// The tokens whose logits grow most where the residual stream is what its direction adds to it alone, at all sites
    /// together, above those of a stream of zeros; none where it is not added to the residual stream.
    private List<Written> written(Latent latent) {
        double[] direction = new double[setting.model().sizes().dModel()];
        boolean toStream = false;
        for (Basis.Part part : basis.direction(latent.index())) {
            switch (part.site()) {
                case Site.Resid _, Site.AttnOut _, Site.MlpOut _, Site.Embed _ -> {
                    toStream = true;
                    Arrays.setAll(direction, i -> direction[i] + part.vector()[i]);
                }
                default -> {}
            }
        }
        if (!toStream) {
            return List.of();
        }
        return Scope.free(() -> {
            double[] both = new double[2 * direction.length]; // and nothing at all
            System.arraycopy(direction, 0, both, 0, direction.length);
            Tensor stream = Tensor.of(both, 2, 1, direction.length)
                    .to(setting.model().transformer().dtype());
            Tensor logits =
                    setting.model().transformer().unembed(stream, Tap.NONE).select(1, 0); // [2, vocab]
            Tensor.Top top =
                    logits.select(0, 0).minus(logits.select(0, 1)).top((int) Math.min(WRITTEN, logits.dim(-1)));
            double[] values = top.values().toDoubles();
            long[] ids = top.indices().toLongs();
            return IntStream.range(0, ids.length)
                    .mapToObj(i -> new Written(
                            (int) ids[i], setting.model().tokenizer().token((int) ids[i]), values[i]))
                    .toList();
        });
    }
}
