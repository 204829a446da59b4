package cutaway.cli;

import cutaway.cli.report.LabRecord.LabMeasure;
import cutaway.lab.Trained;
import cutaway.lab.measure.ClassCentres;
import cutaway.lab.measure.Grokking;
import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Progress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What each instance of a training came to, beside its curve.
final class LabMeasures {

    private LabMeasures() {}

    static List<LabMeasure> of(Trained trained) {
        int instances = trained.recipe().instances().size();
        if (!trained.curve().getLast().values().containsKey(Progress.TEST + Progress.ACCURACY)) {
            LabMeasure none = new LabMeasure(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
            return IntStream.range(0, instances).mapToObj(_ -> none).toList();
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
        return IntStream.range(0, instances)
                .mapToObj(i -> new LabMeasure(
                        known(grokking.train().get(i)),
                        known(grokking.test().get(i)),
                        known(ofCentres[i]),
                        known(ofSpreads[i])))
                .toList();
    }

    private static double[] nothing(int instances) {
        return IntStream.range(0, instances).mapToDouble(_ -> Double.NaN).toArray();
    }

    private static Optional<Double> known(double value) {
        return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
    }
}
