package cutaway.interp.attribution;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Embedding;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;

/// Integrated gradients on the tokens of a prompt (Sundararajan, Taly and Yan 2017, arXiv:1703.01365, section 3): how
/// much each token's embedding `x_p` contributed to the metric's change from a baseline `b` on,
///
///     attribution_p = (x_p - b_p) . integral over a from 0 to 1 of d metric / d x_p, at b + a (x - b)
///
/// They add up to metric(x) - metric(b) (completeness). The integral is taken by Gauss-Legendre quadrature, so that
/// they do so but for a gap, which tells whether the steps were enough. Embeddings of positions are the same all along.
public final class IntegratedGradients {

    private static final int ROWS = 4096; // of the vocabulary, unpacked at once

    private IntegratedGradients() {}

    /// What the tokens are compared with.
    public sealed interface Baseline {

        /// Embeddings of nothing but 0. Where RMS norms read the embeddings alone (no learned positions: Llama, Qwen,
        /// Gemma), these turn the smallest values into large ones, the metric jumps at the very start of the
        /// way, and
        /// the gap may not close with hundreds of steps; compare with another prompt there.
        record Zero() implements Baseline {}

        /// The mean embedding of the vocabulary, at every position; in large vocabularies it is near 0, with what that
        /// means for [Zero].
        record Mean() implements Baseline {}

        /// The embeddings of another prompt of as many tokens.
        record Prompt(Source other) implements Baseline {}
    }

    /// @param tokens the attribution of each position, in the metric's unit
    /// @param atPrompt the metric of the prompt
    /// @param atBaseline the metric of the run from the baseline's embeddings
    public record Attribution(double[] tokens, double atPrompt, double atBaseline) {

        /// What the attributions leave unexplained or explain too much: their sum less what it should be.
        public double gap() {
            return Arrays.stream(tokens).sum() - (atPrompt - atBaseline);
        }
    }

    /// @param prompt its edits hold on all of the way
    /// @param steps gradients that are taken on the way, 1 or more
    /// @throws BadInputException when the baseline is a prompt of another length
    public static Attribution of(Model model, Source prompt, Baseline baseline, Metric metric, int steps) {
        if (steps < 1) {
            throw new BadInputException("integrated gradients with " + steps + " steps; give 1 or more.");
        }
        int[] ids = prompt.ids(model);
        try (Scope scope = Scope.open()) {
            Tensor end = embeddings(model, ids, prompt.edits());
            EmbeddingLine line = new EmbeddingLine(start(model, baseline, ids.length, end), end);
            Tensor difference = end.minus(line.start());
            GaussLegendre quadrature = GaussLegendre.of(steps);
            double[] tokens = new double[ids.length];
            Site embed = new Site.Embed();
            Source run = Source.of(ids, prompt.edits());
            line.each(model, run, quadrature.points(), metric, List.of(embed), (slopes, first) -> {
                Tensor gradients = Objects.requireNonNull(slopes.get(embed)).gradient(); // [batch, pos, dModel]
                double[] slope = gradients.times(difference).sum(-1, false).toDoubles(); // [batch, pos]
                for (int i = 0; i < slope.length; i++) {
                    tokens[i % ids.length] += quadrature.weights()[first + i / ids.length] * slope[i];
                }
            });
            List<Edit> fromBaseline = new ArrayList<>(prompt.edits());
            fromBaseline.add(line.at(0));
            return new Attribution(
                    tokens,
                    Runs.measure(model, ids, prompt.edits(), metric),
                    Runs.measure(model, ids, fromBaseline, metric));
        }
    }

    /// `[1, pos, dModel]`
    private static Tensor embeddings(Model model, int[] ids, List<Edit> edits) {
        return Scope.keep(() -> {
            try (Trace trace = Runs.run(model, Batch.of(ids), edits, List.of(new Site.Embed()))) {
                return trace.at(new Site.Embed()).copy();
            }
        });
    }

    /// @param end the prompt's embeddings, `[1, pos, dModel]`
    private static Tensor start(Model model, Baseline baseline, int length, Tensor end) {
        return switch (baseline) {
            case Baseline.Zero() -> end.times(0);
            case Baseline.Mean() -> mean(model).expand(1, length, -1);
            case Baseline.Prompt(Source other) -> {
                int[] ids = other.ids(model);
                if (ids.length != length) {
                    throw new BadInputException(
                            "the baseline of integrated gradients has %d tokens and the prompt %d; give one of the same length."
                                    .formatted(ids.length, length));
                }
                yield embeddings(model, ids, other.edits());
            }
        };
    }

    /// `[1, 1, dModel]`
    private static Tensor mean(Model model) {
        return Scope.keep(() -> {
            Embedding embedding = model.transformer().embedding();
            long vocab = embedding.tokens().out();
            Tensor sum = Tensor.full(
                    0, model.transformer().dtype(), embedding.tokens().in());
            for (long from = 0; from < vocab; from += ROWS) {
                long[] ids =
                        LongStream.range(from, Math.min(from + ROWS, vocab)).toArray();
                Tensor before = sum;
                sum = Scope.keep(() -> before.plus(
                        embedding.tokens().rows(Tensor.of(ids, ids.length)).sum(0, false)));
            }
            return sum.times(embedding.scale() / vocab).reshape(1, 1, -1);
        });
    }
}
