package cutaway.interp.statistics;

import cutaway.tensor.BadInputException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.hipparchus.stat.regression.SimpleRegression;

/// How far an approximation agrees with what it approximates, on the same questions: attribution patching with
/// patching,
/// say. What a measure cannot say is empty: a column that does not vary has no correlation.
///
/// @param questions that both answered
/// @param spearman rank correlation, -1 … 1, ties sharing their mean rank
/// @param spearmanInterval over questions, as if they were independent draws of a larger set; the heads of one
///     model are not,
///     so it says how much hangs on single questions, not what another model would give
/// @param pearson linear correlation, -1 … 1: follows the largest effects
/// @param slope of the least-squares line approximation = a + slope * reference: 1 where the scale is right,
///     less where the
///     approximation falls short
/// @param sameSign share of questions with the same sign, of those that are not zero by both
/// @param top how many questions count as the largest
/// @param topFound share of the `top` largest |reference| that are among the `top` largest |approximation|; where a tie
///     straddles the edge, the share expected if it were broken at random. Chance alone gives `top / questions`
/// @param worst largest |reference - approximation| first
public record Agreement(
        int questions,
        OptionalDouble spearman,
        Optional<Interval> spearmanInterval,
        OptionalDouble pearson,
        OptionalDouble slope,
        OptionalDouble sameSign,
        int top,
        double topFound,
        List<Miss> worst) {

    /// @param question its index
    public record Miss(int question, double reference, double approximation) {

        public double difference() {
            return approximation - reference;
        }
    }

    /// @param reference the effects to be found, one a question
    /// @param approximation the same by the other method
    /// @param top how many count as the largest; all, where there are fewer
    /// @param misses how many of the worst to list
    /// @param bootstrap for the interval of the rank correlation
    /// @throws BadInputException when they differ in length, there are none, or one is NaN or infinite
    public static Agreement of(double[] reference, double[] approximation, int top, int misses, Bootstrap bootstrap) {
        check(reference, approximation, top, misses);
        int questions = reference.length;
        int edge = Math.min(top, questions);
        var ranks = new RankCorrelation(reference, approximation);
        var line = new SimpleRegression();
        for (int question = 0; question < questions; question++) {
            line.addData(reference[question], approximation[question]);
        }
        boolean referenceVaries = varies(reference);
        boolean bothVary = referenceVaries && varies(approximation);
        return new Agreement(
                questions,
                bothVary ? OptionalDouble.of(ranks.of(Bootstrap.every(questions))) : OptionalDouble.empty(),
                bothVary ? bootstrap.of(questions, ranks::of) : Optional.empty(),
                bothVary ? defined(line.getR()) : OptionalDouble.empty(),
                referenceVaries ? defined(line.getSlope()) : OptionalDouble.empty(),
                sameSign(reference, approximation),
                edge,
                topFound(reference, approximation, edge),
                worst(reference, approximation, misses));
    }

    private static void check(double[] reference, double[] approximation, int top, int misses) {
        if (reference.length != approximation.length || reference.length == 0) {
            throw new BadInputException(
                    "one method answered %d questions and the other %d; compare them on the same ones, at least one."
                            .formatted(reference.length, approximation.length));
        }
        if (top < 1 || misses < 0) {
            throw new BadInputException(
                    "the %d largest and the %d worst were asked for; give at least 1 and at least 0."
                            .formatted(top, misses));
        }
        for (int question = 0; question < reference.length; question++) {
            if (!Double.isFinite(reference[question]) || !Double.isFinite(approximation[question])) {
                throw new BadInputException(
                        "on question %d one method says %s and the other %s; compare them where both say a number."
                                .formatted(question, reference[question], approximation[question]));
            }
        }
    }

    private static boolean varies(double[] values) {
        return Arrays.stream(values).anyMatch(value -> value != values[0]);
    }

    /// Empty where values are so small that their squares vanish.
    private static OptionalDouble defined(double measure) {
        return Double.isNaN(measure) ? OptionalDouble.empty() : OptionalDouble.of(measure);
    }

    private static OptionalDouble sameSign(double[] reference, double[] approximation) {
        return IntStream.range(0, reference.length)
                .filter(question -> reference[question] != 0 || approximation[question] != 0)
                .mapToDouble(
                        question -> Math.signum(reference[question]) == Math.signum(approximation[question]) ? 1 : 0)
                .average();
    }

    private static double topFound(double[] reference, double[] approximation, int top) {
        double[] sought = chances(reference, top);
        double[] found = chances(approximation, top);
        double both = 0;
        for (int question = 0; question < sought.length; question++) {
            both += sought[question] * found[question];
        }
        return both / top;
    }

    /// Of each to be among the largest, if ties are broken at random.
    private static double[] chances(double[] values, int top) {
        double[] sizes = Arrays.stream(values).map(Math::abs).toArray();
        double edge = Arrays.stream(sizes)
                .sorted()
                .skip(sizes.length - top)
                .findFirst()
                .orElseThrow();
        long above = Arrays.stream(sizes).filter(size -> size > edge).count();
        long at = Arrays.stream(sizes).filter(size -> size == edge).count();
        return Arrays.stream(sizes)
                .map(size -> size > edge ? 1 : size == edge ? (top - above) / (double) at : 0)
                .toArray();
    }

    private static List<Miss> worst(double[] reference, double[] approximation, int misses) {
        return IntStream.range(0, reference.length)
                .mapToObj(question -> new Miss(question, reference[question], approximation[question]))
                .sorted(Comparator.comparingDouble((Miss miss) -> -Math.abs(miss.difference())))
                .limit(misses)
                .toList();
    }
}
