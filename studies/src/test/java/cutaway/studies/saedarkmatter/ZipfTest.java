package cutaway.studies.saedarkmatter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.features.judge.Bench;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ZipfTest {

    /// Sums of independent unit directions: the mean square of a token's length about its mean follows from the
    /// chances p and sizes 0.5 to 1.5, `sum p (13 / 12) - p^2`, but for what directions share.
    @Test
    void tokensHaveAsManyDirectionsAsTheirChancesSay() {
        try (Scope _ = Scope.open();
                Zipf zipf = Zipf.draw(1)) {
            Tensor x = zipf.tokens(4000, 2);
            double spread =
                    x.minus(x.mean(0, true)).square().sum(1, false).mean().item();
            double expected = 0;
            for (int i = 0; i < Zipf.COUNT; i++) {
                double p = Math.min(0.5, zipf.c() / (i + 1));
                expected += p * 13 / 12 - p * p;
            }
            assertEquals(expected, spread, 0.08 * expected);
        }
    }

    @Test
    void trainingExplainsMoreThanFirstWeights() {
        try (Scope _ = Scope.open();
                Zipf zipf = Zipf.draw(1);
                Dictionary first = zipf.train(64, 8, 0, 3);
                Dictionary trained = zipf.train(64, 8, 100, 3)) {
            Tensor x = zipf.tokens(500, 4);
            assertTrue(Bench.fit(trained, x).r2() > Bench.fit(first, x).r2() + 0.2);
        }
    }
}
