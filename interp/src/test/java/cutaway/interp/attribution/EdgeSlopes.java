package cutaway.interp.attribution;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.path.Receiver;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Block;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What an edge is worth by finite differences, with nothing but runs: the stream that the receiver reads is moved a
/// little along what the sender would write, one run gives what the receiver makes of it, another run puts that in its
/// place. Of a model in float64.
final class EdgeSlopes {

    /// How far the stream is moved, of its own length: near enough for the curve, far enough for float64.
    private static final double STEP = 1e-3;

    private static final double[] STEPS = {1, -1, 0.5, -0.5};

    private final Model model;
    private final int[] ids;
    private final Source other;
    private final Metric.LogitDifference metric;
    private final Map<Site, Values> allTold = new HashMap<>();

    EdgeSlopes(Model model, int[] ids, Source other, Metric.LogitDifference metric) {
        this.model = model;
        this.ids = ids;
        this.other = other;
        this.metric = metric;
    }

    /// @param noise of a slope, from rounding
    record Slope(double value, double noise) {}

    /// Of one receiver and each of some senders.
    ///
    /// @param at edits of the run in which the slope is taken
    List<Slope> of(List<Site> senders, Receiver receiver, List<Edit> at) {
        try (Scope scope = Scope.open()) {
            Site stream = stream(receiver);
            double length;
            try (Trace here = Runs.run(model, Batch.of(ids), at, List.of(stream))) {
                length = here.at(stream).norm();
            }
            List<List<Edit>> moved = new ArrayList<>();
            List<Double> steps = new ArrayList<>();
            for (Site sender : senders) {
                Tensor told = allTold.computeIfAbsent(sender, this::told)
                        .tensor(model.transformer().dtype());
                double step = STEP * length / told.norm();
                steps.add(step);
                for (double times : STEPS) {
                    List<Edit> edits = new ArrayList<>(at);
                    edits.add(new Edit.Add(stream, Positions.ALL, Values.of(told.times(step * times))));
                    moved.add(edits);
                }
            }
            List<Site> read = read(receiver);
            List<List<Edit>> heard = new ArrayList<>();
            if (read.isEmpty()) {
                heard = moved;
            } else {
                try (Trace trace = Runs.rows(model, ids, moved, read)) {
                    for (int row = 0; row < moved.size(); row++) {
                        List<Edit> edits = new ArrayList<>(at);
                        for (Site site : read) {
                            Values values = Values.of(trace.at(site).select(0, row));
                            edits.add(new Edit.Replace(site, Positions.ALL, values));
                        }
                        heard.add(edits);
                    }
                }
            }
            Measured found = measured(heard);
            List<Slope> slopes = new ArrayList<>();
            for (int i = 0; i < senders.size(); i++) {
                double step = steps.get(i);
                double coarse = (found.metrics[4 * i] - found.metrics[4 * i + 1]) / (2 * step);
                double fine = (found.metrics[4 * i + 2] - found.metrics[4 * i + 3]) / step;
                // Richardson: the term in h squared is gone. Rounding of the logits remains, over h.
                slopes.add(new Slope((4 * fine - coarse) / 3, found.noise / step));
            }
            return slopes;
        }
    }

    /// @param noise what the roundings of all layers leave in a difference of logits of this size
    private record Measured(double[] metrics, double noise) {}

    private Measured measured(List<List<Edit>> variants) {
        try (Trace trace = Runs.rows(model, ids, variants, List.of())) {
            Tensor last = trace.logits().select(1, ids.length - 1); // [batch, vocab]
            Tensor answer = last.select(1, metric.answer());
            Tensor rival = last.select(1, metric.rival());
            double size = answer.abs().maximum(rival.abs()).max(0, false).item();
            return new Measured(answer.minus(rival).toDoubles(), 1e-14 * (1 + size));
        }
    }

    /// What the sender alone would add to the residual stream, less what it adds, `[pos, dModel]`.
    private Values told(Site sender) {
        Site out = sender instanceof Site.Head(int layer, int head, var _) ? new Site.AttnOut(layer) : sender;
        List<Edit> alone = List.of(new Edit.Patch(sender, Positions.ALL, other));
        try (Trace here = Runs.run(model, Batch.of(ids), List.of(), List.of(out));
                Trace there = Runs.run(model, Batch.of(ids), alone, List.of(out))) {
            return Values.of(there.at(out).minus(here.at(out)).select(0, 0));
        }
    }

    private Site stream(Receiver receiver) {
        int layers = model.sizes().layers();
        boolean inBetween = receiver instanceof Receiver.MlpInput
                && model.transformer().blocks().getFirst() instanceof Block.Sequential;
        return receiver instanceof Receiver.Logits
                ? new Site.Resid(layers - 1, Moment.POST)
                : new Site.Resid(receiver.layer(), inBetween ? Moment.MID : Moment.PRE);
    }

    private List<Site> read(Receiver receiver) {
        return switch (receiver) {
            case Receiver.Queries(int layer, int head) -> List.of(new Site.Head(layer, head, HeadPart.Q));
            case Receiver.Keys(int layer, int head) -> List.of(new Site.Head(layer, head, HeadPart.K));
            case Receiver.Values(int layer, int head) -> List.of(new Site.Head(layer, head, HeadPart.V));
            case Receiver.MlpInput(int layer) ->
                model.sizes().isGated()
                        ? List.of(
                                new Site.Neurons(layer, NeuronPart.PRE), new Site.Neurons(layer, NeuronPart.PRE_LINEAR))
                        : List.of(new Site.Neurons(layer, NeuronPart.PRE));
            case Receiver.Logits _ -> List.of();
        };
    }
}
