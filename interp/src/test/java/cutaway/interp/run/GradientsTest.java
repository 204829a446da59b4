package cutaway.interp.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Values;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.SiteNames;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Point.Axes;
import cutaway.model.weights.Arithmetic;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientsTest {

    private static final int[] IDS = {3, 41, 59, 26, 5};

    /// Central difference along a random direction at one position: `(m(x + hv) - m(x - hv)) / 2h = grad . v`, in
    /// float64. The step moves a value by a thousandth of its size; Richardson's extrapolation takes the term in h
    /// squared away, so that 1e-6 holds for every slope but those that are nothing beside the value's gradient.
    @ParameterizedTest
    @MethodSource("families")
    void gradientsAreSlopesAtEverySite(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            Metric metric = new Metric.LogitDifference(5, 50);
            List<Site> sites = SiteNames.all(model.sizes()).stream()
                    .filter(site -> !(site instanceof Site.Logits))
                    .toList();
            Map<Site, Tensor> gradients = Runs.gradients(model, IDS, List.of(), metric, sites);
            Reach reach = Reach.of(metric, model.sizes(), IDS.length);
            int told = 0;
            for (Site site : sites) {
                for (int pos : new int[] {IDS.length - 1, 2}) {
                    if (reach.from(site, new int[] {pos})) {
                        told += slopeAgrees(model, site, pos, metric, gradients.get(site)) ? 1 : 0;
                    } else {
                        assertEquals(0, at(gradients.get(site), site, pos).norm(), site.text() + " at " + pos);
                    }
                }
            }
            assertTrue(told > sites.size(), "slopes large enough to tell: " + told + " of " + sites.size());
            gradients.values().forEach(Tensor::close);
        }
    }

    static Stream<String> families() {
        return TinyModel.families();
    }

    /// @return whether the slope stood out from the noise
    private static boolean slopeAgrees(Model model, Site site, int pos, Metric metric, Tensor gradient) {
        try (Scope scope = Scope.open()) {
            Tensor here = at(gradient, site, pos);
            int width = (int) here.dim(0);
            Values direction = TinyModel.random(new Random(site.text().hashCode() + pos), width);
            Tensor v = direction.tensor(Dtype.F64);
            double expected = here.dot(v);
            double step = size(model, site, pos) / v.norm() * 1e-3;
            double coarse = slope(model, site, pos, direction, step, metric);
            double fine = slope(model, site, pos, direction, step / 2, metric);
            double slope = (4 * fine - coarse) / 3;
            double noise = 1e-14 / step; // a few roundings of a logit of size 10, over h
            double tolerance = 1e-6 * Math.abs(expected) + noise;
            assertEquals(expected, slope, tolerance, site.text() + " at " + pos + ", step " + step);
            return Math.abs(expected) > 1e6 * noise;
        }
    }

    private static double slope(Model model, Site site, int pos, Values direction, double step, Metric metric) {
        double up = moved(model, site, pos, direction, step, metric);
        double down = moved(model, site, pos, direction, -step, metric);
        return (up - down) / (2 * step);
    }

    private static double moved(Model model, Site site, int pos, Values direction, double step, Metric metric) {
        double[] scaled = direction.data();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= step;
        }
        return Runs.measure(
                model,
                IDS,
                List.of(new Edit.Add(site, Positions.of(pos), new Values(direction.shape(), scaled))),
                metric);
    }

    /// The typical size of the value there, its norm; -inf left out.
    private static double size(Model model, Site site, int pos) {
        try (Trace trace = Runs.run(model, Batch.of(IDS), List.of(), List.of(site));
                Scope scope = Scope.open()) {
            double norm = 0;
            for (double x : at(trace.at(site), site, pos).toDoubles()) {
                norm += Double.isInfinite(x) ? 0 : x * x;
            }
            return Math.max(Math.sqrt(norm), 0.01);
        }
    }

    /// A site at one position; of a pattern, the rows of all heads summed, as an edit of one row for all heads
    /// moves them.
    private static Tensor at(Tensor value, Site site, int pos) {
        if (site.point().kind().axes() == Axes.PAIR) {
            return value.select(0, 0).select(1, pos).sum(0, false); // [kPos]
        }
        return value.select(0, 0).select(0, pos).reshape(-1);
    }

    /// In float32 as in float64, but for float32's noise: at each position, of the largest gradient of the site. (That
    /// of a norm's scale is a sum of which most cancels.)
    @ParameterizedTest
    @MethodSource("families")
    void gradientsInFloat32AreThoseOfFloat64(String name) {
        try (Model coarse = TinyModel.open(name);
                Model fine = TinyModel.open(name, Arithmetic.F64);
                Scope scope = Scope.open()) {
            Metric metric = new Metric.LogitDifference(5, 50);
            List<Site> sites = SiteNames.all(coarse.sizes());
            Map<Site, Tensor> found = Runs.gradients(coarse, IDS, List.of(), metric, sites);
            Map<Site, Tensor> expected = Runs.gradients(fine, IDS, List.of(), metric, sites);
            for (Site site : sites) {
                assertEquals(Dtype.F64, expected.get(site).dtype(), site.text());
                double error = found.get(site).minus(expected.get(site)).norm();
                assertEquals(0, error, 3e-5 * expected.get(site).norm(), site.text());
            }
        }
    }

    /// Golden: transformers' gradient of the mean loss over both rows; each row's own loss counts half of it.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "llama-rope3"})
    void theGradientOfTheLossAgreesWithTransformers(String name) {
        try (Model model = TinyModel.open(name);
                Scope scope = Scope.open()) {
            float[] golden = TinyModel.golden(name, "grad.embed");
            int size = golden.length / 2;
            for (int row = 0; row < 2; row++) {
                Site embed = new Site.Embed();
                Tensor found = Runs.gradients(
                                model, TinyModel.ids(name, row), List.of(), new Metric.Loss(), List.of(embed))
                        .get(embed);
                float[] half = found.over(2).toFloats();
                double error = 0;
                double norm = 0;
                for (int i = 0; i < size; i++) {
                    error += Math.pow(half[i] - golden[row * size + i], 2);
                    norm += Math.pow(golden[row * size + i], 2);
                }
                assertTrue(Math.sqrt(error / norm) < 1e-4, name + " row " + row + ": " + Math.sqrt(error / norm));
            }
        }
    }

    /// What an edit put in place is what the gradient is taken at, and nothing before it has one.
    @Test
    void gradientsAreTakenAfterEdits() {
        try (Model model = TinyModel.open("llama");
                Scope scope = Scope.open()) {
            Site post = new Site.Resid(1, Moment.POST);
            Site before = new Site.Resid(1, Moment.PRE);
            Site z = new Site.Head(2, 1, HeadPart.Z);
            Edit replace = new Edit.Replace(post, Positions.ALL, TinyModel.random(new Random(3), 32));
            Metric metric = new Metric.Logit(9);
            Map<Site, Tensor> gradients =
                    Runs.gradients(model, IDS, List.of(replace), metric, List.of(post, before, z));
            assertEquals(0, gradients.get(before).norm());
            assertTrue(gradients.get(post).norm() > 1e-3);
            assertEquals(
                    List.of(1L, 5L, 8L),
                    Arrays.stream(gradients.get(z).shape().dims()).boxed().toList());
            // The logit is the same function of the replaced stream whatever the prompt was.
            Map<Site, Tensor> elsewhere =
                    Runs.gradients(model, new int[] {90, 1, 7, 7, 2}, List.of(replace), metric, List.of(post));
            assertTrue(gradients.get(post).minus(elsewhere.get(post)).norm() < 1e-6);
        }
    }
}
