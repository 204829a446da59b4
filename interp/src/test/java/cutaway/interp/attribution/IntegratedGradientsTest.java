package cutaway.interp.attribution;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.attribution.IntegratedGradients.Attribution;
import cutaway.interp.attribution.IntegratedGradients.Baseline;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.planted.PlantedLlama;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.Moment;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IntegratedGradientsTest {

    private static final int[] IDS = {3, 41, 60, 26, 9, 58, 13};
    private static final Source PROMPT = Source.of(IDS, List.of());
    private static final Source OTHER = Source.of(new int[] {3, 41, 59, 26, 5, 58, 20}, List.of());
    private static final Metric METRIC = new Metric.LogitDifference(7, 21);
    private static final Site EMBED = new Site.Embed();

    /// They add up to the difference of two plain runs of the two prompts.
    @ParameterizedTest
    @CsvSource({
        "llama, 100",
        "gpt2, 100",
        "phi, 100",
        "qwen3, 100",
        "gemma, 100",
        "gemma2, 800",
        "granite, 100",
        "bert, 100"
    })
    void theyAddUpToTheChange(String name, int steps) {
        try (Model model = TinyModel.open(name, Arithmetic.F64)) {
            Attribution found = IntegratedGradients.of(model, PROMPT, new Baseline.Prompt(OTHER), METRIC, steps);
            double there = Runs.measure(model, IDS, List.of(), METRIC);
            double other = Runs.measure(model, OTHER.ids(model), List.of(), METRIC);
            assertEquals(there, found.atPrompt(), 1e-12);
            assertEquals(other, found.atBaseline(), 1e-12);
            double sum = 0;
            for (int pos = 0; pos < IDS.length; pos++) {
                sum += found.tokens()[pos];
                if (IDS[pos] == OTHER.ids(model)[pos]) {
                    assertEquals(0, found.tokens()[pos], "the same token in both");
                }
            }
            assertTrue(Math.abs(there - other) > 0.05, "nothing changes");
            assertEquals(there - other, sum, 1e-6 * Math.abs(there - other));
            assertEquals(sum - (there - other), found.gap(), 1e-12);
            Attribution coarse = IntegratedGradients.of(model, PROMPT, new Baseline.Prompt(OTHER), METRIC, 1);
            assertTrue(Math.abs(coarse.gap()) > 1e-3, "one step is enough: " + coarse.gap());
        }
    }

    /// In float32 as in float64, but for float32's noise.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2", "phi", "qwen3", "gemma", "granite", "bert"})
    void inFloat32TheyAreThoseOfFloat64(String name) {
        try (Model coarse = TinyModel.open(name);
                Model fine = TinyModel.open(name, Arithmetic.F64)) {
            Baseline baseline = new Baseline.Prompt(OTHER);
            double[] found =
                    IntegratedGradients.of(coarse, PROMPT, baseline, METRIC, 30).tokens();
            double[] expected =
                    IntegratedGradients.of(fine, PROMPT, baseline, METRIC, 30).tokens();
            assertArrayEquals(expected, found, 1e-5);
        }
    }

    /// The share of one position, by the slopes of runs on the way and Simpson's rule; in models that are smooth enough
    /// on the way for both.
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "granite", "bert"})
    void aTokensShareIsTheSumOfItsSlopes(String name) {
        int intervals = 100;
        try (Model model = TinyModel.open(name, Arithmetic.F64);
                Scope scope = Scope.open();
                Trace here = Runs.run(model, Batch.of(IDS), List.of(), List.of(EMBED));
                Trace there = Runs.run(model, Batch.of(OTHER.ids(model)), List.of(), List.of(EMBED))) {
            Tensor end = here.at(EMBED).select(0, 0);
            Tensor start = there.at(EMBED).select(0, 0);
            Tensor way = end.minus(start);
            Attribution found = IntegratedGradients.of(model, PROMPT, new Baseline.Prompt(OTHER), METRIC, 100);
            for (int pos : new int[] {2, 4, 6}) {
                double sum = 0;
                for (int i = 0; i <= intervals; i++) {
                    Edit at = replace(start.plus(way.times((double) i / intervals)));
                    int weight = i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
                    double slope = slope(model, at, pos, way.select(0, pos), 1e-3);
                    sum += weight * slope / (3 * intervals);
                }
                assertEquals(sum, found.tokens()[pos], 1e-6 * Math.abs(sum), "position " + pos);
            }
        }
    }

    /// Of the metric along a way, by central differences and Richardson's extrapolation.
    private static double slope(Model model, Edit at, int pos, Tensor way, double step) {
        double[] slopes = new double[2];
        for (int half = 0; half < 2; half++) {
            double width = step / (half + 1);
            double ahead = Runs.measure(model, IDS, List.of(at, add(pos, way.times(width))), METRIC);
            double behind = Runs.measure(model, IDS, List.of(at, add(pos, way.times(-width))), METRIC);
            slopes[half] = (ahead - behind) / (2 * width);
        }
        return (4 * slopes[1] - slopes[0]) / 3;
    }

    private static Edit replace(Tensor values) {
        return new Edit.Replace(EMBED, Positions.ALL, Values.of(values));
    }

    private static Edit add(int pos, Tensor values) {
        return new Edit.Add(EMBED, Positions.of(pos), Values.of(values));
    }

    /// In a linear model one step is enough, and a token's share is what swapping it alone changes.
    @Test
    void whatIsLinearIsExact(@TempDir Path folder) {
        PlantedLlama.linear(folder).close();
        try (Model model = Model.open(folder, WeightOptions.in(Arithmetic.F64));
                Scope scope = Scope.open()) {
            Values direction = Values.of(new Random(5).normal(32));
            Metric metric = new Metric.Projection(new Site.Resid(2, Moment.POST), Positions.LAST, direction);
            Attribution found = IntegratedGradients.of(model, PROMPT, new Baseline.Prompt(OTHER), metric, 1);
            assertEquals(0, found.gap(), 1e-6); // what norms still see of their input, beside their epsilon
            double there = Runs.measure(model, IDS, List.of(), metric);
            for (int pos : new int[] {2, 4, 6}) {
                Edit swap = new Edit.Patch(EMBED, Positions.of(pos), OTHER);
                double lost = there - Runs.measure(model, IDS, List.of(swap), metric);
                assertTrue(Math.abs(lost) > 1e-3, "nothing is lost");
                assertEquals(lost, found.tokens()[pos], 1e-6);
            }
        }
    }

    /// The metric at a baseline is that of a run which begins there.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gemma", "gpt2"})
    void zeroAndMeanBaselinesAreWhatTheySay(String name) {
        try (Model model = TinyModel.open(name, Arithmetic.F64);
                Scope scope = Scope.open()) {
            Attribution zero = IntegratedGradients.of(model, PROMPT, new Baseline.Zero(), METRIC, 5);
            assertEquals(
                    Runs.measure(model, IDS, List.of(new Edit.Zero(EMBED, Positions.ALL)), METRIC),
                    zero.atBaseline(),
                    1e-12);
            int[] all = new int[model.sizes().vocab()];
            for (int i = 0; i < all.length; i++) {
                all[i] = i;
            }
            Tensor sum = Tensor.zeros(32);
            for (int id : all) { // each token alone, as a run has it
                try (Trace trace = Runs.run(model, Batch.of(id), List.of(), List.of(EMBED))) {
                    sum = sum.plus(trace.at(EMBED).select(0, 0).select(0, 0));
                }
            }
            Edit mean = new Edit.Replace(EMBED, Positions.ALL, Values.of(sum.over(all.length)));
            Attribution found = IntegratedGradients.of(model, PROMPT, new Baseline.Mean(), METRIC, 100);
            assertEquals(Runs.measure(model, IDS, List.of(mean), METRIC), found.atBaseline(), 1e-12);
            assertEquals(0, found.gap(), 5e-3);
        }
    }

    @Test
    void aPromptBesideItselfHasNoAttribution() {
        try (Model model = TinyModel.open("llama")) {
            Attribution found = IntegratedGradients.of(model, PROMPT, new Baseline.Prompt(PROMPT), METRIC, 3);
            for (double token : found.tokens()) {
                assertEquals(0, token);
            }
            assertEquals(0, found.gap(), 1e-6);
        }
    }

    @Test
    void nothingStaysInNativeMemory() {
        try (Model model = TinyModel.open("llama")) {
            long before = Tensor.live();
            IntegratedGradients.of(model, PROMPT, new Baseline.Mean(), METRIC, 3);
            IntegratedGradients.of(model, PROMPT, new Baseline.Prompt(OTHER), METRIC, 3);
            assertEquals(before, Tensor.live());
        }
    }

    @Test
    void saysWhatItCannotCompare() {
        try (Model model = TinyModel.open("llama")) {
            Baseline shorter = new Baseline.Prompt(Source.of(new int[] {3, 41}, List.of()));
            BadInputException lengths = assertThrows(
                    BadInputException.class, () -> IntegratedGradients.of(model, PROMPT, shorter, METRIC, 5));
            assertTrue(lengths.getMessage().contains("2 tokens and the prompt 7"), lengths.getMessage());
            BadInputException steps = assertThrows(
                    BadInputException.class,
                    () -> IntegratedGradients.of(model, PROMPT, new Baseline.Zero(), METRIC, 0));
            assertTrue(steps.getMessage().contains("0 steps"), steps.getMessage());
        }
    }
}
