package cutaway.interp.intervention;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.explain.Explanation.Candidate;
import cutaway.interp.explain.Prompts;
import cutaway.interp.run.Sweep;
import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Point.Kind;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/// Asks of one run what edits do to a metric, and what random changes as large do in their place.
///
///     try (Intervention intervention = new Intervention(model, Source.of("The capital of France is"), metric)) {
///         Intervention.Effect effect = intervention.measure(List.of(edit), 8, 0);
///     }
///
/// It keeps the run's residual stream, keys and values, and of short runs all that heads and MLPs compute, so that a
/// second question is answered in the time of what comes after its edit. It owns native memory until it is closed.
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

    /// Hears what a measurement has come to.
    public interface Heard {
        Heard NOTHING = new Heard() {};

        /// What the edits do is known; what their controls do is still to come.
        ///
        /// @param alone without placebos
        default void edited(Effect alone) {}

        /// @param done controls that are measured
        /// @param of how many there are
        default void controls(int done, int of) {}
    }

    /// Controls of one intervention: enough to see how far chance reaches, few enough to be waited for.
    public static final int USUAL_CONTROLS = 8;

    /// What is kept of a run before it is asked for, and bytes that it may take; of a longer run nothing is.
    private static final Set<Kind> KEPT =
            EnumSet.of(Kind.RESID_PRE, Kind.Z, Kind.ATTN_OUT, Kind.MLP_POST, Kind.MLP_OUT);

    private static final long KEPT_BYTES = 32_000_000;

    /// Other runs that are kept so; an edit may name many.
    private static final int MOST_KEPT = 2;

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
        this.sweep = new Sweep(model, base, metric);
        this.controls = new Controls(model, sweep);
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
    ///     never reached, and when a metric comes out as no finite number: the edits are too large
    public Effect measure(List<Edit> edits, int count, long seed) {
        return measure(edits, count, seed, Heard.NOTHING);
    }

    /// As [#measure(List, int, long)], heard while it goes on.
    public Effect measure(List<Edit> edits, int count, long seed, Heard heard) {
        if (edits.isEmpty()) {
            throw new BadInputException("an intervention has no edit; give one or more.");
        }
        ready(edits.stream().flatMap(edit -> edit.runs().stream()).distinct().toList());
        try (Scope scope = Scope.open()) {
            checkFinite("before any of these edits", sweep.baseline());
            Sweep.Ended ended = sweep.end(edits);
            checkFinite("under these edits", ended.value());
            List<Candidate> after = next(ended);
            heard.edited(new Effect(sweep.baseline(), ended.value(), List.of(), "not measured yet", after));
            Controls.Drawn drawn = controls.of(edits, count, seed);
            int all = drawn.variants().size();
            double[] placebos = sweep.measure(drawn.variants(), done -> heard.controls(done, all));
            checkFinite("under a control of these edits, a random change as large", placebos);
            return new Effect(
                    sweep.baseline(),
                    ended.value(),
                    DoubleStream.of(placebos).boxed().toList(),
                    drawn.words(),
                    after);
        }
    }

    /// What no number came of tells neither an effect nor how far chance reaches.
    private static void checkFinite(String when, double... values) {
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new BadInputException("the metric " + when + " is " + value
                        + ", no finite number: it is too large for the model's floats; give smaller edits.");
            }
        }
    }

    /// Makes the runs that questions will ask of, so that the first is answered as fast as the others; those that
    /// former questions asked of are forgotten.
    ///
    /// @param others runs that edits will take values from
    public void ready(List<Source> others) {
        sweep.forgetRuns(others);
        keep(base);
        others.stream().limit(MOST_KEPT).forEach(this::keep);
    }

    private void keep(Source run) {
        Sizes sizes = model.sizes();
        long numbers =
                3L * sizes.dModel() + (long) sizes.heads() * sizes.dHead() + sizes.dMlp(); // of a token in a block
        long bytes = numbers
                * sizes.layers()
                * run.ids(model).length
                * model.transformer().dtype().bytes();
        if (bytes <= KEPT_BYTES) {
            sweep.keep(run, KEPT);
        }
    }

    private List<Candidate> next(Sweep.Ended ended) {
        return Prompts.next(model, ended.logits(), sweep.ids().length - 1L);
    }

    /// The most probable next tokens without any edit.
    public List<Candidate> next() {
        List<Candidate> known = next;
        if (known == null) {
            known = Scope.free(() -> next(sweep.end(List.of())));
            next = known;
        }
        return known;
    }

    @Override
    public void close() {
        sweep.close();
    }
}
