package cutaway.features.use;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.store.Words;
import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Latent;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.effects.Ablation;
import cutaway.interp.effects.ActivationPatching;
import cutaway.interp.effects.Bases;
import cutaway.interp.effects.Direction;
import cutaway.interp.effects.Effect;
import cutaway.interp.effects.EffectSweep;
import cutaway.interp.effects.Effects;
import cutaway.interp.effects.GradientPatching;
import cutaway.interp.effects.Method;
import cutaway.interp.explain.Explainer;
import cutaway.interp.explain.Explanation;
import cutaway.interp.prompts.Pair;
import cutaway.interp.prompts.PromptPair;
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
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Latents that write to several sites, on a random model in float64: against runs with an edit of each site that is
/// computed here from the weights.
class SeveralSitesTest {

    private static final String PROMPT = Words.text(5, 17, 60, 8, 90, 33);
    private static final String CONTRAST = Words.text(5, 17, 41, 8, 90, 33);
    private static final int LENGTH = 7;
    private static final int D = 32;
    private static final List<Site> STREAM = List.of(new Site.Resid(0, Moment.POST), new Site.Resid(1, Moment.POST));
    private static final List<Site> MIDS = IntStream.range(0, 3)
            .<Site>mapToObj(i -> new Site.Resid(i, Moment.MID))
            .toList();
    private static final List<Site> MLPS =
            IntStream.range(0, 3).<Site>mapToObj(Site.MlpOut::new).toList();

    private static Model model;
    private static PromptPair texts;
    private static Pair pair;
    private static Metric metric;

    @BeforeAll
    static void open(@TempDir Path folder) {
        model = Model.open(Words.model(folder, "llama"), WeightOptions.in(Arithmetic.F64));
        Metric one = new Metric.LogitDifference(40, 77);
        boolean first = Runs.measure(model, model.encode(PROMPT).ids(), List.of(), one)
                > Runs.measure(model, model.encode(CONTRAST).ids(), List.of(), one);
        texts = PromptPair.of(PROMPT, CONTRAST, first ? " w40" : " w77", first ? " w77" : " w40");
        pair = Pair.read(model, List.of(texts)).getFirst();
        metric = new Metric.LogitDifference(pair.answer(), pair.against());
    }

    @AfterAll
    static void close() {
        model.close();
    }

    private static Tensor drawn(long seed, long... dims) {
        return new Random(seed).normal(dims).to(Dtype.F64);
    }

    private static Dictionary crosscoder(Tensor encoder, Tensor decoder, List<Site> sites, Map<String, String> notes) {
        int width = (int) encoder.dim(0);
        return new Dictionary(
                new Dictionary.Weights(
                        encoder,
                        Tensor.of(new double[width], width),
                        decoder,
                        drawn(5, decoder.dim(1)),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("tiny", sites, sites, notes));
    }

    private static Dictionary crosscoder() {
        return crosscoder(drawn(1, 40, 2 * D), drawn(2, 40, 2 * D), STREAM, Map.of());
    }

    /// 12 latents a layer.
    private static CrossLayerDictionary crossLayer() {
        List<CrossLayerDictionary.Layer> layers = IntStream.range(0, 3)
                .mapToObj(i -> new CrossLayerDictionary.Layer(
                        drawn(10 + i, 12, D),
                        drawn(20 + i, 12),
                        Optional.empty(),
                        drawn(30 + i, 12, 3 - i, D),
                        drawn(40 + i, D)))
                .toList();
        return new CrossLayerDictionary(layers, new Origin("tiny", MIDS, MLPS, Map.of()));
    }

    private static Effects sweep(Method method, Bases bases, String sites) {
        return EffectSweep.of(method, bases, sites).run(model, List.of(texts));
    }

    private static Bases with(Basis basis) {
        return new Bases(List.of(basis), false);
    }

    private static double measured(Source run, List<Edit> edits) {
        try (Trace trace = Runs.run(model, Batch.of(run.ids(model)), edits, List.of())) {
            double[] last = trace.logits().select(0, 0).select(0, LENGTH - 1).toDoubles();
            return last[pair.answer()] - last[pair.against()];
        }
    }

    /// Values of a run at some sites, one after another: `[pos][sites * d]`.
    private static double[][] read(Source run, List<Site> sites) {
        try (Trace trace = Runs.run(model, Batch.of(run.ids(model)), List.of(), sites)) {
            return IntStream.range(0, LENGTH)
                    .mapToObj(pos -> sites.stream()
                            .flatMapToDouble(site -> DoubleStream.of(
                                    trace.at(site).select(0, 0).select(0, pos).toDoubles()))
                            .toArray())
                    .toArray(double[][]::new);
        }
    }

    /// The code of a ReLU latent at a position.
    private static double code(Tensor encoder, int latent, double bias, double[] x) {
        double[] reads = encoder.select(0, latent).toDoubles();
        double sum = bias;
        for (int i = 0; i < x.length; i++) {
            sum += reads[i] * x[i];
        }
        return Math.max(0, sum);
    }

    private static Edit add(Site site, int position, double[] vector, double by) {
        return new Edit.Add(
                site,
                Positions.of(position),
                Values.of(DoubleStream.of(vector).map(part -> part * by).toArray()));
    }

    /// A latent's row of a crosscoder at both sites, times a number.
    private static List<Edit> adds(Dictionary dictionary, int latent, int position, double by) {
        double[] row = dictionary.weights().decoder().select(0, latent).toDoubles();
        return List.of(
                add(STREAM.get(0), position, DoubleStream.of(row).limit(D).toArray(), by),
                add(STREAM.get(1), position, DoubleStream.of(row).skip(D).toArray(), by));
    }

    private static double code(Dictionary dictionary, int latent, double[][] there, int position) {
        return code(dictionary.weights().encoder(), latent, 0, there[position]);
    }

    @Test
    void aCrosscodersLatentIsTakenFromEachOfItsSites() {
        try (DictionaryBasis basis = new DictionaryBasis("cross", crosscoder());
                Dictionary same = crosscoder()) {
            double[][] there = read(pair.promptRun(), STREAM);
            double single = 0;
            List<Effect> rows = sweep(new Ablation(Ablation.By.ZERO, 1), with(basis), "feature@each")
                    .rows();
            for (Effect row : rows) {
                double code = code(same, row.feature(), there, row.position());
                List<Edit> edits = adds(same, row.feature(), row.position(), -code);
                assertTrue(code > 0);
                assertEquals(measured(pair.promptRun(), edits), row.value(), 1e-9);
                assertEquals(0, row.layer());
                single = Math.max(single, Math.abs(row.value() - measured(pair.promptRun(), edits.subList(1, 2))));
            }
            assertTrue(rows.size() > 50 && single > 1e-2, rows.size() + " rows, of which one site does all");
        }
    }

    /// Central difference along the edits of both sites, which patching makes.
    @Test
    void theEstimateOfACrosscodersLatentIsTheSlope() {
        try (DictionaryBasis basis = new DictionaryBasis("cross", crosscoder());
                Dictionary same = crosscoder()) {
            double[][] prompt = read(pair.promptRun(), STREAM);
            double[][] contrast = read(pair.contrastRun(), STREAM);
            Effects estimates = sweep(new GradientPatching(Direction.DENOISE), with(basis), "feature@5");
            Effects patched = sweep(new ActivationPatching(Direction.DENOISE), with(basis), "feature@5");
            for (int i = 0; i < estimates.rows().size(); i++) {
                int latent = estimates.rows().get(i).feature();
                double change = code(same, latent, prompt, 5) - code(same, latent, contrast, 5);
                double slope = (measured(pair.contrastRun(), adds(same, latent, 5, 1e-5 * change))
                                - measured(pair.contrastRun(), adds(same, latent, 5, -1e-5 * change)))
                        / 2e-5;
                assertEquals(slope, estimates.rows().get(i).effect(), 1e-6 * Math.max(1, Math.abs(slope)));
                assertEquals(
                        measured(pair.contrastRun(), adds(same, latent, 5, change)),
                        patched.rows().get(i).value(),
                        1e-9);
            }
            assertTrue(estimates.rows().size() > 10);
        }
    }

    /// Each site then holds what is decoded here from codes without the latent, and no more.
    @Test
    void withoutTheErrorEachSiteHoldsWhatTheCodesSay() {
        try (DictionaryBasis basis = new DictionaryBasis("cross", crosscoder());
                Dictionary same = crosscoder()) {
            double[][] there = read(pair.promptRun(), STREAM);
            Effects found =
                    sweep(new Ablation(Ablation.By.ZERO, 1), new Bases(List.of(basis), true), "feature[0..9]@each");
            assertEquals(
                    measured(pair.promptRun(), decoded(same, there, -1, -1)),
                    found.pairs().getFirst().prompt(),
                    1e-9);
            for (Effect row : found.rows()) {
                assertEquals(
                        measured(pair.promptRun(), decoded(same, there, row.feature(), row.position())),
                        row.value(),
                        1e-9);
            }
            assertTrue(found.rows().size() > 10);
        }
    }

    /// `b_dec + sum f W_dec`, added up here, in the place of both sites.
    private static List<Edit> decoded(Dictionary dictionary, double[][] there, int without, int position) {
        double[][] sum = new double[LENGTH][];
        for (int pos = 0; pos < LENGTH; pos++) {
            sum[pos] = dictionary.weights().decoderBias().toDoubles();
            for (int latent = 0; latent < dictionary.width(); latent++) {
                double code = latent == without && pos == position ? 0 : code(dictionary, latent, there, pos);
                double[] row = dictionary.weights().decoder().select(0, latent).toDoubles();
                for (int i = 0; i < row.length; i++) {
                    sum[pos][i] += code * row[i];
                }
            }
        }
        return replaced(STREAM, sum);
    }

    private static List<Edit> replaced(List<Site> sites, double[][] values) {
        List<Edit> edits = new ArrayList<>();
        for (int i = 0; i < sites.size(); i++) {
            int from = i * D;
            double[] all = IntStream.range(0, LENGTH)
                    .boxed()
                    .flatMapToDouble(
                            pos -> DoubleStream.of(values[pos]).skip(from).limit(D))
                    .toArray();
            edits.add(new Edit.Replace(sites.get(i), Positions.ALL, new Values(List.of((long) LENGTH, (long) D), all)));
        }
        return edits;
    }

    /// It reads the second site and writes there alone what the two runs differ by at the end; the decoy reads ten
    /// times as much and writes nothing.
    @Test
    void thePlantedCauseCarriesTheAnswerAndTheDecoyNothing() {
        List<Site> sites = List.of(STREAM.get(0), new Site.Resid(2, Moment.POST));
        double[] prompt = read(pair.promptRun(), sites)[LENGTH - 1];
        double[] contrast = read(pair.contrastRun(), sites)[LENGTH - 1];
        double[] encoder = new double[2 * 2 * D];
        double[] decoder = new double[2 * 2 * D];
        double square = 0;
        for (int i = D; i < 2 * D; i++) {
            square += (prompt[i] - contrast[i]) * (prompt[i] - contrast[i]);
        }
        for (int i = D; i < 2 * D; i++) {
            encoder[i] = (prompt[i] - contrast[i]) / square;
            decoder[i] = prompt[i] - contrast[i];
            encoder[2 * D + i] = 10 * encoder[i];
        }
        double[] low = {-1e9, -1e9};
        try (DictionaryBasis basis = new DictionaryBasis(
                "planted",
                new Dictionary(
                        new Dictionary.Weights(
                                Tensor.of(encoder, 2, 2 * D),
                                Tensor.of(new double[2], 2),
                                Tensor.of(decoder, 2, 2 * D),
                                Tensor.of(new double[2 * D], 2 * D),
                                Optional.empty()),
                        new Activation.JumpRelu(Tensor.of(low, 2)),
                        false,
                        Scaling.NONE,
                        new Origin("tiny", sites, sites, Map.of())))) {
            Effects found = sweep(new ActivationPatching(Direction.DENOISE), with(basis), "feature@last");
            assertEquals(found.pairs().getFirst().prompt(), found.rows().get(0).value(), 1e-9);
            assertEquals(0, found.rows().get(1).effect());
        }
    }

    @Test
    void aCrossLayerLatentIsTakenFromItsLayerAndAllLaterOnes() {
        try (CrossLayerBasis basis = new CrossLayerBasis("clt", crossLayer());
                CrossLayerDictionary same = crossLayer()) {
            double[][] there = read(pair.promptRun(), MIDS);
            List<Effect> rows = sweep(new Ablation(Ablation.By.ZERO, 1), with(basis), "feature@each")
                    .rows();
            int[] ofLayer = new int[3];
            for (Effect row : rows) {
                int layer = row.feature() / 12;
                double code = crossLayerCode(same, row.feature(), there[row.position()]);
                List<Edit> edits = crossLayerAdds(same, row.feature(), row.position(), -code);
                assertTrue(code > 0);
                assertEquals(measured(pair.promptRun(), edits), row.value(), 1e-9);
                assertEquals(layer, row.layer());
                ofLayer[layer]++;
            }
            assertTrue(ofLayer[0] > 10 && ofLayer[1] > 10 && ofLayer[2] > 10);
        }
    }

    private static double crossLayerCode(CrossLayerDictionary dictionary, int latent, double[] there) {
        CrossLayerDictionary.Layer layer = dictionary.layers().get(latent / 12);
        double[] x = DoubleStream.of(there).skip(latent / 12 * D).limit(D).toArray();
        return code(layer.encoder(), latent % 12, layer.encoderBias().toDoubles()[latent % 12], x);
    }

    private static List<Edit> crossLayerAdds(CrossLayerDictionary dictionary, int latent, int position, double by) {
        int layer = latent / 12;
        Tensor rows = dictionary.layers().get(layer).decoder().select(0, latent % 12); // [later, d]
        return IntStream.range(layer, 3)
                .mapToObj(to ->
                        add(MLPS.get(to), position, rows.select(0, to - layer).toDoubles(), by))
                .toList();
    }

    /// Added up here over all layers before; and steering adds at the same sites, at every position.
    @Test
    void aCrossLayerTranscoderIsSplicedAndSteers() {
        try (CrossLayerBasis basis = new CrossLayerBasis("clt", crossLayer());
                CrossLayerDictionary same = crossLayer()) {
            double[][] there = read(pair.promptRun(), MIDS);
            double[][] sum = new double[LENGTH][3 * D];
            for (int pos = 0; pos < LENGTH; pos++) {
                for (int to = 0; to < 3; to++) {
                    double[] bias = same.layers().get(to).decoderBias().toDoubles();
                    System.arraycopy(bias, 0, sum[pos], to * D, D);
                }
                for (int latent = 0; latent < 36; latent++) {
                    double code = crossLayerCode(same, latent, there[pos]);
                    for (int to = latent / 12; to < 3; to++) {
                        double[] row = same.layers()
                                .get(latent / 12)
                                .decoder()
                                .select(0, latent % 12)
                                .select(0, to - latent / 12)
                                .toDoubles();
                        for (int i = 0; i < D; i++) {
                            sum[pos][to * D + i] += code * row[i];
                        }
                    }
                }
            }
            assertEquals(
                    measured(pair.promptRun(), replaced(MLPS, sum)),
                    measured(pair.promptRun(), List.copyOf(basis.splice(model, pair.promptRun()))),
                    1e-9);
            List<Edit> steered = IntStream.range(0, LENGTH)
                    .boxed()
                    .flatMap(pos -> crossLayerAdds(same, 14, pos, 0.5).stream())
                    .toList();
            double value = measured(pair.promptRun(), steered);
            Latent latent = new Latent(basis, 14);
            assertEquals(value, measured(pair.promptRun(), latent.steer(0.5)), 1e-9);
            assertEquals(
                    value,
                    measured(pair.promptRun(), latent.steer(basis.codes(model, pair.promptRun()), code -> code + 0.5)),
                    1e-9);
        }
    }

    @Test
    void theMostActiveAndAnExplanationSayTheSame() {
        try (DictionaryBasis basis = new DictionaryBasis("cross", crosscoder());
                Dictionary same = crosscoder()) {
            double baseline = measured(pair.promptRun(), List.of());
            ActiveFeatures active = ActiveFeatures.of(model, basis, pair.promptRun(), metric, 5, 0, done -> {});
            for (ActiveFeatures.Row row : active.rows()) {
                double[] written =
                        same.weights().decoder().select(0, row.feature()).toDoubles();
                double norm = row.activation()
                        * Math.sqrt(DoubleStream.of(written).map(x -> x * x).sum());
                assertEquals(norm, row.norm(), 1e-9);
                List<Edit> edits = adds(same, row.feature(), row.position(), -row.activation());
                assertEquals(measured(pair.promptRun(), edits) - baseline, row.effect(), 1e-9);
            }
            Explanation.ModelFacts facts = new Explanation.ModelFacts("tiny", "", "llama", 3, 4, 32, "cpu", "float64");
            Explanation.Features found = new Explainer(model, facts, "0", "", (step, done) -> {})
                    .explain(new Explainer.Question(
                            PROMPT,
                            Optional.of(CONTRAST),
                            Optional.ofNullable(texts.answer()),
                            Optional.ofNullable(texts.against()),
                            List.of(basis),
                            false,
                            0))
                    .features()
                    .getFirst();
            assertEquals("blocks.0.hook_resid_post, blocks.1.hook_resid_post", found.site());
            for (Explanation.Feature feature : found.strongest()) {
                List<Edit> edits = adds(same, feature.index(), feature.pos(), -feature.activation());
                assertEquals(baseline - measured(pair.promptRun(), edits), feature.ablation(), 1e-9);
            }
            double[][] there = read(pair.promptRun(), STREAM);
            assertEquals(baseline - measured(pair.promptRun(), decoded(same, there, -1, -1)), found.error(), 1e-9);
        }
    }

    /// Codes that were given times the norm of a row of the decoder stand for a row of length 1.
    @Test
    void whatALatentAddsIsNotMeasuredTwice() {
        Dictionary ranked = new Dictionary(
                new Dictionary.Weights(
                        drawn(1, 20, D),
                        Tensor.of(new double[20], 20),
                        drawn(2, 20, D),
                        Tensor.of(new double[D], D),
                        Optional.empty()),
                new Activation.TopK(4, true),
                false,
                Scaling.NONE,
                new Origin("tiny", STREAM.subList(0, 1), STREAM.subList(0, 1), Map.of()));
        try (DictionaryBasis basis = new DictionaryBasis("ranked", ranked)) {
            ActiveFeatures.of(model, basis, pair.promptRun(), metric, 8, 0, done -> {})
                    .rows()
                    .forEach(row -> assertEquals(Math.abs(row.activation()), row.norm(), 1e-9));
        }
    }

    /// A token is a sink where its vector is long at either site.
    @Test
    void sinksAreLeftOutAtAnySite() {
        double[] rows = drawn(8, 5, 2 * D).toDoubles();
        for (int i = 0; i < D; i++) {
            rows[2 * 2 * D + i] *= 20;
            rows[3 * 2 * D + D + i] *= 20;
        }
        try (DictionaryBasis basis = new DictionaryBasis(
                "careful",
                crosscoder(drawn(1, 4, 2 * D), drawn(2, 4, 2 * D), STREAM, Map.ofEntries(Origin.WITHOUT_SINKS)))) {
            assertArrayEquals(
                    new boolean[] {false, true, false, false, true}, basis.reads(Tensor.of(rows, 5, 2 * D), List.of()));
        }
    }

    private static String refusal(Runnable asked) {
        return assertThrows(BadInputException.class, asked::run).getMessage();
    }

    @Test
    void whatHasNoMeaningHereIsRefused() {
        List<Site> twice = List.of(STREAM.get(0), STREAM.get(0));
        try (Dictionary models = crosscoder(drawn(1, 4, 2 * D), drawn(2, 4, 2 * D), twice, Map.of());
                Dictionary narrow = crosscoder(drawn(1, 4, D), drawn(2, 4, D), STREAM, Map.of());
                CrossLayerDictionary layers = crossLayer()) {
            CrossLayerDictionary nameless = new CrossLayerDictionary( // its weights are closed with the other
                    layers.layers(), new Origin("", List.of(), List.of(), Map.of()));
            assertTrue(refusal(() -> new DictionaryBasis("both", models)).contains("two models"));
            assertTrue(refusal(() -> new DictionaryBasis("narrow", narrow).check(model.sizes()))
                    .contains("has 16 numbers at blocks.0.hook_resid_post, where this model has 32"));
            assertTrue(refusal(() -> new CrossLayerBasis("nameless", nameless)).contains("does not say"));
        }
    }
}
