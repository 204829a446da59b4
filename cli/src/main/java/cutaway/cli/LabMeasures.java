package cutaway.cli;

import cutaway.cli.report.LabRecord.LabMeasure;
import cutaway.lab.Trained;
import cutaway.lab.measure.ClassCentres;
import cutaway.lab.measure.ClassDistances;
import cutaway.lab.measure.Grokking;
import cutaway.lab.measure.ParallelogramDeviation;
import cutaway.lab.measure.Spectrum;
import cutaway.lab.measure.TokenTable;
import cutaway.lab.task.Task;
import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Progress;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// What each instance of a training came to, beside its curve.
final class LabMeasures {

    private LabMeasures() {}

    static List<LabMeasure> of(Trained trained) {
        int instances = trained.recipe().instances().size();
        if (!trained.curve().getLast().values().containsKey(Progress.TEST + Progress.ACCURACY)) {
            return Collections.nCopies(instances, LabMeasure.NONE);
        }
        Grokking grokking = Grokking.of(trained.curve(), Grokking.LEARNED);
        double[] centres = nothing(instances);
        double[] spreads = nothing(instances);
        if (ClassCentres.areOf(trained.recipe())) {
            try (TaskData data = trained.data()) {
                Batch held = data.test().orElseThrow();
                centres = ClassCentres.correlations(trained, held);
                spreads = ClassCentres.spreads(trained, held);
            }
        }
        double[] ofCentres = centres;
        double[] ofSpreads = spreads;
        Task task = trained.recipe().task();
        double[] topTwo = ofTables(trained, true, table -> Spectrum.top(table, 2));
        double[] deviations = ofTables(
                trained,
                !task.parallelograms().isEmpty(),
                table -> ParallelogramDeviation.of(table, task.parallelograms()));
        double[] tokens = ofTables(
                trained,
                !task.tokenClasses().isEmpty(),
                table -> ClassDistances.of(table, task.tokenClasses()).ratio());
        return IntStream.range(0, instances)
                .mapToObj(i -> new LabMeasure(
                        known(grokking.train().get(i)),
                        known(grokking.test().get(i)),
                        known(ofCentres[i]),
                        known(ofSpreads[i]),
                        known(topTwo[i]),
                        known(deviations[i]),
                        known(tokens[i])))
                .toList();
    }

    /// @param applies whether the task has what is measured
    /// @param measure of an instance's table of tokens, `[token, width]`
    private static double[] ofTables(Trained trained, boolean applies, ToDoubleFunction<Tensor> measure) {
        int instances = trained.recipe().instances().size();
        @Nullable Tensor tables = TokenTable.of(trained).orElse(null);
        if (!applies || tables == null) {
            return nothing(instances);
        }
        return IntStream.range(0, instances)
                .mapToDouble(i -> {
                    try (Scope _ = Scope.open()) {
                        return measure.applyAsDouble(tables.select(0, i).contiguous());
                    }
                })
                .toArray();
    }

    private static double[] nothing(int instances) {
        return IntStream.range(0, instances).mapToDouble(_ -> Double.NaN).toArray();
    }

    private static Optional<Double> known(double value) {
        return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    }
}
