package cutaway.studies.additionhelix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.LabelFeatures;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Layers that hold a helix of something known.
class LastLayerTest {

    private static final LabelFeatures.Fourier HELIX = new LabelFeatures.Fourier(List.of(100.0, 10.0, 5.0), true);

    private static LastLayer of(DoubleUnaryOperator ofPair) {
        try (Scope _ = Scope.open()) {
            double[] labels = IntStream.range(0, 10_000)
                    .mapToDouble(ofPair::applyAsDouble)
                    .toArray();
            LabelFeatures circles = new LabelFeatures.Fourier(List.of(100.0, 10.0, 5.0), false);
            Tensor x = Tensor.of(LabelFeatures.rows(circles.over(labels), labels), labels.length, circles.count());
            Random random = new Random(2);
            Tensor layer = x.matmul(random.normal(circles.count(), 20).to(x.dtype()))
                    .plus(random.normal(labels.length, 20).times(0.3).to(x.dtype()));
            return LastLayer.of(layer, HELIX, 0.25, 1);
        }
    }

    @Test
    void aHelixOfTheSumIsToldByItAndNotByTheDifference() {
        LastLayer found = of(pair -> Math.floor(pair / 100) + pair % 100);
        assertTrue(found.sum() > 0.9, found.toString());
        assertTrue(found.ownPeriods() > 0.9, found.toString());
        assertTrue(found.anySum() > 0.9, found.toString());
        assertTrue(found.difference() < 0.1, found.toString());
        assertTrue(found.both() < 0.1, found.toString());
    }

    /// The bar of the sum is missed where a layer holds another helix, and no cosine of period 7 is found.
    @Test
    void anotherHelixMissesTheBar() {
        assertTrue(of(pair -> Math.floor(pair / 100) - pair % 100).sum() < 0.2);
        LastLayer first = of(pair -> Math.floor(pair / 100));
        assertTrue(first.both() > 0.9 && first.sum() < 0.2, first.toString());
    }

    /// Neurons of which half read helices of a and of b, and half the helix of a + b: the former alone are told by the
    /// parts, all by parts and sum, and the difference tells no more.
    @Test
    void neuronsThatHoldTheSumNeedItsHelix() {
        try (Scope _ = Scope.open()) {
            LabelFeatures circles = new LabelFeatures.Fourier(List.of(100.0, 10.0, 5.0), false);
            Random random = new Random(8);
            Tensor directions = random.normal(2 * circles.count(), 30).to(Dtype.F64);
            Tensor parts = columns(circles, pair -> Math.floor(pair / 100));
            Tensor seconds = columns(circles, pair -> pair % 100);
            Tensor sums = columns(circles, pair -> Math.floor(pair / 100) + pair % 100);
            Tensor reading = Tensor.cat(List.of(parts, seconds), 1).matmul(directions);
            Tensor holding = Tensor.cat(List.of(sums, sums.times(0)), 1).matmul(directions);
            LastLayer.Neurons found = LastLayer.neurons(Tensor.cat(List.of(reading, holding), 1), HELIX, 0.25, 1);
            assertEquals(1, found.withSum(), 1e-6);
            double share = reading.square().sum().item()
                    / (reading.square().sum().item() + holding.square().sum().item());
            assertEquals(share, found.parts(), 0.1);
            assertEquals(found.parts(), found.withDifference(), 0.1);
        }
    }

    private static Tensor columns(LabelFeatures features, DoubleUnaryOperator ofPair) {
        double[] labels =
                IntStream.range(0, 10_000).mapToDouble(ofPair::applyAsDouble).toArray();
        return Tensor.of(LabelFeatures.rows(features.over(labels), labels), labels.length, features.count());
    }

    @Test
    void noiseIsToldByNothing() {
        try (Scope _ = Scope.open()) {
            LastLayer found = LastLayer.of(new Random(1).normal(10_000, 20), HELIX, 0.25, 1);
            assertEquals(0, found.sum(), 0.02);
            assertEquals(0, found.anySum(), 0.05);
        }
    }
}
