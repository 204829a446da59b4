package cutaway.studies.saedarkmatter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.features.judge.CodedTokens;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import org.junit.jupiter.api.Test;

/// Shares of an error that is planted.
class SharesTest {

    private static final int N = 4000;
    private static final int D = 13;

    /// The error is linear in the activation, in an earlier output and in neither: with that output in the map a
    /// quarter of what the activation leaves is left, and with the outputs of other tokens all of it.
    @Test
    void anEarlierOutputMakesGoodWhatItWrites() {
        try (Scope _ = Scope.open()) {
            Random random = new Random(3);
            Tensor byX = random.normal(D, D);
            Tensor byOutput = random.normal(D, D).times(Math.sqrt(3.0 / D)); // three times the variance of the noise
            Tensor[] outputs = {random.normal(N, D), random.normal(N, D)};
            CodedTokens[] coded = new CodedTokens[2];
            for (int i = 0; i < 2; i++) {
                Tensor x = random.normal(N, D);
                Tensor error = x.matmul(byX).plus(outputs[i].matmul(byOutput)).plus(random.normal(N, D));
                coded[i] = new CodedTokens(x, x, x.minus(error), new double[N], new int[N]);
            }
            double planted = planted(byOutput);
            Shares.Earlier found = Shares.earlier(coded[0], coded[1], outputs[0], outputs[1], 7);
            assertEquals(planted, found.own(), 0.02);
            assertEquals(1, found.shuffled(), 0.02);
            for (CodedTokens one : coded) {
                one.close();
            }
        }
    }

    /// Noise of variance 1 a number, of that and what the output writes.
    private static double planted(Tensor byOutput) {
        return D / (D + byOutput.square().sum().item());
    }
}
