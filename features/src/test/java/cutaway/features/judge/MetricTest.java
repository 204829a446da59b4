package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.statistics.Bootstrap;
import cutaway.interp.statistics.Interval;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Expected values are worked out by hand, or follow from how the data were made.
class MetricTest {

    private static final Bootstrap BOOTSTRAP = Bootstrap.seeded(1);

    private Scope scope = Scope.open();

    @BeforeEach
    void open() {
        scope.close();
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// Two contexts: [3 4], [0 0] and [1 0]; made of them [3 0], [0 1] and [2 0].
    private static final List<double[]> Y = List.of(new double[] {3, 4, 0, 0}, new double[] {1, 0});

    private static final List<double[]> MADE = List.of(new double[] {3, 0, 0, 1}, new double[] {2, 0});

    private static double of(Metric<Reconstructed> metric) {
        Tally<Reconstructed> tally = new Tally<>(metric);
        for (int i = 0; i < Y.size(); i++) {
            Tensor y = Tensor.of(Y.get(i), Y.get(i).length / 2, 2);
            Tensor made = Tensor.of(MADE.get(i), y.dim(0), 2);
            tally.add(new Reconstructed(y, y, made, i == 0 ? 5 : 1, i == 0 ? 2.5 : 2));
        }
        return tally.estimate(BOOTSTRAP).value();
    }

    @Test
    void handValues() {
        assertEquals(2, of(new ActiveLatents()), 1e-12); // 6 active, 3 tokens
        assertEquals(1.5, of(new CodeSize()), 1e-12); // 4.5 over 3
        assertEquals((16 + 1 + 1) / 3.0, of(new MeanSquaredError()), 1e-12);
        assertEquals((0.6 + 0 + 1) / 3, of(new Cosine()), 1e-12); // 9 / (5 * 3); zero; 2 / 2
        assertEquals((9 + 1 + 4) / (9.0 + 0 + 2), of(new RelativeBias()), 1e-12);
        assertEquals((3 / 5.0 + 2) / 2, of(new NormRatio()), 1e-12); // the token of norm 0 does not count
    }

    /// The mean is (4/3, 4/3): squared distances are 25/9 + 64/9, 32/9, 1/9 + 16/9.
    @Test
    void varianceIsPooledAboutEachDimensionsMean() {
        double variance = (25 + 64 + 32 + 1 + 16) / 9.0;
        assertEquals(18 / variance, of(new Unexplained()), 1e-12);
        assertEquals(1 - 18 / variance, of(new ExplainedVariance()), 1e-12);
    }

    /// Of variance 1 and error 1/4 the truth is 0.75. With a mean of two standard deviations the others print 0.95:
    /// SAELens 6.18 with the same mean in all 500 dimensions, overcomplete with means of both signs.
    @Test
    void peersPrintMoreThanTheTruthWhereMeansAreLarge() {
        Random random = new Random(3);
        Tensor signs = Tensor.range(0, 500)
                .to(Dtype.F64)
                .greater(249)
                .to(Dtype.F64)
                .times(4)
                .minus(2);
        Tally<Reconstructed> truth = new Tally<>(new ExplainedVariance());
        Tally<Reconstructed> oneSided = new Tally<>(new ExplainedVariance());
        Tally<Reconstructed> saeLens = new Tally<>(PeerExplainedVariance.SQUARED_SQUARE);
        Tally<Reconstructed> overcomplete = new Tally<>(PeerExplainedVariance.ONE_MEAN);
        for (int context = 0; context < 10; context++) {
            Tensor noise = random.normal(100, 500).to(Dtype.F64);
            Tensor error = random.normal(100, 500).to(Dtype.F64).times(0.5);
            Tensor both = noise.plus(signs);
            Tensor two = noise.plus(2);
            truth.add(new Reconstructed(both, both, both.minus(error), 0, 0));
            overcomplete.add(new Reconstructed(both, both, both.minus(error), 0, 0));
            oneSided.add(new Reconstructed(two, two, two.minus(error), 0, 0));
            saeLens.add(new Reconstructed(two, two, two.minus(error), 0, 0));
        }
        assertEquals(0.75, truth.estimate(BOOTSTRAP).value(), 0.005);
        assertEquals(0.75, oneSided.estimate(BOOTSTRAP).value(), 0.005);
        assertEquals(
                1 - 0.25 * 500 / (5 * 500 - 25), saeLens.estimate(BOOTSTRAP).value(), 0.002);
        assertEquals(0.95, overcomplete.estimate(BOOTSTRAP).value(), 0.002);
    }

    /// A reconstruction shrunk by a half has a bias of a half; taking it out leaves no error.
    @Test
    void biasIsTheFactorThatReconstructionsAreShrunkBy() {
        Tensor y = new Random(5).normal(13, 7).to(Dtype.F64);
        Tally<Reconstructed> tally = new Tally<>(new RelativeBias());
        tally.add(new Reconstructed(y, y, y.times(0.5), 0, 0));
        assertEquals(0.5, tally.estimate(BOOTSTRAP).value(), 1e-12);
    }

    /// Contexts are drawn anew, not tokens: 20 contexts whose 50 tokens are all alike are 20 draws, not 1,000.
    @Test
    void theIntervalIsThatOfContexts() {
        Tally<Reconstructed> tally = new Tally<>(new MeanSquaredError());
        double[] errors = new Random(7).normal(20).to(Dtype.F64).toDoubles();
        double mean = 0;
        double square = 0;
        for (double error : errors) {
            Tensor y = Tensor.full(error, Dtype.F64, 50, 1);
            tally.add(new Reconstructed(y, y, y.times(0), 0, 0));
            mean += error * error / 20;
            square += error * error * error * error / 20;
        }
        Interval interval = tally.estimate(BOOTSTRAP).interval().orElseThrow();
        double deviation = Math.sqrt((square - mean * mean) / 19);
        assertTrue(interval.holds(mean));
        assertEquals(2 * 1.96 * deviation, interval.high() - interval.low(), 0.8 * deviation); // skewed: BCa is no 1.96
    }
}
