package cutaway.interp.lens;

import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What lenses read at the tokens of some texts, and what the model says there.
///
/// @param hidden for each layer the residual stream that comes in, `[token, dModel]`
/// @param said logarithms of the model's next-token probabilities, `[token, vocab]`
record LensReading(List<Tensor> hidden, Tensor said) {

    /// What is so many times the median norm is an attention sink, which no layer changes in the way of others.
    private static final double SINK = 10;

    static Site site(int layer) {
        return new Site.Resid(layer, Site.Moment.PRE);
    }

    /// In the scope that is open.
    static LensReading of(Model model, List<int[]> texts, List<Integer> layers) {
        Batch batch = Batch.of(texts, Batch.Side.RIGHT);
        long[] rows = IntStream.range(0, batch.size())
                .flatMap(row -> IntStream.range(0, batch.promptLength(row))
                        .map(position -> row * batch.length() + batch.place(row, position)))
                .asLongStream()
                .toArray();
        List<Site> sites = layers.stream().map(LensReading::site).toList();
        List<Tensor> all = Scope.keepAll(() -> {
            try (Trace trace = Runs.run(model, batch, List.of(), sites)) {
                Tensor chosen = Tensor.of(rows, rows.length);
                List<Tensor> read = new ArrayList<>();
                for (Site site : sites) {
                    read.add(flat(trace.at(site)).gatherRows(0, chosen));
                }
                read.add(flat(trace.logits()).gatherRows(0, chosen).logSoftmax(-1));
                return read;
            }
        });
        return new LensReading(all.subList(0, layers.size()), all.getLast());
    }

    private static Tensor flat(Tensor all) {
        return all.reshape(-1, all.dim(2));
    }

    /// Tokens of a layer that are no attention sinks, `[n]` int64.
    Tensor ordinary(int at) {
        double[] norms = hidden.get(at).norms(1).toDoubles();
        double most = SINK * median(norms);
        long[] rows = IntStream.range(0, norms.length)
                .filter(row -> norms[row] <= most)
                .asLongStream()
                .toArray();
        return Tensor.of(rows, rows.length);
    }

    /// The usual size of a number of a layer's residual stream.
    double size(int at) {
        double[] norms = hidden.get(at).norms(1).toDoubles();
        return Math.max(1e-12, median(norms) / Math.sqrt(hidden.get(at).dim(1)));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /// Logarithms of the probabilities, if the model ended with these values, `[n, vocab]`.
    static Tensor says(Model model, Tensor hidden) {
        return model.transformer()
                .unembed(hidden.unsqueeze(0), Tap.NONE)
                .squeeze(0)
                .logSoftmax(-1);
    }

    /// Mean KL from what the model says, in nats, a scalar.
    static Tensor divergence(Tensor said, Tensor lens) {
        return said.exp().times(said.minus(lens)).sum(-1, false).mean();
    }

    /// The share of rows whose likeliest tokens are the same.
    static double sameTop(Tensor said, Tensor lens) {
        long[] first = said.argmax(-1).toLongs();
        long[] second = lens.argmax(-1).toLongs();
        return IntStream.range(0, first.length)
                        .filter(i -> first[i] == second[i])
                        .count()
                / (double) first.length;
    }
}
