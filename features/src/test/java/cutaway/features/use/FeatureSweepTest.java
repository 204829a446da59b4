package cutaway.features.use;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.store.Words;
import cutaway.interp.basis.Codes;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Bases;
import cutaway.interp.effects.DirectLogits;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.GradientPatching;
import cutaway.interp.effects.Method;
import cutaway.interp.effects.SiteChoice;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PromptPair;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.weights.Arithmetic;
import cutaway.model.weights.WeightOptions;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Features in sweeps, on a random model in float64: against what the sweep says of neurons, and against runs with
/// vectors added that are computed here.
class FeatureSweepTest {

    private static final PromptPair TEXTS =
            PromptPair.of(Words.text(5, 17, 60, 8, 90, 33), Words.text(5, 17, 41, 8, 90, 33), " w40", " w77");
    private static final PromptPair OTHERS =
            PromptPair.of(Words.text(9, 3, 28, 70, 11), Words.text(9, 3, 50, 70, 11), " w12", " w13");
    private static final Site RESID = new Site.Resid(1, Moment.POST);

    private static Model model;
    private static Pair pair;
    private static Metric metric;

    @BeforeAll
    static void open(@TempDir Path folder) {
        model = Model.open(Words.model(folder, "llama"), WeightOptions.in(Arithmetic.F64));
        pair = Pair.read(model, List.of(TEXTS)).getFirst();
        metric = new Metric.LogitDifference(pair.answer(), pair.against());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Dictionary dictionary(
            Tensor encoder, Tensor decoder, Activation activation, Scaling scaling, Site input, Site output) {
        int width = (int) encoder.dim(0);
        int out = (int) decoder.dim(1);
        Tensor bias = new Random(5).normal(out).to(Dtype.F64);
        return new Dictionary(
                new Dictionary.Weights(encoder, Tensor.of(new double[width], width), decoder, bias, Optional.empty()),
                activation,
                false,
                scaling,
                new Origin("tiny", List.of(input), List.of(output), Map.of()));
    }

    private static Tensor drawn(long seed, int rows, int columns) {
        return new Random(seed).normal(rows, columns).to(Dtype.F64);
    }

    /// 50 random latents of which those above 0 are active.
    private static Dictionary random(Scaling scaling, Site input, Site output) {
        return dictionary(drawn(1, 50, 32), drawn(2, 50, 32), new Activation.Relu(), scaling, input, output);
    }

    /// Each number of a value is a latent of its own, whatever its sign.
    private static Dictionary identity(Site site, int width) {
        double[] ones = new double[width * width];
        double[] lowest = new double[width];
        for (int i = 0; i < width; i++) {
            ones[i * width + i] = 1;
            lowest[i] = -1e9;
        }
        return dictionary(
                Tensor.of(ones, width, width),
                Tensor.of(ones, width, width),
                new Activation.JumpRelu(Tensor.of(lowest, width)),
                Scaling.NONE,
                site,
                site);
    }

    private static Effects sweep(Method method, Bases bases, String... sites) {
        return EffectSweep.of(method, bases, sites).run(model, List.of(TEXTS, OTHERS));
    }

    private static Bases bases(DictionaryBasis basis) {
        return new Bases(List.of(basis), false);
    }

    private static double measured(Source run, Edit... more) {
        List<Edit> edits = new ArrayList<>(run.edits());
        edits.addAll(List.of(more));
        return Runs.measure(model, run.ids(model), edits, metric);
    }

    /// A value of a run, `[pos][width]`.
    private static double[][] read(Source run, Site site) {
        try (Trace trace = Runs.run(model, Batch.of(run.ids(model)), run.edits(), List.of(site))) {
            Tensor value = trace.at(site).select(0, 0);
            double[][] rows = new double[(int) value.dim(0)][];
            for (int position = 0; position < rows.length; position++) {
                rows[position] = value.select(0, position).toDoubles();
            }
            return rows;
        }
    }

    static Stream<Method> methods() {
        return Stream.of(
                new ActivationPatching(Direction.DENOISE),
                new ActivationPatching(Direction.NOISE),
                new GradientPatching(Direction.DENOISE),
                new GradientPatching(Direction.NOISE),
                new Ablation(Ablation.By.ZERO, 1),
                new Ablation(Ablation.By.MEAN, 1));
    }

    /// A dictionary whose latents are the neurons says of them what the sweep says of neurons.
    @ParameterizedTest
    @MethodSource("methods")
    void featuresThatAreNeuronsDoWhatNeuronsDo(Method method) {
        int width = model.sizes().dMlp();
        try (Dictionary dictionary = identity(new Site.Neurons(1, NeuronPart.POST), width)) {
            Bases bases = bases(new DictionaryBasis("neurons", dictionary));
            for (String at : List.of("", "@each", "@2..4")) {
                List<Effect> features = sweep(method, bases, "feature" + at).rows();
                List<Effect> neurons = EffectSweep.of(method, "neuron_post[1]" + at)
                        .run(model, List.of(TEXTS, OTHERS))
                        .rows();
                assertTrue(neurons.stream().anyMatch(row -> Math.abs(row.effect()) > 1e-3), "nothing moves");
                assertEquals(neurons.size(), features.size());
                for (Effect neuron : neurons) {
                    Effect feature = features.stream()
                            .filter(row -> row.pair() == neuron.pair()
                                    && Objects.equals(row.feature(), neuron.neuron())
                                    && Objects.equals(row.position(), neuron.position()))
                            .findFirst()
                            .orElseThrow();
                    assertEquals(neuron.value(), feature.value(), 1e-9);
                    assertEquals(neuron.effect(), feature.effect(), 1e-9);
                    assertEquals(neuron.lastPosition(), feature.lastPosition());
                }
            }
        }
    }

    /// One position of one feature, the vector computed here from the dictionary's weights alone.
    @Test
    void patchingAddsTheDifferenceOfCodesTimesTheRow() {
        try (Dictionary dictionary = random(Scaling.NONE, RESID, RESID)) {
            DictionaryBasis basis = new DictionaryBasis("random", dictionary);
            double[] prompt = read(pair.promptRun(), RESID)[5];
            double[] contrast = read(pair.contrastRun(), RESID)[5];
            int compared = 0;
            for (Effect row : sweep(new ActivationPatching(Direction.DENOISE), bases(basis), "feature@5")
                    .rows()) {
                if (row.pair() == 0) {
                    double[] reads = dictionary
                            .weights()
                            .encoder()
                            .select(0, row.feature())
                            .toDoubles();
                    double change = Math.max(0, dot(reads, prompt)) - Math.max(0, dot(reads, contrast));
                    double[] writes = dictionary
                            .weights()
                            .decoder()
                            .select(0, row.feature())
                            .toDoubles();
                    for (int i = 0; i < writes.length; i++) {
                        writes[i] *= change;
                    }
                    Edit add = new Edit.Add(RESID, Positions.of(5), Values.of(writes));
                    assertEquals(measured(pair.contrastRun(), add), row.value(), 1e-9);
                    assertEquals("feature", row.site());
                    assertEquals(1, row.layer());
                    assertEquals(
                            "feature[random:" + row.feature() + "]@5",
                            row.question().text());
                    compared++;
                }
            }
            assertTrue(compared > 10 && compared < 50, compared + " are active");
        }
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }

    /// What decoding says of codes of which one was changed, whatever the dictionary does to its tokens, and wherever
    /// it writes.
    @ParameterizedTest
    @MethodSource("cutaway.features.dictionary.Scaling#values")
    void ablatingIsDecodingWithoutTheLatent(Scaling scaling) {
        Site output = new Site.MlpOut(1);
        Site input = new Site.Resid(1, Moment.MID);
        try (Dictionary dictionary = random(scaling, input, output)) {
            DictionaryBasis basis = new DictionaryBasis("transcoder", dictionary);
            double[][] there = read(pair.promptRun(), input);
            Tensor x =
                    Tensor.of(Stream.of(there).flatMapToDouble(DoubleStream::of).toArray(), there.length, 32);
            SparseRows codes = dictionary.encode(x);
            Tensor whole = dictionary.decode(codes, x);
            List<Effect> rows = sweep(new Ablation(Ablation.By.ZERO, 1), bases(basis), "feature").rows().stream()
                    .filter(row -> row.pair() == 0)
                    .toList();
            assertTrue(rows.size() > 10);
            for (Effect row : rows) {
                double[] values = codes.values().clone();
                for (int i = 0; i < values.length; i++) {
                    if (codes.columns()[i] == row.feature()) {
                        values[i] = 0;
                    }
                }
                Tensor less = dictionary.decode(codes.with(values), x).minus(whole);
                Edit add = new Edit.Add(output, Positions.span(0, there.length - 1), Values.of(less));
                assertEquals(measured(pair.promptRun(), add), row.value(), 1e-9);
            }
        }
    }

    /// The base run has the reconstruction in place, and so has each edited run, less what the feature says.
    @Test
    void withoutTheErrorRunsAreOfTheReconstruction() {
        try (Dictionary dictionary = random(Scaling.NONE, RESID, RESID)) {
            DictionaryBasis basis = new DictionaryBasis("random", dictionary);
            double[][] there = read(pair.promptRun(), RESID);
            Tensor x =
                    Tensor.of(Stream.of(there).flatMapToDouble(DoubleStream::of).toArray(), there.length, 32);
            SparseRows codes = dictionary.encode(x);
            Edit whole = new Edit.Replace(RESID, Positions.ALL, Values.of(dictionary.decode(codes, x)));
            double base = measured(pair.promptRun(), whole);
            Effects found = sweep(new Ablation(Ablation.By.ZERO, 1), new Bases(List.of(basis), true), "feature@each");
            assertEquals(base, found.pairs().getFirst().prompt(), 1e-9);
            assertTrue(Math.abs(base - measured(pair.promptRun())) > 1e-3, "the error says nothing");
            for (Effect row :
                    found.rows().stream().filter(row -> row.pair() == 0).toList()) {
                double[] values = codes.values().clone();
                for (int i = codes.starts()[row.position()]; i < codes.starts()[row.position() + 1]; i++) {
                    values[i] = codes.columns()[i] == row.feature() ? 0 : values[i];
                }
                Edit less = new Edit.Replace(RESID, Positions.ALL, Values.of(dictionary.decode(codes.with(values), x)));
                assertEquals(measured(pair.promptRun(), less), row.value(), 1e-9);
                assertEquals(row.value() - base, row.effect(), 1e-9);
            }
            Effects patched =
                    sweep(new ActivationPatching(Direction.DENOISE), new Bases(List.of(basis), true), "feature@5");
            assertEquals(
                    found.pairs().getFirst().contrast(),
                    patched.rows().getFirst().value()
                            - patched.rows().getFirst().effect(),
                    1e-9);
        }
    }

    /// With all features taken away, nothing is left but the decoder's bias.
    @Test
    void withoutFeaturesAndErrorTheBiasIsLeft() {
        try (Dictionary dictionary = random(Scaling.NONE, RESID, RESID)) {
            DictionaryBasis basis = new DictionaryBasis("random", dictionary);
            Codes codes = basis.codes(model, pair.promptRun());
            List<Edit> edits = new ArrayList<>(basis.splice(model, pair.promptRun()));
            codes.active(0, codes.length() - 1)
                    .forEach(index -> edits.addAll(new Latent(basis, index).steer(codes, _ -> 0)));
            Edit bias = new Edit.Replace(
                    RESID, Positions.ALL, Values.of(dictionary.weights().decoderBias()));
            assertEquals(
                    measured(pair.promptRun(), bias), measured(pair.promptRun(), edits.toArray(Edit[]::new)), 1e-9);
        }
    }

    /// Central difference of the run along what patching adds.
    @Test
    void theEstimateIsTheSlope() {
        try (Dictionary dictionary = random(Scaling.LAYER_NORM, RESID, RESID)) {
            DictionaryBasis basis = new DictionaryBasis("random", dictionary);
            for (boolean spliced : List.of(false, true)) {
                Bases bases = new Bases(List.of(basis), spliced);
                Source contrast = spliced
                        ? new Source(null, pair.contrast(), List.copyOf(basis.splice(model, pair.contrastRun())))
                        : pair.contrastRun();
                Codes here = basis.codes(model, pair.contrastRun());
                Codes there = basis.codes(model, pair.promptRun());
                int compared = 0;
                for (Effect row : sweep(new GradientPatching(Direction.DENOISE), bases, "feature")
                        .rows()) {
                    Latent latent = new Latent(basis, row.feature());
                    if (row.pair() == 0) {
                        double slope = (moved(contrast, latent, here, there, 1e-5)
                                        - moved(contrast, latent, here, there, -1e-5))
                                / 2e-5;
                        assertEquals(slope, row.effect(), 1e-6 * Math.max(1, Math.abs(slope)));
                        compared += Math.abs(slope) > 1e-3 ? 1 : 0;
                    }
                }
                assertTrue(compared > 5);
            }
        }
    }

    /// The gradient is that of the head, not of the first one of its layer.
    @Test
    void theEstimateOfAHeadsFeatureIsTheSlope() {
        Site head = new Site.Head(1, 2, HeadPart.Z);
        try (Dictionary dictionary =
                dictionary(drawn(1, 20, 8), drawn(2, 20, 8), new Activation.Relu(), Scaling.NONE, head, head)) {
            DictionaryBasis basis = new DictionaryBasis("head", dictionary);
            Codes here = basis.codes(model, pair.contrastRun());
            Codes there = basis.codes(model, pair.promptRun());
            List<Effect> rows = sweep(new GradientPatching(Direction.DENOISE), bases(basis), "feature").rows().stream()
                    .filter(row -> row.pair() == 0)
                    .toList();
            assertTrue(rows.stream().anyMatch(row -> Math.abs(row.effect()) > 1e-3));
            for (Effect row : rows) {
                Latent latent = new Latent(basis, row.feature());
                double slope = (moved(pair.contrastRun(), latent, here, there, 1e-5)
                                - moved(pair.contrastRun(), latent, here, there, -1e-5))
                        / 2e-5;
                assertEquals(slope, row.effect(), 1e-6 * Math.max(1, Math.abs(slope)));
            }
        }
    }

    private static double moved(Source run, Latent latent, Codes here, Codes there, double by) {
        int index = latent.index();
        List<Edit> edits = latent.set(
                here, 0, here.length() - 1, at -> here.at(at, index) + by * (there.at(at, index) - here.at(at, index)));
        return measured(run, edits.toArray(Edit[]::new));
    }

    /// After the last block, a latent along the difference of the two runs carries all of the answer; one that reads
    /// ten times as much of it, and writes nothing, is as active as none and does nothing.
    @Test
    void theCauseIsFoundAndNotTheDecoy() {
        Site end = new Site.Resid(2, Moment.POST);
        double[] prompt = read(pair.promptRun(), end)[6];
        double[] contrast = read(pair.contrastRun(), end)[6];
        double length = 0;
        double[] unit = new double[32];
        for (int i = 0; i < 32; i++) {
            unit[i] = prompt[i] - contrast[i];
            length += unit[i] * unit[i];
        }
        double[] encoder = drawn(8, 40, 32).toDoubles();
        double[] decoder = drawn(9, 40, 32).toDoubles();
        for (int i = 0; i < 32; i++) {
            unit[i] /= Math.sqrt(length);
            encoder[7 * 32 + i] = unit[i];
            decoder[7 * 32 + i] = unit[i];
            encoder[8 * 32 + i] = 10 * unit[i];
            decoder[8 * 32 + i] = 0;
        }
        double[] lowest = new double[40];
        Arrays.fill(lowest, -1e9);
        try (Dictionary dictionary = dictionary(
                Tensor.of(encoder, 40, 32),
                Tensor.of(decoder, 40, 32),
                new Activation.JumpRelu(Tensor.of(lowest, 40)),
                Scaling.NONE,
                end,
                end)) {
            DictionaryBasis basis = new DictionaryBasis("planted", dictionary);
            Effects found = EffectSweep.of(new ActivationPatching(Direction.DENOISE), bases(basis), "feature@last")
                    .run(model, List.of(TEXTS));
            Effect cause = found.rows().get(7);
            Effect decoy = found.rows().get(8);
            assertEquals(found.pairs().getFirst().prompt(), cause.value(), 1e-9);
            assertEquals(0, decoy.effect());
            Codes codes = basis.codes(model, pair.promptRun());
            assertEquals(10 * codes.at(6, 7), codes.at(6, 8), 1e-9);
            Effects inactive = EffectSweep.of(new ActivationPatching(Direction.DENOISE), bases(basis), "feature[7]@0")
                    .run(model, List.of(TEXTS));
            assertEquals(0, inactive.rows().getFirst().effect(), "before the runs differ");
        }
    }

    /// Many features at a time, where few matter: of 40 that write, 38 write next to nothing.
    @Test
    void aPooledSearchFindsWhatEachAloneShows() {
        double[] decoder = drawn(9, 40, 32).toDoubles();
        for (int i = 0; i < decoder.length; i++) {
            decoder[i] *= i / 32 == 11 || i / 32 == 29 ? 1 : 1e-7;
        }
        double[] lowest = new double[40];
        Arrays.fill(lowest, -1e9);
        try (Dictionary dictionary = dictionary(
                drawn(8, 40, 32),
                Tensor.of(decoder, 40, 32),
                new Activation.JumpRelu(Tensor.of(lowest, 40)),
                Scaling.NONE,
                RESID,
                RESID)) {
            EffectSweep sweep = EffectSweep.of(
                    new ActivationPatching(Direction.DENOISE),
                    bases(new DictionaryBasis("few", dictionary)),
                    "feature@5");
            Map<Integer, Double> single = new TreeMap<>();
            sweep.run(model, List.of(TEXTS)).rows().forEach(row -> single.put(row.feature(), row.effect()));
            Map<Integer, Double> pooled = new TreeMap<>();
            sweep.pooled(1e-3)
                    .run(model, List.of(TEXTS))
                    .rows()
                    .forEach(row -> pooled.put(row.feature(), row.effect()));
            assertEquals(Set.of(11, 29), pooled.keySet());
            pooled.forEach((feature, effect) -> assertEquals(single.get(feature), effect, 1e-9));
        }
    }

    private static String refusal(Runnable asked) {
        return assertThrows(BadInputException.class, asked::run).getMessage();
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        try (Dictionary dictionary = random(Scaling.NONE, RESID, RESID);
                Dictionary small = dictionary(
                        drawn(1, 4, 31), drawn(1, 4, 31), new Activation.Relu(), Scaling.NONE, RESID, RESID)) {
            Bases bases = bases(new DictionaryBasis("resid-1", dictionary));
            Method patch = new ActivationPatching(Direction.NOISE);
            assertTrue(
                    refusal(() -> sweep(new DirectLogits(), bases, "feature")).contains("patch, attribution"));
            assertTrue(refusal(() -> sweep(new Ablation(Ablation.By.RESAMPLE, 1), bases))
                    .contains("zero or mean"));
            assertTrue(refusal(() -> sweep(patch, Bases.NONE, "feature")).contains("--dictionary"));
            assertTrue(refusal(() -> sweep(patch, bases, "head_z")).contains("feature[resid-1:7]"));
            assertTrue(refusal(() -> sweep(patch, bases, "feature[other:7]")).contains("there is resid-1"));
            assertTrue(refusal(() -> sweep(patch, bases, "feature[50]")).contains("0 to 49"));
            assertTrue(refusal(() -> sweep(patch, bases, "feature[x]")).contains("feature[0..99]"));
            assertTrue(refusal(() -> sweep(patch, bases, "feature[9..3]")).contains("backwards"));
            assertTrue(refusal(() -> sweep(patch, new Bases(bases.all(), true), "feature", "head_z"))
                    .contains("head_z"));
            assertTrue(refusal(() -> new Bases(List.of(), true)).contains("there are 0"));
            assertTrue(refusal(() -> sweep(patch, bases(new DictionaryBasis("small", small)), "feature"))
                    .contains("31 numbers"));
            assertEquals(
                    List.of("feature", "head_z"),
                    SiteChoice.parseAll("feature,head_z").stream()
                            .map(SiteChoice::text)
                            .toList());
        }
    }
}
