package cutaway.studies.noise2self;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ImagesTest {

    /// With the hole the curve is that of the truth and the noise; without it a median says its own noise, and the
    /// smallest radius looks best.
    @Test
    void onlyAMedianWithAHoleFollowsTheTruth() {
        Images images = Images.draw(8, 48, 0.3, false, 1);
        assertTrue(images.medians(true).isRight());
        assertTrue(images.medians(true).gap(images.noise()) < 0.03);
        Images.Curves seeing = images.medians(false);
        assertEquals(1, seeing.selfSupervised().chosen().value());
        assertTrue(seeing.gap(images.noise()) > 0.2);
    }

    @Test
    void noiseThatNeighboursShareIsAsLargeAndIsFlagged() {
        Images shared = Images.draw(8, 48, 0.3, true, 2);
        Images alone = Images.draw(8, 48, 0.3, false, 2);
        assertEquals(0.09, shared.noise(), 0.01);
        assertEquals(0.09, alone.noise(), 0.01);
        assertTrue(shared.split(2).isFlagged());
        assertFalse(alone.split(2).isFlagged());
        assertFalse(shared.medians(true).isRight());
    }
}
