package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What the parts of a dictionary's error are worth to a model's predictions (Engels et al. 2024, arXiv:2410.14670):
/// the model is run on with the reconstruction in place of the activation, with the linear part of the error added to
/// it, and with the rest added,
///
///     y^        y^ + e_lin        y^ + e_non
///
/// and each is held against the model as it is, and against the mean activation in place. Tokens that do not count
/// keep their activation in every run.
///
/// @param contexts that were run
/// @param tokens whose next token was predicted
/// @param whole cross-entropy of the model as it is, nats a token
/// @param mean with the mean activation in place
/// @param rows in the order above
public record SplicedError(int contexts, long tokens, double whole, double mean, List<Row> rows) {

    private static final List<String> WHAT =
            List.of("reconstruction", "with the linear part of the error", "with the rest of it");

    public SplicedError {
        rows = List.copyOf(rows);
    }

    /// One run.
    ///
    /// @param what stands in place of the activation
    /// @param crossEntropy nats a token
    /// @param variance share of the activation's variance that is there: 1 - FVU
    /// @param loss share of the cross-entropy that the mean in place costs, and this does not
    /// @param errorVariance share of the reconstruction's squared error that is made good
    /// @param errorLoss share of the cross-entropy that the reconstruction costs, and this does not
    public record Row(
            String what, double crossEntropy, double variance, double loss, double errorVariance, double errorLoss) {}

    /// @param split fitted to other text
    /// @param contexts token ids of each
    /// @param settings which tokens count, and how many contexts run side by side
    /// @throws BadInputException when the dictionary does not fit the model, or no token counts
    public static SplicedError measure(
            Model model,
            Dictionary dictionary,
            ErrorSplit split,
            List<int[]> contexts,
            Settings settings,
            Judge.Progress progress) {
        Splice splice = new Splice(model, dictionary.origin(), dictionary.dIn(), dictionary.dOut());
        Counting counting = new Counting(model, settings);
        List<Context> all = contexts.stream().map(ids -> new Context(0, ids)).toList();
        try (Scope _ = Scope.open()) {
            Sums sums = new Sums(split.meanY());
            for (List<Context> batch : Batches.of(all, settings.batch(), "splicing the error's parts", progress)) {
                List<int[]> ids = batch.stream().map(Context::ids).toList();
                try (Splice.Run run = splice.new Run(ids)) {
                    sums.add(model, dictionary, split, ids, run, counting);
                }
            }
            if (sums.tokens == 0) {
                throw new BadInputException("no token of the text to splice into counts; give a longer text.");
            }
            return sums.measured(contexts.size());
        }
    }

    private static final class Sums {

        private static final int SPLICED = 2; // runs before those that are spliced: the whole one, and the mean's

        private final Tensor meanY;
        private final Tensor off;
        private final double[] entropy = new double[SPLICED + WHAT.size()];
        private final double[] errors = new double[WHAT.size()];
        private double squares;
        private long counted;
        private long tokens;

        /// @param meanY `[dOut]` float64
        Sums(Tensor meanY) {
            this.meanY = meanY;
            this.off = meanY.times(0);
        }

        void add(
                Model model,
                Dictionary dictionary,
                ErrorSplit split,
                List<int[]> ids,
                Splice.Run run,
                Counting counting) {
            List<int[]> rows = Batches.counted(ids, run.values, counting);
            Tensor at = Sample.rows(rows);
            if (at.dim(0) == 0) {
                return;
            }
            Tensor whole = run.values.outputs();
            Tensor x = run.values.inputs().gatherRows(0, at).to(dictionary.dtype());
            Tensor y = whole.gatherRows(0, at).to(Dtype.F64);
            Tensor made = dictionary.reconstruct(x.contiguous()).to(Dtype.F64);
            Tensor linear = split.linear(x);
            Tensor rest = y.minus(made).minus(linear);
            List<Tensor> parts = List.of(made, made.plus(linear), made.plus(rest));
            List<Tensor> runs = new ArrayList<>(
                    List.of(run.last, spliced(run, whole, at, y.times(0).plus(meanY))));
            for (int i = 0; i < parts.size(); i++) {
                errors[i] += y.minus(parts.get(i)).square().sum().item();
                runs.add(spliced(run, whole, at, parts.get(i)));
            }
            Tensor about = y.minus(meanY);
            squares += about.square().sum().item();
            off.assign(off.plus(about.sum(0, false)));
            counted += at.dim(0);
            Batches.Following following = Batches.following(ids, rows, counting);
            List<Predictions.Of> found = Predictions.of(model, runs, following.rows(), following.next());
            for (int i = 0; i < entropy.length; i++) {
                entropy[i] += Arrays.stream(found.get(i).crossEntropy()).sum();
            }
            tokens += following.next().length;
        }

        private static Tensor spliced(Splice.Run run, Tensor whole, Tensor at, Tensor rows) {
            return run.with(whole.replaceRows(0, at, rows.to(whole.dtype())));
        }

        SplicedError measured(int contexts) {
            double variance = squares - off.square().sum().item() / counted;
            double[] loss = Arrays.stream(entropy).map(sum -> sum / tokens).toArray();
            List<Row> rows = IntStream.range(0, WHAT.size())
                    .mapToObj(i -> new Row(
                            WHAT.get(i),
                            loss[SPLICED + i],
                            1 - errors[i] / variance,
                            (loss[1] - loss[SPLICED + i]) / (loss[1] - loss[0]),
                            1 - errors[i] / errors[0],
                            (loss[SPLICED] - loss[SPLICED + i]) / (loss[SPLICED] - loss[0])))
                    .toList();
            return new SplicedError(contexts, tokens, loss[0], loss[1], rows);
        }
    }
}
