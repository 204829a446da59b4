package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.interp.statistics.Bootstrap;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/// Judges a dictionary on a model and a text.
///
/// The text for fitting says how many latents are active, and gives the rivals their means and components; the other
/// text is run once as it is and once for each coding with the reconstruction spliced in.
public final class Judge implements AutoCloseable {

    /// Told of the work.
    public interface Progress {
        /// @param step what is being done
        /// @param done of `all` contexts
        void step(String step, int done, int all);
    }

    private final Model model;
    private final Settings settings;
    private final Splice splice;
    private final Sample sample;
    private final int k;
    private final Counting counting;
    private final Contestant own;
    private final Map<String, Contestant> rivals = new LinkedHashMap<>();
    private final Tensor meanY;

    private Judge(Dictionary dictionary, Model model, Text text, Settings settings, Progress progress) {
        this.model = model;
        this.settings = settings;
        splice = new Splice(model, dictionary.origin(), dictionary.dIn(), dictionary.dOut());
        counting = new Counting(model, settings);
        sample = Sample.read(splice, text.fit(), new Counting(model, settings), settings.batch(), progress);
        Coding coding = Coding.of(dictionary);
        k = sample.activeLatents(coding);
        progress.step("fitting the rivals", 0, 1);
        own = Contestant.of(coding, false, sample);
        try (Moments moments = new Moments(dictionary.dIn(), dictionary.dOut())) {
            sample.chunks(moments::add);
            meanY = Scope.detach(Scope.keep(moments::meanB));
            enter("PCA", LinearCoding.fit(moments, sample.same(), k), true);
        }
        enter(
                "random",
                Coding.owning(Rivals.random(sample.x(), sample.y(), dictionary.width(), k, settings.seed())),
                false);
        if (sample.same()) {
            enter("neurons", Coding.owning(Rivals.neurons(sample.x(), k)), false);
        }
    }

    private void enter(String name, Coding coding, boolean dense) {
        rivals.put(name, Contestant.of(coding, dense, sample));
    }

    /// @throws BadInputException when the dictionary does not fit the model, or no token of the text counts
    public static Judgement judge(Dictionary dictionary, Model model, Text text, Settings settings, Progress progress) {
        try (Judge judge = new Judge(dictionary, model, text, settings, progress)) {
            for (List<Context> batch : Batches.of(text.judged(), settings.batch(), "judging", progress)) {
                judge.read(batch.stream().map(Context::ids).toList());
            }
            List<Judgement.Row> rows = judge.rows();
            rows.addAll(WeightCosines.rows(dictionary, Rivals.unitRows(dictionary, settings.seed())));
            return new Judgement(
                    text.judged().size(),
                    judge.counting.tokens(),
                    judge.sample.x().dim(0),
                    judge.k,
                    rows,
                    judge.own.active().histogram());
        }
    }

    private List<Contestant> all() {
        List<Contestant> all = new ArrayList<>(List.of(own));
        all.addAll(rivals.values());
        return all;
    }

    private void read(List<int[]> ids) {
        try (Splice.Run run = splice.new Run(ids)) {
            List<int[]> counted = Batches.counted(ids, run.values, counting); // rows of the batch, by context
            Tensor rows = Sample.rows(counted);
            Tensor whole = run.values.outputs();
            Tensor x = run.values.inputs().gatherRows(0, rows);
            Tensor y = run.values.inputs() == whole ? x : whole.gatherRows(0, rows);
            Tensor zero = y.times(0);
            List<Tensor> residuals = new ArrayList<>(List.of(
                    run.last,
                    run.with(whole.replaceRows(0, rows, zero)),
                    run.with(whole.replaceRows(0, rows, zero.plus(meanY.to(y.dtype()))))));
            all().forEach(contestant ->
                    residuals.add(run.with(whole.replaceRows(0, rows, contestant.reconstruct(counted, x, y)))));
            losses(ids, counted, residuals);
        }
    }

    /// @param residuals of the whole run, of that with zero, with the mean, and with each contestant's
    ///     reconstruction
    private void losses(List<int[]> ids, List<int[]> counted, List<Tensor> residuals) {
        Batches.Following following = Batches.following(ids, counted, counting);
        List<Predictions.Of> found = Predictions.of(model, residuals, following.rows(), following.next());
        int at = 3;
        for (Contestant contestant : all()) {
            Predictions.Of spliced = found.get(at++);
            int from = 0;
            for (int count : following.counts()) {
                if (count > 0) {
                    Losses losses = losses(found, spliced, from, from + count);
                    contestant.losses().forEach(tally -> tally.add(losses));
                }
                from += count;
            }
        }
    }

    private static Losses losses(List<Predictions.Of> found, Predictions.Of spliced, int from, int to) {
        return new Losses(
                to - from,
                sum(found.getFirst().crossEntropy(), from, to),
                sum(spliced.crossEntropy(), from, to),
                sum(found.get(1).crossEntropy(), from, to),
                sum(found.get(2).crossEntropy(), from, to),
                sum(spliced.divergence(), from, to),
                sum(found.get(1).divergence(), from, to),
                sum(found.get(2).divergence(), from, to));
    }

    private static double sum(double[] values, int from, int to) {
        return Arrays.stream(values, from, to).sum();
    }

    private List<Judgement.Row> rows() {
        List<Judgement.Row> rows = new ArrayList<>();
        for (int i = 0; i < own.reconstruction().size(); i++) {
            int metric = i;
            rows.add(row(contestant -> contestant.reconstruction().get(metric)));
        }
        for (int i = 0; i < own.losses().size(); i++) {
            int metric = i;
            rows.add(row(contestant -> contestant.losses().get(metric)));
        }
        rows.add(row("dead", Frequencies::dead));
        rows.add(row("active on over 1 %", active -> active.denserThan(0.01)));
        rows.add(row("active on over 10 %", active -> active.denserThan(0.1)));
        return rows;
    }

    private <M> Judgement.Row row(Function<Contestant, Tally<M>> of) {
        Bootstrap bootstrap = Bootstrap.seeded(settings.seed());
        Metric<M> metric = of.apply(own).metric();
        Map<String, Estimate> others = new LinkedHashMap<>();
        rivals.forEach((name, rival) -> others.put(name, of.apply(rival).estimate(bootstrap)));
        return new Judgement.Row(metric.label(), metric.unit(), of.apply(own).estimate(bootstrap), others);
    }

    private Judgement.Row row(String metric, ToDoubleFunction<Frequencies> of) {
        Map<String, Estimate> others = new LinkedHashMap<>();
        rivals.forEach((name, rival) -> {
            if (!rival.dense()) {
                others.put(name, Estimate.exact(of.applyAsDouble(rival.active())));
            }
        });
        return new Judgement.Row(metric, "share of latents", Estimate.exact(of.applyAsDouble(own.active())), others);
    }

    @Override
    public void close() {
        sample.close();
        meanY.close();
        own.close();
        rivals.values().forEach(Contestant::close);
    }
}
