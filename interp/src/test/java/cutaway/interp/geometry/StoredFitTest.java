package cutaway.interp.geometry;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A helix is planted in 7 of 20 dimensions; another value, which is no matter of labels, in one more.
class StoredFitTest {

    private static final LabelFeatures FEATURES = new LabelFeatures.Fourier(List.of(10 / 3.0, 10.0, 50.0), true);
    private static final double[] LABELS =
            IntStream.range(0, 50).asDoubleStream().toArray();
    private static final LabelSplit SPLIT = LabelSplit.of(LABELS, 0.2, 4);
    private static final int WIDTH = 20;
    private static final int BESIDE = 13;

    @TempDir
    private Path folder;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor planted(double... labels) {
        double[] columns = LabelFeatures.rows(FEATURES.over(LABELS), labels);
        double[] rows = new double[labels.length * WIDTH];
        for (int n = 0; n < labels.length; n++) {
            System.arraycopy(columns, n * FEATURES.count(), rows, n * WIDTH, FEATURES.count());
        }
        return Tensor.of(rows, labels.length, WIDTH);
    }

    private static StoredFit fit() {
        Tensor activations = planted(LABELS);
        FitScores scores = FitScores.of(activations, LABELS, FEATURES, ManifoldFit.Settings.USUAL, SPLIT, 1, 0);
        return StoredFit.of(
                activations,
                LABELS,
                FEATURES,
                SPLIT,
                new StoredFit.Facts(
                        "planted",
                        "blocks.1.hook_resid_post",
                        -2,
                        FEATURES.text(),
                        ManifoldFit.Settings.USUAL,
                        StoredFit.distinct(LABELS, SPLIT.training()),
                        StoredFit.distinct(LABELS, SPLIT.heldOut()),
                        scores,
                        0));
    }

    /// The label is one that was not fitted. What stands beside the curve stays; along the curve of shuffled labels the
    /// value ends elsewhere.
    @Test
    void aValueIsMovedAlongTheCurveAndNothingElse() {
        StoredFit fit = fit();
        double unseen = fit.facts().heldOut().getFirst();
        double[] from = planted(17).toDoubles();
        double[] to = planted(unseen).toDoubles();
        from[BESIDE] = 2.5;
        to[BESIDE] = 2.5;
        Tensor x = Tensor.of(from, WIDTH);
        assertArrayEquals(to, fit.to(unseen, x, 3).values().data(), 1e-6);
        double[] control = fit.control(unseen, x, 3).values().data();
        assertEquals(2.5, control[BESIDE], 1e-6);
        double apart = 0;
        for (int i = 0; i < WIDTH; i++) {
            apart = Math.max(apart, Math.abs(control[i] - to[i]));
        }
        assertTrue(apart > 0.2, "the control went the same way");
        assertEquals(List.of(3), fit.to(unseen, x, 3).pos().at());
    }

    /// Labels are 0 to 49: one span beyond either end is the end.
    @Test
    void labelsFarOutsideAreRefused() {
        StoredFit fit = fit();
        Tensor x = planted(17).reshape(WIDTH);
        fit.to(98, x, 0);
        fit.control(-49, x, 0);
        for (double label : new double[] {98.5, -49.5, 1e9, Double.NaN, Double.POSITIVE_INFINITY}) {
            String said = assertThrows(BadInputException.class, () -> fit.to(label, x, 0))
                    .getMessage();
            assertTrue(said.contains("is of labels from 0 to 49; give one from -49 to 98, at most"), said);
            assertThrows(BadInputException.class, () -> fit.control(label, x, 0));
        }
    }

    /// Periods are written in full: with 3.3333 for 10 / 3, label 49 is 1e-3 off.
    @Test
    void aFileHoldsTheSameCurves() {
        StoredFit fit = fit();
        Path file = folder.resolve("fit.safetensors");
        fit.write(file);
        StoredFit read = StoredFit.read(file);
        assertEquals(fit.facts(), read.facts());
        assertEquals(Site.parse("blocks.1.hook_resid_post"), read.site());
        Tensor x = new Random(3).normal(WIDTH);
        assertArrayEquals(
                fit.to(49, x, 0).values().data(), read.to(49, x, 0).values().data(), 1e-9);
        assertArrayEquals(
                fit.control(49, x, 0).values().data(),
                read.control(49, x, 0).values().data(),
                1e-9);
    }

    @Test
    void aFileOfSomethingElseIsRefused() {
        Path file = folder.resolve("other.safetensors");
        TensorFile.write(file, new LinkedHashMap<>(Map.of("x", planted(1))), Map.of());
        String said = assertThrows(BadInputException.class, () -> StoredFit.read(file))
                .getMessage();
        assertTrue(said.contains("holds no fit"), said);
        Tensor narrow = new Random(3).normal(WIDTH - 1);
        assertThrows(BadInputException.class, () -> fit().to(3, narrow, 0));
    }
}
