package cutaway.studies.additionhelix;

import cutaway.interp.geometry.LabelFeatures;
import cutaway.interp.geometry.LabelSplit;
import cutaway.interp.geometry.ManifoldFit;
import cutaway.interp.geometry.PeriodSpectrum;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/// What tells the last layer, as shares of its variance on pairs that were not fitted.
///
/// @param sum the helix of a + b; no pair of a sum that is scored was fitted
/// @param ownPeriods the same with as many periods that were chosen on the layer itself, at the sums that are fitted
/// @param anySum one column for each sum, which any function of the sum comes down to; pairs are held out at random
/// @param both the helices of a and of b, on the pairs of the first
/// @param difference the helix of a - b; no pair of a difference that is scored was fitted
record LastLayer(double sum, double ownPeriods, double anySum, double both, double difference) {

    private static final double[] PAIRS = IntStream.range(0, AddingNet.NUMBERS * AddingNet.NUMBERS)
            .asDoubleStream()
            .toArray();

    /// @param activations of all pairs, first number by first number: `[10,000, width]`
    static LastLayer of(Tensor activations, LabelFeatures.Fourier helix, double share, long seed) {
        LabelSplit bySum = split(LastLayer::sum, share, seed);
        LabelSplit byDifference = split(LastLayer::difference, share, seed);
        LabelSplit byPair = split(pair -> pair, share, seed);
        DoubleFunction<double[]> columns = helix.over(PAIRS);
        int count = helix.count();
        DoubleFunction<double[]> own =
                new LabelFeatures.Fourier(chosen(activations, bySum, helix), helix.linear()).over(PAIRS);
        return new LastLayer(
                told(activations, bySum, count, pair -> columns.apply(sum(pair))),
                told(activations, bySum, count, pair -> own.apply(sum(pair))),
                told(activations, byPair, 2 * AddingNet.NUMBERS - 1, LastLayer::oneColumnASum),
                told(activations, bySum, 2 * count, pair -> parts(columns, pair)),
                told(activations, byDifference, count, pair -> columns.apply(difference(pair))));
    }

    /// What tells the preactivations of a layer's neurons (the paper's section 5.3), as shares of their variance on
    /// pairs whose sum was not fitted.
    ///
    /// @param parts the helices of a and of b
    /// @param withSum these, and the helix of a + b
    /// @param withDifference these, and the helix of a - b in its place: as many columns
    record Neurons(double parts, double withSum, double withDifference) {}

    /// @param activations of all pairs, first number by first number: `[10,000, neuron]`
    static Neurons neurons(Tensor activations, LabelFeatures.Fourier helix, double share, long seed) {
        LabelSplit bySum = split(LastLayer::sum, share, seed);
        DoubleFunction<double[]> columns = helix.over(PAIRS);
        int count = helix.count();
        return new Neurons(
                told(activations, bySum, 2 * count, pair -> parts(columns, pair)),
                told(activations, bySum, 3 * count, pair -> joined(parts(columns, pair), columns.apply(sum(pair)))),
                told(
                        activations,
                        bySum,
                        3 * count,
                        pair -> joined(parts(columns, pair), columns.apply(difference(pair)))));
    }

    /// The helices of a and of b.
    private static double[] parts(DoubleFunction<double[]> columns, double pair) {
        return joined(columns.apply(first(pair)), columns.apply(second(pair)));
    }

    private static double[] joined(double[] some, double[] more) {
        return DoubleStream.concat(Arrays.stream(some), Arrays.stream(more)).toArray();
    }

    private static List<Double> chosen(Tensor activations, LabelSplit bySum, LabelFeatures.Fourier helix) {
        double[] sums = Arrays.stream(PAIRS).map(LastLayer::sum).toArray();
        return PeriodSpectrum.of(
                        LabelSplit.rows(activations, bySum.training()),
                        LabelSplit.labels(sums, bySum.training()),
                        PeriodSpectrum.candidates(sums))
                .choose(helix.periods().size());
    }

    private static double[] oneColumnASum(double pair) {
        double[] columns = new double[2 * AddingNet.NUMBERS - 1];
        columns[(int) sum(pair)] = 1;
        return columns;
    }

    private static double first(double pair) {
        return Math.floor(pair / AddingNet.NUMBERS);
    }

    private static double second(double pair) {
        return pair % AddingNet.NUMBERS;
    }

    private static double sum(double pair) {
        return first(pair) + second(pair);
    }

    private static double difference(double pair) {
        return first(pair) - second(pair);
    }

    private static LabelSplit split(DoubleUnaryOperator by, double share, long seed) {
        return LabelSplit.of(Arrays.stream(PAIRS).map(by).toArray(), share, seed);
    }

    private static double told(Tensor activations, LabelSplit split, int count, DoubleFunction<double[]> columns) {
        LabelFeatures features = new LabelFeatures.Custom("columns of a pair", count, columns);
        Tensor training = LabelSplit.rows(activations, split.training());
        Tensor held = LabelSplit.rows(activations, split.heldOut());
        return ManifoldFit.of(
                        training, LabelSplit.labels(PAIRS, split.training()), features, ManifoldFit.Settings.USUAL)
                .r2(held, LabelSplit.labels(PAIRS, split.heldOut()));
    }
}
