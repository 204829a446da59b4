package cutaway.lab.blind;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;

class BlindDenoiserTest {

    private static BlindDenoiser train(Tensor images, boolean masked) {
        return BlindDenoiser.train(images, new BlindDenoiser.Settings(4, 60, 8, 5e-3, masked, 1), _ -> {});
    }

    /// Ramps with noise, `[16, 1, 8, 8]`.
    private static Tensor images(boolean noisy) {
        Tensor ramp = Tensor.range(0, 64).to(cutaway.tensor.Dtype.F32).over(64).reshape(1, 1, 8, 8);
        Tensor all = ramp.expand(16, 1, 8, 8).contiguous();
        return noisy ? all.plus(new Random(2).normal(16, 1, 8, 8).times(0.3)) : all;
    }

    /// However bright a pixel is, what is said of it stays; of its neighbours it changes.
    @Test
    void noPixelIsSaidByItself() {
        try (Scope _ = Scope.open();
                BlindDenoiser net = train(images(true), true)) {
            Tensor x = images(true);
            float[] changed = x.toFloats();
            int at = 3 * 8 + 4;
            changed[at] += 5;
            float[] before = net.denoise(x).toFloats();
            float[] after = net.denoise(Tensor.of(changed, 16, 1, 8, 8)).toFloats();
            assertEquals(before[at], after[at], 1e-5);
            assertTrue(Math.abs(before[at + 1] - after[at + 1]) > 1e-4);
        }
    }

    @Test
    void hiddenPixelsTeachTheImageAndSeenOnesTheNoise() {
        try (Scope _ = Scope.open();
                BlindDenoiser masked = train(images(true), true);
                BlindDenoiser seeing = train(images(true), false)) {
            double blind = off(masked);
            double repeating = off(seeing);
            assertTrue(blind < 0.5 * repeating, blind + " " + repeating);
        }
    }

    private static double off(BlindDenoiser net) {
        return net.denoise(images(true)).minus(images(false)).square().mean().item();
    }

    @Test
    void imagesOfOtherShapesAreRefused() {
        try (Scope _ = Scope.open()) {
            Tensor odd = Tensor.zeros(2, 1, 7, 8);
            String said = assertThrows(BadInputException.class, () -> train(odd, true))
                    .getMessage();
            assertTrue(said.contains("even sides"), said);
        }
    }
}
