package cutaway.studies.additionhelix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.geometry.LabelFeatures;
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

    @Test
    void noiseIsToldByNothing() {
        try (Scope _ = Scope.open()) {
            LastLayer found = LastLayer.of(new Random(1).normal(10_000, 20), HELIX, 0.25, 1);
            assertEquals(0, found.sum(), 0.02);
            assertEquals(0, found.anySum(), 0.05);
        }
    }
}
