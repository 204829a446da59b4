package cutaway.interp.geometry;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// What a curve through activations is worth on labels that it has not seen, beside its rivals:
///
/// - the same without n, where it is a helix;
/// - a polynomial with as many columns;
/// - the same features of labels that were dealt out anew, many times: what any curve of so many columns gets;
/// - as many principal components, which see the activation itself: a ceiling.
///
/// @param rows the fit first
/// @param labels how many were fitted
/// @param heldOutLabels how many were not
public record FitScores(List<Row> rows, int labels, int heldOutLabels) {

    /// @param name of the features, or of what they are held against
    /// @param columns without the constant
    /// @param training share of variance told on the labels that were fitted
    /// @param heldOut on the others: below 0 it is worse than their mean
    public record Row(String name, int columns, double training, double heldOut) {}

    public FitScores {
        rows = List.copyOf(rows);
    }

    /// @param activations `[n, d]`
    /// @param labels of each row
    /// @param shuffles how often labels are dealt out anew
    public static FitScores of(
            Tensor activations,
            double[] labels,
            LabelFeatures features,
            ManifoldFit.Settings settings,
            LabelSplit split,
            int shuffles,
            long seed) {
        try (Scope _ = Scope.open()) {
            Scoring scoring = new Scoring(
                    LabelSplit.rows(activations, split.training()),
                    LabelSplit.rows(activations, split.heldOut()),
                    split,
                    settings);
            List<Row> rows = new ArrayList<>();
            rows.add(scoring.row(features.text(), labels, features));
            if (features instanceof LabelFeatures.Fourier(List<Double> periods, boolean linear) && linear) {
                rows.add(scoring.row("without n", labels, new LabelFeatures.Fourier(periods, false)));
            }
            if (!(features instanceof LabelFeatures.Polynomial)) {
                LabelFeatures polynomial = new LabelFeatures.Polynomial(features.count());
                rows.add(scoring.row(polynomial.text(), labels, polynomial));
            }
            List<Row> shuffled = shuffled(scoring, labels, features, shuffles, seed);
            if (!shuffled.isEmpty()) {
                rows.add(shuffled.get(shuffled.size() / 2));
                Row best = shuffled.getLast();
                rows.add(new Row("best of " + shuffles + " shuffles", best.columns, best.training, best.heldOut));
            }
            rows.add(scoring.ceiling(features.count()));
            return new FitScores(
                    rows,
                    distinct(LabelSplit.labels(labels, split.training())),
                    distinct(LabelSplit.labels(labels, split.heldOut())));
        }
    }

    /// Of labels that were dealt out anew, by what they get on held-out ones, ascending.
    private static List<Row> shuffled(
            Scoring scoring, double[] labels, LabelFeatures features, int shuffles, long seed) {
        RandomGenerator random = new Random(seed).generator();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < shuffles; i++) {
            rows.add(scoring.row("shuffled labels", shuffledLabels(labels, random), features));
        }
        rows.sort((a, b) -> Double.compare(a.heldOut, b.heldOut));
        return rows;
    }

    /// Each label becomes another one, the same for all of its rows.
    public static double[] shuffledLabels(double[] labels, RandomGenerator random) {
        double[] from = Arrays.stream(labels).distinct().sorted().toArray();
        double[] to = from.clone();
        Shuffle.of(to, random);
        Map<Double, Double> dealt = new HashMap<>();
        IntStream.range(0, from.length).forEach(i -> dealt.put(from[i], to[i]));
        return Arrays.stream(labels)
                .map(label -> dealt.getOrDefault(label, label))
                .toArray();
    }

    private static int distinct(double[] labels) {
        return (int) Arrays.stream(labels).distinct().count();
    }

    /// Fits on some rows, and scores on others too.
    private static final class Scoring {

        private final Tensor training;
        private final Tensor heldOut;
        private final LabelSplit split;
        private final double ridge;
        private final PrincipalComponents components;

        Scoring(Tensor training, Tensor heldOut, LabelSplit split, ManifoldFit.Settings settings) {
            this.training = training;
            this.heldOut = heldOut;
            this.split = split;
            this.ridge = settings.ridge();
            this.components = PrincipalComponents.of(training, settings.components());
        }

        Row row(String name, double[] labels, LabelFeatures features) {
            double[] fitted = LabelSplit.labels(labels, split.training());
            ManifoldFit fit = ManifoldFit.of(components, training, fitted, features, ridge);
            return new Row(
                    name,
                    features.count(),
                    fit.r2(training, fitted),
                    fit.r2(heldOut, LabelSplit.labels(labels, split.heldOut())));
        }

        Row ceiling(int count) {
            PrincipalComponents few = PrincipalComponents.of(training, count);
            return new Row(
                    few.count() + " components (ceiling)",
                    few.count(),
                    Scope.free(() -> LeastSquares.r2(few.back(few.codes(training)), training)),
                    Scope.free(() -> LeastSquares.r2(few.back(few.codes(heldOut)), heldOut)));
        }
    }

    /// That of the features themselves.
    public Row fit() {
        return rows.getFirst();
    }

    /// @throws IllegalArgumentException when there is none of this name
    public Row named(String start) {
        return rows.stream()
                .filter(row -> row.name.startsWith(start))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no row " + start + " among " + rows));
    }
}
