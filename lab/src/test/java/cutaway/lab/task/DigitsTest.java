package cutaway.lab.task;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigitsTest {

    private static void needDigits() {
        Assumptions.assumeTrue(Digits.areHere(), "skipped: the digits are not in the cache; scripts/digits");
    }

    /// What scikit-learn says of `load_digits()`: counts of the digits, and a mean pixel of 4.884164579855314 of 16.
    @Test
    void allImagesAreThereOnce() {
        needDigits();
        Task task = new Digits(0.8);
        Task.Rows train = Filled.train(task, 3, 0, task.examples(3, 0).trainSize());
        Task.Rows held = Filled.test(task, 3);
        assertEquals(1438, train.count());
        long[] counts = new long[10];
        double sum = 0;
        for (Task.Rows rows : new Task.Rows[] {train, held}) {
            Arrays.stream(rows.classes()).forEach(digit -> counts[(int) digit]++);
            for (float pixel : rows.x()) {
                sum += pixel;
            }
        }
        assertArrayEquals(new long[] {178, 182, 177, 183, 181, 182, 181, 179, 174, 180}, counts);
        assertEquals(4.884164579855314 / 16, sum / (1797 * 64), 1e-9);
        Task.Rows others = Filled.test(task, 4);
        assertFalse(Arrays.equals(held.x(), others.x()), "every seed holds out the same images");
    }

    /// A digit is nearer to the mean image of its class than to the other nine for nine images of ten.
    @Test
    void anImageHasItsOwnClass() {
        needDigits();
        Task task = new Digits(0.8);
        Task.Rows train = Filled.train(task, 0, 0, task.examples(0, 0).trainSize());
        double[][] means = new double[10][64];
        int[] counts = new int[10];
        for (int n = 0; n < train.count(); n++) {
            int digit = (int) train.classes()[n];
            counts[digit]++;
            for (int i = 0; i < 64; i++) {
                means[digit][i] += train.x()[n * 64 + i];
            }
        }
        Task.Rows held = Filled.test(task, 0);
        int right = 0;
        for (int n = 0; n < held.count(); n++) {
            int nearest = 0;
            double least = Double.MAX_VALUE;
            for (int digit = 0; digit < 10; digit++) {
                double squares = 0;
                for (int i = 0; i < 64; i++) {
                    double difference = held.x()[n * 64 + i] - means[digit][i] / counts[digit];
                    squares += difference * difference;
                }
                nearest = squares < least ? digit : nearest;
                least = Math.min(least, squares);
            }
            right += nearest == held.classes()[n] ? 1 : 0;
        }
        assertEquals(0.9, (double) right / held.count(), 0.05);
    }

    @Test
    void whatIsNoFileOfDigitsIsRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("digits.csv.gz");
        assertTrue(refused(file).contains("run scripts/digits"), "the way out is named");
        Files.writeString(file, "0,1,2");
        assertTrue(refused(file).contains("delete it"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write("0,1,2\n".getBytes(StandardCharsets.US_ASCII));
        }
        assertTrue(refused(file).contains("line 1 has no image"));
    }

    private static String refused(Path file) {
        return assertThrows(BadInputException.class, () -> Digits.read(file)).getMessage();
    }

    @Test
    void aShareThatLeavesNothingIsRefused() {
        assertThrows(BadInputException.class, () -> new Digits(0));
    }
}
