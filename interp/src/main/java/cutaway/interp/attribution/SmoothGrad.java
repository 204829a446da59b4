package cutaway.interp.attribution;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Runs.Slope;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// SmoothGrad (Smilkov et al. 2017, arXiv:1706.03825, section 3): the mean gradient of a metric by token embeddings x
/// that noise was added to,
///
///     1/n sum over draws of d metric / d x, at x + N(0, sigma^2),    sigma = noise (max x - min x)
///
/// and, of each token, the product of that with its embedding. Noise averages over how the gradient wavers near x.
///
/// @param draws of noise
/// @param noise sigma's share of the range of the prompt's embeddings; 0 for the gradient itself
/// @param seed of the draws
public record SmoothGrad(int draws, double noise, long seed) {

    private static final int TOKENS = 128; // in one batch of runs
    private static final Site EMBED = new Site.Embed();

    public SmoothGrad {
        if (draws < 1 || !(noise >= 0) || !Double.isFinite(noise)) {
            throw new BadInputException("SmoothGrad with " + draws + " draws of noise " + noise
                    + "; expected at least 1 draw, and noise of 0 or more, such as 0.15.");
        }
    }

    /// @param gradient mean over the draws, `[pos][dModel]`
    /// @param tokens that times the embedding, of each position, in the metric's unit
    public record Attribution(double[][] gradient, double[] tokens) {}

    /// @param prompt its edits hold in each run
    public Attribution of(Model model, Source prompt, Metric metric) {
        int[] ids = prompt.ids(model);
        try (Trace trace = Runs.run(model, Batch.of(ids), prompt.edits(), List.of(EMBED));
                Scope _ = Scope.open()) {
            Tensor x = trace.at(EMBED).select(0, 0); // [pos, dModel]
            int rows = Math.max(1, TOKENS / ids.length);
            Tensor mean = mean(x, rows, noisy -> gradients(model, prompt.edits(), ids, metric, noisy));
            double[] flat = mean.toDoubles();
            int width = (int) mean.dim(1);
            double[][] gradient = new double[ids.length][width];
            for (int i = 0; i < flat.length; i++) {
                gradient[i / width][i % width] = flat[i];
            }
            return new Attribution(gradient, mean.times(x).sum(-1, false).toDoubles());
        }
    }

    /// @param x `[pos, dModel]`
    /// @param rows draws that the gradient is asked for at once, at most
    /// @param gradient of `[draw, pos, dModel]`, as many
    /// @return `[pos, dModel]`
    Tensor mean(Tensor x, int rows, UnaryOperator<Tensor> gradient) {
        double[] numbers = x.toDoubles();
        double low = Double.POSITIVE_INFINITY;
        double high = Double.NEGATIVE_INFINITY;
        for (double number : numbers) {
            low = Math.min(low, number);
            high = Math.max(high, number);
        }
        double sigma = noise * (high - low);
        Random random = new Random(seed);
        return Scope.keep(() -> {
            Tensor sum = x.times(0);
            for (int done = 0; done < draws; done += rows) {
                int count = Math.min(rows, draws - done);
                Tensor before = sum;
                sum = Scope.keep(() -> {
                    Tensor by = random.normal(count, x.dim(0), x.dim(1))
                            .to(x.dtype())
                            .times(sigma);
                    return before.plus(gradient.apply(by.plus(x)).sum(0, false));
                });
            }
            return sum.over(draws);
        });
    }

    private static Tensor gradients(Model model, List<Edit> edits, int[] ids, Metric metric, Tensor noisy) {
        List<List<Edit>> variants = IntStream.range(0, (int) noisy.dim(0))
                .mapToObj(draw -> {
                    List<Edit> all = new ArrayList<>(edits);
                    all.add(new Edit.Replace(EMBED, Positions.ALL, Values.of(noisy.select(0, draw))));
                    return all;
                })
                .toList();
        Slope slope = Objects.requireNonNull(Runs.slopesWhereRead(model, ids, variants, metric, List.of(EMBED))
                .get(EMBED));
        return slope.gradient();
    }
}
