package cutaway.interp.effects;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.prompts.Pair;
import cutaway.model.Model;
import java.util.List;
import java.util.function.Supplier;

/// What a method works with on one pair, and what runs the model for it.
interface PairRun {

    /// What is asked of a pair.
    ///
    /// @param pairs all of the sweep, this one among them
    /// @param seed of every random draw
    record Asked(Model model, List<Pair> pairs, Pair pair, Metric metric, List<Target> targets, long seed) {}

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

    default Metric metric() {
        return asked().metric();
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
