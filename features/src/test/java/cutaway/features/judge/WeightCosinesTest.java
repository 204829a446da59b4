package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class WeightCosinesTest {

    @Test
    void largestCosinesByHand() {
        try (Scope _ = Scope.open()) {
            Tensor a = Tensor.of(new float[] {2, 0, 0, 3, 1, 1, 0, 0}, 4, 2);
            Tensor b = Tensor.of(new float[] {5, 0, -1, -1}, 2, 2);
            assertArrayEquals(new double[] {1, 0, Math.sqrt(0.5), 0}, MaxCosine.of(a, b), 1e-6);
            assertArrayEquals(
                    new double[] {Math.sqrt(0.5), Math.sqrt(0.5), Math.sqrt(0.5), 0}, MaxCosine.amongOthers(a), 1e-6);
        }
    }

    /// More rows than a tile, among others: the same rows in another order are all found, but not among themselves.
    @Test
    void permutedAndRescaledRowsAreFound() {
        try (Scope _ = Scope.open()) {
            Tensor rows = new Random(1).normal(700, 64);
            Tensor other = rows.roll(0, 123).times(3);
            for (double cosine : MaxCosine.of(rows, other)) {
                assertEquals(1, cosine, 1e-5);
            }
            assertTrue(MaxCosine.mean(MaxCosine.amongOthers(rows)) < 0.6);
        }
    }

    /// Half of the latents are in the other dictionary too; the others are as near as random ones.
    @Test
    void stabilityIsTheShareThatIsShared() {
        try (Scope _ = Scope.open()) {
            Tensor shared = new Random(2).normal(100, 64);
            try (Dictionary one = dictionary(Tensor.cat(List.of(shared, new Random(3).normal(100, 64)), 0));
                    Dictionary two = dictionary(Tensor.cat(List.of(new Random(4).normal(100, 64), shared), 0))) {
                List<Judgement.Row> rows = Stability.rows(one, two, 5);
                assertEquals(0.5, rows.get(1).value().value(), 1e-9);
                assertEquals(0, rows.get(1).rivals().get("random").value(), 1e-9);
                double luck = rows.get(0).rivals().get("random").value();
                assertEquals((1 + luck) / 2, rows.get(0).value().value(), 0.01);
            }
        }
    }

    private static Dictionary dictionary(Tensor decoder) {
        return Tiny.relu(
                decoder.negate(),
                Tensor.zeros(decoder.dim(0)),
                decoder,
                Tensor.zeros(64),
                Tiny.at("blocks.0.hook_resid_pre"));
    }

    @Test
    void encodersAgainstDecoders() {
        try (Scope _ = Scope.open();
                Dictionary opposed = dictionary(new Random(6).normal(9, 64))) {
            for (double cosine : WeightCosines.encoderDecoder(opposed)) {
                assertEquals(-1, cosine, 1e-5);
            }
        }
    }

    /// Of 200 tokens: one latent never, one once, one on 3 (1.5 %), one on 30 (15 %), one always.
    @Test
    void frequencies() {
        int[] active = {0, 1, 3, 30, 200};
        float[] dense = new float[200 * 5];
        for (int latent = 0; latent < 5; latent++) {
            for (int token = 0; token < active[latent]; token++) {
                dense[token * 5 + latent] = 1;
            }
        }
        Frequencies found = new Frequencies(5);
        try (Tensor all = Tensor.of(dense, 200, 5)) {
            SparseRows codes = SparseRows.of(all);
            found.add(codes);
        }
        assertEquals(0.2, found.dead());
        assertEquals(0.6, found.denserThan(0.01));
        assertEquals(0.4, found.denserThan(0.1));
        List<Judgement.Bar> bars = found.histogram();
        assertEquals(-2.5, bars.getFirst().from()); // log10(1/200) = -2.3
        assertEquals(0, bars.getLast().to());
        assertEquals(
                List.of(1L, 1L, 0L, 1L, 1L),
                bars.stream().map(Judgement.Bar::latents).toList());
    }
}
