package cutaway.interp.run;

import cutaway.interp.edit.Metric;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads a sweep's metric off its rows after all blocks, from the positions that they have.
final class SweepReading implements AutoCloseable {

    private final Transformer transformer;
    private final BaseRun base;
    private final int shift; // from a position to the token that its logits are of
    private final Metric metric;
    private final @Nullable Tensor unedited; // of a divergence: log probabilities without any edit, [1, vocab]
    private final double[] losses; // of a loss: the base run's at each position that predicts a token of the prompt
    private final double baseline;

    /// @throws BadInputException when the metric is none that a sweep can read
    SweepReading(Model model, BaseRun base, Operands operands, Metric metric) {
        check(metric, base.length());
        this.transformer = model.transformer();
        this.base = base;
        this.shift = model.sizes().isCausal() ? 1 : 0;
        this.metric = metric;
        this.unedited = metric instanceof Metric.Divergence
                ? Scope.detach(Scope.keep(() -> transformer
                        .unembed(unedited(model, base).slice(1, base.length() - 1L, base.length()), Tap.NONE)
                        .select(1, 0)
                        .logSoftmax(-1)))
                : null;
        boolean loss = metric instanceof Metric.Loss;
        try (Scope scope = Scope.open()) {
            int first = loss ? 0 : base.length() - 1;
            Tensor end = base.residual(base.layers()).slice(1, first, base.length());
            EditTap tap = base.afterBlocks(operands, base.length() - first);
            this.losses = loss ? baseLosses(end, tap) : new double[0];
            this.baseline = loss ? mean(losses) : ofLogits(end, tap)[0];
            base.checkApplied(tap);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// The residual stream after all blocks without any edit: the base run's own where it has none.
    private static Tensor unedited(Model model, BaseRun base) {
        return base.source().edits().isEmpty()
                ? base.residual(base.layers())
                : model.residual(Batch.of(base.ids()), Tap.NONE);
    }

    static void check(Metric metric, int length) {
        if (metric instanceof Metric.Projection) {
            throw new BadInputException("a sweep reads a metric of logits; " + metric + " is another.");
        }
        if (metric instanceof Metric.Loss && length < 2) {
            throw new BadInputException("the loss needs a prompt of at least 2 tokens; this one has " + length + ".");
        }
    }

    /// Of the base run.
    double baseline() {
        return baseline;
    }

    /// Logits of the base run's last position, `[vocab]`.
    Tensor baseLogits(Operands operands) {
        Tensor last = base.residual(base.layers()).slice(1, base.length() - 1L, base.length());
        return transformer
                .unembed(last, base.afterBlocks(operands, 1))
                .select(0, 0)
                .select(0, 0);
    }

    /// Logits of the last position of each row, `[row, vocab]`.
    Tensor logits(Crowd crowd, WaveRun run) {
        EditTap tap = run.afterBlocks(crowd, Placement.Packed.tails(crowd.rows().size(), 1, base.length()));
        Tensor logits = transformer.unembed(crowd.last(), tap).squeeze(1);
        run.count(tap);
        return logits;
    }

    /// Of each row.
    double[] of(Crowd crowd, WaveRun run) {
        boolean loss = metric instanceof Metric.Loss;
        int rows = crowd.rows().size();
        Placement.Packed placement = loss ? crowd.placement() : Placement.Packed.tails(rows, 1, base.length());
        EditTap tap = run.afterBlocks(crowd, placement);
        double[] found = loss ? meanLosses(crowd, tap) : ofLogits(crowd.last(), tap);
        run.count(tap);
        return found;
    }

    /// @param last residual stream after the last block at the last position, `[row, 1, dModel]`
    private double[] ofLogits(Tensor last, EditTap tap) {
        List<Integer> tokens = tap.edits(new Point(Kind.LOGITS, 0)) ? List.of() : metric.tokens();
        Tensor logits = tokens.isEmpty()
                ? transformer.unembed(last, tap)
                : transformer.unembed(
                        last,
                        Tensor.of(tokens.stream().mapToLong(Integer::longValue).toArray(), tokens.size()),
                        tap);
        return (unedited == null
                        ? Readings.ofLogits(metric, logits.squeeze(1), !tokens.isEmpty())
                        : Readings.divergence(unedited, logits.squeeze(1)))
                .toDoubles();
    }

    /// What a row does not compute is as in the base run.
    private double[] meanLosses(Crowd crowd, EditTap tap) {
        double[] computed = losses(crowd.residual(), crowd.placement(), tap);
        double[] means = new double[crowd.rows().size()];
        for (int row = 0; row < means.length; row++) {
            double[] all = losses.clone();
            int[] from = crowd.placement().from();
            for (int place = from[row]; place < from[row + 1]; place++) {
                int position = crowd.placement().position(place);
                if (position < all.length) {
                    all[position] = computed[place];
                }
            }
            means[row] = mean(all);
        }
        return means;
    }

    /// Of every position that predicts a token of the prompt.
    private double[] baseLosses(Tensor end, EditTap tap) {
        double[] all = losses(end, Placement.Packed.tails(1, base.length(), base.length()), tap);
        return Arrays.copyOf(all, base.length() - shift);
    }

    /// Cross-entropy at each place; what stands at a place that predicts no token of the prompt means nothing.
    ///
    /// @param end residual stream after the last block, `[batch, pos, dModel]` as the placement says
    private double[] losses(Tensor end, Placement.Packed placement, EditTap tap) {
        int places = placement.valueRows() * placement.length();
        long[] next = new long[places];
        for (int place = 0; place < places; place++) {
            next[place] = base.ids()[Math.min(placement.position(place) + shift, base.length() - 1)];
        }
        return transformer
                .unembed(end, tap)
                .logSoftmax(-1)
                .gather(-1, Tensor.of(next, placement.valueRows(), placement.length(), 1))
                .negate()
                .toDoubles();
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return sum / values.length;
    }

    @Override
    public void close() {
        if (unedited != null) {
            unedited.close();
        }
    }
}
