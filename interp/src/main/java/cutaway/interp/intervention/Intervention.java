package cutaway.interp.intervention;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Prompts;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Sweep;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Asks of one run what edits do to a metric, and what random changes as large do in their place.
///
///     try (Intervention intervention = new Intervention(model, Source.of("The capital of France is"), metric)) {
///         Intervention.Effect effect = intervention.measure(List.of(edit), 8, 0);
///     }
///
/// It keeps the run's residual stream, keys and values, so that a second question is answered in the time of what
/// comes after its edit. It owns native memory until it is closed.
public final class Intervention implements AutoCloseable {

    /// What came of it.
    ///
    /// @param baseline the metric without the edits
    /// @param edited the metric with them
    /// @param placebos the metric with each control in their place
    /// @param control what the controls are, in words
    /// @param next the most probable next tokens with the edits
    public record Effect(double baseline, double edited, List<Double> placebos, String control, List<Candidate> next) {

        public Effect {
            placebos = List.copyOf(placebos);
            next = List.copyOf(next);
        }

        /// What the edits change: edited - baseline.
        public double effect() {
            return edited - baseline;
        }

        /// The largest change, in size, that a control makes.
        public double threshold() {
            return changes().map(Math::abs).max().orElse(0);
        }

        /// Whether the edits change more than every control does.
        public boolean isTold() {
            return !placebos.isEmpty() && Math.abs(effect()) > threshold();
        }

        /// What each control changes.
        public DoubleStream changes() {
            return placebos.stream().mapToDouble(placebo -> placebo - baseline);
        }
    }

    /// Controls of one intervention: enough to see how far chance reaches, few enough to be waited for.
    public static final int USUAL_CONTROLS = 8;

    private final Model model;
    private final Source base;
    private final Controls controls;
    private final Sweep sweep;
    private @Nullable List<Candidate> next;

    /// Runs the base once.
    ///
    /// @param base the run that is edited
    /// @throws BadInputException when the metric is none that a sweep can read
    public Intervention(Model model, Source base, Metric metric) {
        this.model = model;
        this.base = base;
        this.controls = new Controls(model, base);
        this.sweep = new Sweep(model, base, metric);
    }

    /// The token ids of the run.
    public int[] ids() {
        return sweep.ids();
    }

    /// The metric without any edit.
    public double baseline() {
        return sweep.baseline();
    }

    /// @param edits what is done, all in one run
    /// @param count how many controls
    /// @param seed of the controls
    /// @throws BadInputException when an edit names what the model does not have, cannot reach the metric, or was
    ///     never reached
    public Effect measure(List<Edit> edits, int count, long seed) {
        if (edits.isEmpty()) {
            throw new BadInputException("an intervention has no edit; give one or more.");
        }
        List<Edit> all = new ArrayList<>(base.edits());
        all.addAll(edits);
        List<Site> sites = edits.stream().map(Edit::site).distinct().toList();
        try (Trace edited = Runs.toLast(model, new Source(base.prompt(), base.ids(), all), sites)) {
            Controls.Drawn drawn = controls.of(edits, edited, count, seed);
            List<List<Edit>> variants = new ArrayList<>();
            variants.add(edits);
            variants.addAll(drawn.variants());
            double[] values = sweep.measure(variants);
            return new Effect(
                    sweep.baseline(),
                    values[0],
                    DoubleStream.of(values).skip(1).boxed().toList(),
                    drawn.words(),
                    Prompts.next(model, edited));
        }
    }

    /// The most probable next tokens without any edit.
    public List<Candidate> next() {
        List<Candidate> known = next;
        if (known == null) {
            known = Prompts.next(model, base);
            next = known;
        }
        return known;
    }

    @Override
    public void close() {
        sweep.close();
    }
}
