package cutaway.interp.whatif;

import com.fasterxml.jackson.annotation.JsonInclude;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How a model does on slices at thresholds of their own.
///
/// @param costRatio cost of a false positive over that of a false negative
/// @param tolerance the greatest difference that was asked for between the slices' rates
/// @param all the rows of all slices, each at the threshold of its own
/// @param cost of all errors, in that of a false negative
/// @param gaps the largest rate of a slice less the smallest
public record Fairness(
        Strategy strategy,
        double costRatio,
        double tolerance,
        List<SliceFound> slices,
        SliceFound all,
        double cost,
        Gaps gaps) {

    /// What the rates of slices differ by; null where fewer than two have one.
    public record Gaps(
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double accuracy,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double positive,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double truePositive,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double falsePositive) {}

    /// @param rows of the table
    /// @param labelled rows whose label is known: what is counted below
    /// @param positives rows labelled 1
    /// @param threshold rows are predicted 1 where their score is no less; null for all slices together,
    ///     where they differ
    public record SliceFound(
            String name,
            int rows,
            int labelled,
            int positives,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Double threshold,

            Confusion confusion,
            Confusion.Rates rates) {}

    /// The question, without what thresholds are to be.
    ///
    /// @param scores by row, 0 to 1
    /// @param slices that do not overlap
    public record Scored(double[] scores, Labels labels, List<Slice> slices) {

        public Scored {
            scores = scores.clone();
            slices = List.copyOf(slices);
        }

        @Override
        public double[] scores() {
            return scores.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Scored its
                    && Arrays.equals(scores, its.scores)
                    && labels.equals(its.labels)
                    && slices.equals(its.slices);
        }

        @Override
        public int hashCode() {
            return slices.hashCode();
        }

        @Override
        public String toString() {
            return scores.length + " scores in " + slices.size() + " slices";
        }
    }

    /// At the thresholds that a strategy chooses.
    ///
    /// @param costRatio cost of a false positive over that of a false negative
    /// @param tolerance the greatest difference between slices of the rate that the strategy holds alike;
    ///     where they cannot come so near, the least that they can. A slice where the rate has no meaning,
    ///     such as one without rows labelled 1 for equal opportunity, takes its cheapest threshold
    public static Fairness of(Scored scored, Strategy strategy, double costRatio, double tolerance) {
        check(costRatio, tolerance);
        double[] scores = scored.scores;
        int[] labels = scored.labels.values();
        List<List<Cut>> cuts = scored.slices.stream()
                .map(slice -> Cut.all(scores, labels, labelled(slice, labels)))
                .toList();
        double[] thresholds = switch (strategy) {
            case SINGLE -> {
                int[] rows = scored.slices.stream()
                        .flatMapToInt(slice -> Arrays.stream(labelled(slice, labels)))
                        .toArray();
                double one = Thresholds.cheapest(Cut.all(scores, labels, rows), costRatio);
                yield scored.slices.stream().mapToDouble(_ -> one).toArray();
            }
            case GROUP ->
                cuts.stream()
                        .mapToDouble(each -> Thresholds.cheapest(each, costRatio))
                        .toArray();
            case DEMOGRAPHIC_PARITY, EQUAL_OPPORTUNITY, EQUAL_ACCURACY ->
                Thresholds.alike(cuts, strategy, costRatio, tolerance);
        };
        return at(scored, thresholds, strategy, costRatio, tolerance);
    }

    /// At thresholds that are given.
    ///
    /// @param thresholds of each slice
    public static Fairness at(
            Scored scored, double[] thresholds, Strategy strategy, double costRatio, double tolerance) {
        check(costRatio, tolerance);
        int[] labels = scored.labels.values();
        List<SliceFound> slices = new ArrayList<>();
        Confusion all = new Confusion(0, 0, 0, 0);
        for (int i = 0; i < thresholds.length; i++) {
            Slice slice = scored.slices.get(i);
            Confusion confusion = Confusion.of(scored.scores, labels, slice.rows(), thresholds[i]);
            slices.add(found(slice.name(), slice.rows().length, thresholds[i], confusion));
            all = all.plus(confusion);
        }
        boolean isOne = Arrays.stream(thresholds).distinct().count() == 1;
        int rows = slices.stream().mapToInt(SliceFound::rows).sum();
        return new Fairness(
                strategy,
                costRatio,
                tolerance,
                slices,
                found("all", rows, isOne ? thresholds[0] : null, all),
                all.cost(costRatio),
                new Gaps(
                        gap(slices, Confusion.Rates::accuracy),
                        gap(slices, Confusion.Rates::positive),
                        gap(slices, Confusion.Rates::truePositive),
                        gap(slices, Confusion.Rates::falsePositive)));
    }

    /// The threshold of each row, that of its slice; 1/2 for a row in none.
    ///
    /// @param of the slices, in the order of [#slices]
    /// @param rows of the table
    public double[] ofRows(List<Slice> of, int rows) {
        double[] thresholds = new double[rows];
        Arrays.fill(thresholds, 0.5);
        for (int i = 0; i < of.size(); i++) {
            Double threshold = slices.get(i).threshold();
            for (int row : of.get(i).rows()) {
                thresholds[row] = threshold == null ? 0.5 : threshold;
            }
        }
        return thresholds;
    }

    /// @throws BadInputException when the cost ratio is not from 0 to 1,000,000, or the tolerance not from 0 to 1
    public static void check(double costRatio, double tolerance) {
        if (!(costRatio >= 0 && costRatio <= 1e6)) {
            throw new BadInputException("the cost ratio is " + costRatio
                    + "; give the cost of a false positive over that of a false negative, from 0 to 1000000.");
        }
        if (!(tolerance >= 0 && tolerance <= 1)) {
            throw new BadInputException(
                    "the tolerance is " + tolerance + "; give the greatest difference of a rate, from 0 to 1.");
        }
    }

    private static SliceFound found(String name, int rows, @Nullable Double threshold, Confusion confusion) {
        return new SliceFound(
                name,
                rows,
                confusion.rows(),
                confusion.truePositives() + confusion.falseNegatives(),
                threshold,
                confusion,
                confusion.rates());
    }

    private static int[] labelled(Slice slice, int[] labels) {
        return IntStream.of(slice.rows()).filter(row -> labels[row] >= 0).toArray();
    }

    private static @Nullable Double gap(List<SliceFound> slices, Function<Confusion.Rates, @Nullable Double> rate) {
        double[] rates = slices.stream()
                .map(slice -> rate.apply(slice.rates()))
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
        return rates.length < 2
                ? null
                : Arrays.stream(rates).max().orElseThrow()
                        - Arrays.stream(rates).min().orElseThrow();
    }
}
