package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Curves that were planted are found, on labels that were not fitted; where there is none, nothing is.
class ManifoldFitTest {

    private static final List<Double> PLANTED = List.of(100.0, 10.0, 5.0);
    private static final double[] LABELS =
            IntStream.range(0, 100).asDoubleStream().toArray();

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// A helix in 40 dimensions along directions that are drawn, with noise of a tenth of its variance.
    private static Tensor helix(double[] labels, double noise) {
        LabelFeatures features = new LabelFeatures.Fourier(PLANTED, false);
        Tensor x = Tensor.of(LabelFeatures.rows(features.over(labels), labels), labels.length, features.count());
        Random random = new Random(7);
        Tensor directions = random.normal(features.count(), 40);
        return x.matmul(directions.to(x.dtype()))
                .plus(random.normal(labels.length, 40).times(noise).to(x.dtype()));
    }

    private static FitScores scores(Tensor activations, LabelFeatures features) {
        LabelSplit split = LabelSplit.of(LABELS, 0.25, 3);
        return FitScores.of(activations, LABELS, features, ManifoldFit.Settings.USUAL, split, 9, 1);
    }

    /// A sine of period 2 is nothing but rounding at whole numbers: it has no say between them.
    @Test
    void aColumnOfRoundingIsNotFitted() {
        ManifoldFit fit = ManifoldFit.of(
                helix(LABELS, 0.5),
                LABELS,
                new LabelFeatures.Fourier(List.of(100.0, 10.0, 2.0), true),
                ManifoldFit.Settings.USUAL);
        double whole = fit.at(37).norm();
        assertEquals(whole, fit.at(37.5).norm(), 10 * whole);
    }

    @Test
    void aPlantedHelixIsToldOnLabelsThatWereNotFittedAndRivalsAreNot() {
        FitScores scores = scores(helix(LABELS, 0.5), new LabelFeatures.Fourier(PLANTED, true));
        assertEquals(75, scores.labels());
        assertEquals(25, scores.heldOutLabels());
        assertTrue(scores.fit().heldOut() > 0.85, scores.toString());
        assertTrue(scores.named("poly").heldOut() < 0.4, scores.toString());
        assertTrue(scores.named("shuffled").heldOut() < 0.05, scores.toString());
        assertTrue(scores.named("best of").heldOut() < 0.2, scores.toString());
        assertTrue(scores.named("7 components").heldOut() > 0.85, scores.toString());
    }

    /// The same on rows that have no curve: what a fit tells of the labels that it saw is not there on others.
    @Test
    void noiseHasNoHelix() {
        FitScores scores = scores(new Random(5).normal(100, 40), new LabelFeatures.Fourier(PLANTED, true));
        assertTrue(scores.fit().training() > 0.05, scores.toString());
        assertTrue(scores.fit().heldOut() < 0.02, scores.toString());
    }

    @Test
    void thePlantedPeriodsAreChosenOnTrainingLabelsAlone() {
        LabelSplit split = LabelSplit.of(LABELS, 0.25, 3);
        double[] labels = LabelSplit.labels(LABELS, split.training());
        PeriodSpectrum spectrum = PeriodSpectrum.of(
                LabelSplit.rows(helix(LABELS, 0.5), split.training()), labels, PeriodSpectrum.candidates(LABELS));
        assertEquals(50, spectrum.periods().size());
        assertEquals(new TreeSet<>(PLANTED), new TreeSet<>(spectrum.choose(3)));
        assertTrue(spectrum.shares().get(9) > 5 * spectrum.chance()); // 100 / 10
        assertTrue(spectrum.shares().get(6) < 2 * spectrum.chance()); // 100 / 7
    }

    /// Several rows of each label: the spectrum goes by means, the shares by all variance.
    @Test
    void rowsOfOneLabelCountTogether() {
        double[] labels = IntStream.range(0, 300).mapToDouble(i -> i % 100).toArray();
        PeriodSpectrum spectrum = PeriodSpectrum.of(helix(labels, 0.1), labels, List.of(10.0, 7.0));
        assertEquals(1.0 / 3, spectrum.shares().getFirst(), 0.12);
        assertTrue(spectrum.shares().get(1) < 0.02);
    }

    /// y = 1 + 2 x1 - 3 x2 by hand; a column twice changes nothing.
    @Test
    void leastSquaresFindsAMapAlsoWhereColumnsDependOnEachOther() {
        double[] x = {0, 0, 0, 1, 0, 1, 0, 1, 0, 2, 1, 2};
        double[] y = {1, 3, -2, 2};
        LeastSquares map = LeastSquares.of(Tensor.of(x, 4, 3), Tensor.of(y, 4, 1), 0);
        assertArrayEquals(y, map.predict(Tensor.of(x, 4, 3)).toDoubles(), 1e-9);
        assertArrayEquals(
                new double[] {8},
                map.predict(Tensor.of(new double[] {5, 1, 5}, 1, 3)).toDoubles(),
                1e-9);
    }

    /// One column of variance 1: a ridge of 1 halves the slope.
    @Test
    void aRidgeShrinks() {
        Tensor x = Tensor.of(new double[] {-1, 1}, 2, 1);
        LeastSquares map = LeastSquares.of(x, Tensor.of(new double[] {-4, 4}, 2, 1), 1);
        assertArrayEquals(new double[] {-2, 2}, map.predict(x).toDoubles(), 1e-12);
    }

    /// At a degree of 3, three points outside of the fitted range, by hand: n^3 - n.
    @Test
    void aPolynomialGoesOnBeyondItsLabels() {
        double[] labels = {0, 1, 2, 3, 4, 6};
        Tensor cubes = Tensor.of(new double[] {0, 0, 6, 24, 60, 210}, 6, 1);
        ManifoldFit fit = ManifoldFit.of(cubes, labels, new LabelFeatures.Polynomial(3), ManifoldFit.Settings.USUAL);
        assertArrayEquals(new double[] {120, 990}, fit.at(5, 10).toDoubles(), 1e-6);
        assertArrayEquals(new double[] {120}, fit.valuesAt(5).data(), 1e-6);
    }

    @Test
    void noLabelIsOnBothSidesOfASplit() {
        double[] labels = IntStream.range(0, 60).mapToDouble(i -> i % 13).toArray();
        LabelSplit split = LabelSplit.of(labels, 0.25, 2);
        Set<Double> held = new TreeSet<>();
        for (int row : split.heldOut()) {
            held.add(labels[row]);
        }
        assertEquals(3, held.size());
        assertTrue(Arrays.stream(split.training()).noneMatch(row -> held.contains(labels[row])));
        assertEquals(60, split.training().length + split.heldOut().length);
        assertThrows(BadInputException.class, () -> LabelSplit.of(new double[] {1, 2, 2}, 0.25, 0));
    }

    @Test
    void featuresAreWrittenAsTheyAreRead() {
        for (String text : List.of("fourier:2,5,10,100", "circle:7", "poly:9", "fourier:3.5")) {
            assertEquals(text, LabelFeatures.parse(text).text());
        }
        assertEquals(9, LabelFeatures.parse("fourier:2,5,10,100").count());
        for (String text : List.of("fourier", "fourier:2,,3", "fourier:0", "poly:0", "poly:x", "spline:3")) {
            assertThrows(BadInputException.class, () -> LabelFeatures.parse(text), text);
        }
    }
}
