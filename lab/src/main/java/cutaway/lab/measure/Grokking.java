package cutaway.lab.measure;

import cutaway.lab.train.Progress;
import java.util.List;
import java.util.stream.IntStream;

/// When each instance of a training learned its examples, and when those held out (Power et al., arXiv:2201.02177).
///
/// @param train the first step of the curve at which enough of the batch is right; NaN where it never is
/// @param test the same of held-out examples
/// @param last the last step
public record Grokking(List<Double> train, List<Double> test, long last) {

    /// What counts as learned where nothing else is said.
    public static final double LEARNED = 0.95;

    public Grokking {
        train = List.copyOf(train);
        test = List.copyOf(test);
    }

    /// @param curve of a training whose outputs are right or wrong, of one point at least
    /// @param share of examples that are to be right, 0 to 1
    public static Grokking of(List<Progress> curve, double share) {
        return new Grokking(
                first(curve, Progress.ACCURACY, share),
                first(curve, Progress.TEST + Progress.ACCURACY, share),
                curve.getLast().step());
    }

    private static List<Double> first(List<Progress> curve, String name, double share) {
        int instances = curve.getLast().values().getOrDefault(name, List.of()).size();
        return IntStream.range(0, instances)
                .mapToObj(instance -> curve.stream()
                        .filter(point ->
                                point.values().getOrDefault(name, List.of()).get(instance) >= share)
                        .map(point -> (double) point.step())
                        .findFirst()
                        .orElse(Double.NaN))
                .toList();
    }

    /// Steps from the one to the other, of an instance. Where what is held out was never learned, the steps that were
    /// left: the gap is at least that. NaN where not even the batch was learned.
    public double gap(int instance) {
        double end = Double.isNaN(test.get(instance)) ? last : test.get(instance);
        return end - train.get(instance);
    }
}
