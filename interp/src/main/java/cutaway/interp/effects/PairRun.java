package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.model.Model;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Supplier;

/// What a method works with on one pair, and what runs the model for it.
interface PairRun {

    /// What is asked of a pair.
    ///
    /// @param pairs all of the sweep, this one among them
    /// @param reads what is read of each run
    /// @param seed of every random draw
    /// @param codes of all pairs
    record Asked(
            Model model,
            List<Pair> pairs,
            Pair pair,
            MetricChoice reads,
            List<Target> targets,
            long seed,
            SweepCodes codes) {}

    Asked asked();

    /// What a sweep found.
    ///
    /// @param baseline the metric of the base run
    /// @param values the metric under each variant's edits
    record Swept(double baseline, double[] values) {}

    /// The metric of variants of a run. Edits that cannot reach the metric are left out.
    Swept sweep(Source base, List<List<Edit>> variants);

    /// The metric of one run.
    double measure(Source run);

    /// Numbers that take some runs at once.
    double[] compute(int count, Supplier<double[]> work);

    default Model model() {
        return asked().model();
    }

    default Pair pair() {
        return asked().pair();
    }

    /// The run of the prompt, as the sweep runs it.
    default Source prompt() {
        return codes().run(pair().promptRun());
    }

    /// The run of the contrast, as the sweep runs it.
    default Source contrast() {
        return codes().run(pair().contrastRun());
    }

    /// The run that is edited, as the sweep runs it.
    default Source base(Direction direction) {
        return codes().run(direction.base(pair()));
    }

    /// The run that gives the values, as the sweep runs it.
    default Source other(Direction direction) {
        return codes().run(direction.other(pair()));
    }

    default SweepCodes codes() {
        return asked().codes();
    }

    default Metric metric() {
        return asked().reads().of(pair());
    }

    /// What an effect is a share of: the other run's metric less the base run's, where that is a way between less of
    /// the answer and more of it. Empty where the metric says nothing of the answer (losses of two prompts are of
    /// different tokens), and where the run that should have more of it has not.
    ///
    /// @param base the metric of the run that is edited
    /// @param other of the run that values are taken from
    default OptionalDouble toRecover(Direction direction, double base, double other) {
        boolean hasMore = direction == Direction.DENOISE ? other > base : base > other;
        return asked().reads().isOfAnswer() && hasMore ? OptionalDouble.of(other - base) : OptionalDouble.empty();
    }

    default List<Target> targets() {
        return asked().targets();
    }

    default List<Pair> pairs() {
        return asked().pairs();
    }

    default long seed() {
        return asked().seed();
    }
}
