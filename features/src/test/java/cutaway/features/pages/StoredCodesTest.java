package cutaway.features.pages;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.SparseRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Codes that lie on the disk, and what is counted of them in bounded memory.
class StoredCodesTest {

    @TempDir
    Path folder;

    /// 3 latents of 50 on each of some tokens, one of them with a code that is not above 0.
    private static SparseRows drawn(Random random, int rows) {
        int[] starts = new int[rows + 1];
        int[] columns = new int[3 * rows];
        double[] values = new double[3 * rows];
        for (int row = 0; row < rows; row++) {
            int[] three = random.ints(0, 50).distinct().limit(3).sorted().toArray();
            System.arraycopy(three, 0, columns, 3 * row, 3);
            values[3 * row] = 1 + random.nextInt(8);
            values[3 * row + 1] = random.nextDouble();
            values[3 * row + 2] = -1;
            starts[row + 1] = 3 * (row + 1);
        }
        return new SparseRows(50, starts, columns, values);
    }

    /// More than one write of the buffer: 8 bytes for each of 400,000 codes.
    @Test
    void codesComeBackAlsoOfTwoWriters() throws IOException {
        Random random = new Random(5);
        SparseRows[] parts = {drawn(random, 100_000), drawn(random, 1), drawn(random, 99_999)};
        try (StoredCodes.Writer writer = StoredCodes.in(folder)) {
            writer.add(parts[0]);
        }
        StoredCodes codes;
        try (StoredCodes.Writer writer = StoredCodes.in(folder)) {
            assertEquals(100_000, writer.rows());
            writer.add(parts[1]);
            writer.add(parts[2]);
            codes = writer.stored();
        }
        try (codes) {
            assertEquals(200_000, codes.rows());
            assertEquals(400_000, codes.start(200_000));
            int row = 0;
            for (SparseRows part : parts) {
                for (int i = 0; i < part.rows(); i++, row++) {
                    for (int j = 3 * i; j < 3 * i + 3; j++) {
                        float expected = (float) Math.max(0, part.values()[j]);
                        assertEquals(expected, codes.value(row, part.columns()[j]));
                    }
                    long first = codes.start(row);
                    assertEquals(part.columns()[3 * i], codes.latent(first));
                    assertEquals((float) part.values()[3 * i], codes.value(first));
                }
            }
        }
    }

    /// Where pairs are too many, every s-th token stands for all.
    @Test
    void pairsAreCountedOnSomeTokensWhereTheyAreTooMany() {
        try (StoredCodes.Writer writer = StoredCodes.in(folder)) {
            writer.add(drawn(new Random(6), 30_000));
            try (StoredCodes codes = writer.stored()) {
                CoActivation all = CoActivation.of(codes, 50, 50);
                CoActivation some = CoActivation.of(codes, 50, 50, 40_000); // of 30,000 tokens with 4 pairs each
                assertEquals(30_000, all.tokens());
                assertEquals(10_000, some.tokens());
                CoActivation.Partner first = all.of(0).getFirst();
                double expected = first.tokens() / 3.0;
                int counted = some.of(0).stream()
                        .filter(partner -> partner.latent() == first.latent())
                        .mapToInt(CoActivation.Partner::tokens)
                        .findFirst()
                        .orElse(0);
                assertTrue(
                        Math.abs(counted - expected) < 4 * Math.sqrt(expected),
                        counted + " for " + expected); // four standard deviations of a Poisson count
            }
        }
    }

    @Test
    void theLargestKeysStay() {
        LargestKeys lists = new LargestKeys(3, 7);
        long[] offered = new Random(7).longs(207, 0, Long.MAX_VALUE).toArray();
        Arrays.stream(offered).forEach(key -> lists.offer(1, key));
        lists.offer(2, 0);
        long[] expected = LongStream.of(offered)
                .map(x -> -x)
                .sorted()
                .limit(7)
                .map(x -> -x)
                .toArray();
        assertArrayEquals(expected, lists.of(1));
        assertArrayEquals(new long[] {}, lists.of(0));
        assertArrayEquals(new long[] {0}, lists.of(2));
        long key = LargestKeys.key(Float.floatToIntBits(1.5f), 12345);
        assertEquals(1.5f, Float.intBitsToFloat(LargestKeys.first(key)));
        assertEquals(12345, LargestKeys.second(key));
    }

    /// 20,000 tokens of a band, 20 drawn with each of 300 seeds: each tenth of the text is drawn from as often.
    @Test
    void drawsAreEven() {
        int[] counts = new int[10];
        try (StoredCodes.Writer writer = StoredCodes.in(folder)) {
            int n = 20_000;
            int[] starts = new int[n + 1];
            Arrays.setAll(starts, i -> i);
            double[] ones = new double[n];
            Arrays.fill(ones, 1);
            writer.add(new SparseRows(1, starts, new int[n], ones));
            try (StoredCodes codes = writer.stored()) {
                Activity activity = Activity.of(codes, new TokenRows(n, java.util.List.of()), 1, 1);
                for (int seed = 0; seed < 300; seed++) {
                    var settings = new PageSettings(1, 1, 20, 0, 0, 1, 0, 0, seed, PageSettings.Dose.NONE);
                    for (int row : Bands.of(codes, activity, 1, settings).rows(0, 0)) {
                        counts[row / 2000]++;
                    }
                }
            }
        }
        for (int count : counts) {
            assertEquals(600, count, 4 * Math.sqrt(600 * 0.9)); // four standard deviations
        }
    }
}
