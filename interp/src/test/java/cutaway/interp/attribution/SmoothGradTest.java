package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.run.Runs;
import cutaway.interp.site.Site;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SmoothGradTest {

    private static final Metric METRIC = new Metric.LogitDifference(5, 9);

    @Test
    void withoutNoiseItIsTheGradient() {
        int[] ids = TinyModel.ids("llama", 0);
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open()) {
            Site embed = new Site.Embed();
            double[] gradient = Objects.requireNonNull(Runs.gradients(model, ids, List.of(), METRIC, List.of(embed))
                            .get(embed))
                    .toDoubles();
            long before = Tensor.live();
            SmoothGrad.Attribution found = new SmoothGrad(3, 0, 1).of(model, Source.of(ids, List.of()), METRIC);
            assertEquals(before, Tensor.live());
            assertArrayEquals(
                    gradient,
                    Arrays.stream(found.gradient())
                            .flatMapToDouble(Arrays::stream)
                            .toArray(),
                    1e-5 * Arrays.stream(gradient).map(Math::abs).max().orElseThrow());
            SmoothGrad noisy = new SmoothGrad(3, 0.2, 1);
            double[] once = noisy.of(model, Source.of(ids, List.of()), METRIC).tokens();
            assertArrayEquals(
                    once, noisy.of(model, Source.of(ids, List.of()), METRIC).tokens());
            assertTrue(Math.abs(once[0] - found.tokens()[0]) > 1e-6, "noise changes nothing");
        }
    }

    /// Of f(x) = (a x1^2 + b x2^2) / 2 + x1 the gradient is linear, so noise has no bias: the mean over n draws is
    /// within 4 standard errors, sigma a / sqrt(n), of a x1 + 1; and its noise is there.
    @Test
    void ofAQuadraticTheMeanIsTheGradient() {
        try (Scope _ = Scope.open()) {
            Tensor x = Tensor.of(new double[] {-1, 3}, 1, 2); // range 4, sigma 1
            Tensor curvature = Tensor.of(new double[] {2, -5}, 2);
            Tensor slope = Tensor.of(new double[] {1, 0}, 2);
            int draws = 4000;
            double[] mean = new SmoothGrad(draws, 0.25, 7)
                    .mean(x, 64, noisy -> noisy.times(curvature).plus(slope))
                    .toDoubles();
            assertEquals(-1, mean[0], 4 * 2 / Math.sqrt(draws));
            assertEquals(-15, mean[1], 4 * 5 / Math.sqrt(draws));
            double[] few = new SmoothGrad(2, 0.25, 7)
                    .mean(x, 64, noisy -> noisy.times(curvature).plus(slope))
                    .toDoubles();
            assertTrue(Math.abs(few[1] + 15) > 0.05, "sigma is lost");
        }
    }

    @Test
    void whatIsNoNoiseIsRefused() {
        assertThrows(BadInputException.class, () -> new SmoothGrad(0, 0.1, 0));
        assertThrows(BadInputException.class, () -> new SmoothGrad(1, -0.1, 0));
    }
}
