package cutaway.features.coder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ResamplingTest {

    /// The first of two draws is token i with the probability `e_i^2 / sum e^2`.
    @Test
    void tokensAreDrawnByTheSquareOfTheirError() {
        double[] errors = {1, 2, 0, 3};
        int[] counts = new int[4];
        Random random = new Random(1);
        int draws = 14_000;
        for (int i = 0; i < draws; i++) {
            long[] two = Resampling.drawn(errors, 2, random.generator());
            assertTrue(two.length == 2 && two[0] != two[1]);
            counts[(int) two[0]]++;
        }
        double[] expected = {draws / 14.0, draws * 4 / 14.0, 0, draws * 9 / 14.0};
        for (int i = 0; i < 4; i++) {
            assertEquals(expected[i], counts[i], 5 * Math.sqrt(draws * 0.25), "token " + i);
        }
        assertEquals(3, Resampling.drawn(errors, 9, random.generator()).length);
    }

    /// Dead latents get rows of the stated norms along tokens, and are counted as alive; nothing else is told.
    @Test
    void deadLatentsBeginAnew() {
        CoderCase of = new CoderCase("", new CoderSettings(new Sparsity.TopK(3)), 8, 8, Set.of());
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64)) {
            CoderCase.train(coder, of, 20, 0.1);
            long[] silent = new long[CoderCase.WIDTH];
            silent[4] = 1001;
            silent[7] = 1000; // not yet
            silent[23] = 5000;
            coder.buffers().get(LinearCoder.SILENT).assign(Tensor.of(silent));
            assertArrayEquals(new int[] {4, 23}, coder.dead());
            assertEquals(2 / 24.0, coder.deadShare(), 1e-15);
            double[] encoderNorms = norms(coder, Maps.ENCODER);
            double[] decoderNorms = norms(coder, Maps.DECODER);
            Set<String> told = new TreeSet<>();
            int revived = Resampling.run(
                    coder, of.x(3), of.x(3), new Random(2).generator(), (name, row) -> told.add(name + " " + row));
            assertEquals(2, revived);
            assertEquals(
                    Set.of("encoder 4", "encoder 23", "decoder 4", "decoder 23", "encoderBias 4", "encoderBias 23"),
                    told);
            assertEquals(0, coder.dead().length);
            assertEquals(0.2 * meanBut(encoderNorms, 4, 23), norms(coder, Maps.ENCODER)[4], 1e-12);
            assertEquals(meanBut(decoderNorms, 4, 23), norms(coder, Maps.DECODER)[23], 1e-12);
            assertTrue(isAlongAToken(coder, of.x(3), 4) && isAlongAToken(coder, of.x(3), 23));
        }
    }

    private static double[] norms(Coder coder, String name) {
        return coder.parameters().get(name).square().sum(1, false).sqrt().toDoubles();
    }

    private static double meanBut(double[] all, int one, int other) {
        return (Arrays.stream(all).sum() - all[one] - all[other]) / (all.length - 2);
    }

    private static boolean isAlongAToken(Coder coder, Tensor x, int latent) {
        Tensor centred = x.minus(coder.parameters().get(Maps.DECODER_BIAS));
        Tensor unit = centred.over(centred.square().sum(1, true).sqrt());
        Tensor row = coder.parameters().get(Maps.DECODER).select(0, latent);
        Tensor cosines = unit.matmul(row).over(row.norm());
        return cosines.max(0, false).item() > 1 - 1e-12;
    }

    /// One dead latent on which nothing depends: a revival lowers the loss that training reaches.
    @Test
    void revivalOfManyHelps() {
        CoderCase of = new CoderCase("", new CoderSettings(new Sparsity.Relu(0.05)).deadAfter(3), 8, 8, Set.of());
        try (Scope _ = Scope.open();
                Coder coder = of.create(1, Dtype.F64);
                Coder left = of.create(1, Dtype.F64)) {
            for (Coder one : java.util.List.of(coder, left)) {
                Tensor bias = one.parameters().get(Maps.ENCODER_BIAS);
                double[] low = bias.toDoubles();
                Arrays.fill(low, 0, 20, -50);
                bias.assign(Tensor.of(low));
                CoderCase.train(one, of, 6, 0.01);
                assertEquals(20, one.dead().length);
            }
            Resampling.run(coder, of.x(3), of.x(3), new Random(2).generator(), (_, _) -> {});
            double revived = CoderCase.train(coder, of, 150, 0.1);
            double dead = CoderCase.train(left, of, 150, 0.1);
            assertTrue(revived < 0.8 * dead, revived + " with revival, " + dead + " without");
        }
    }
}
