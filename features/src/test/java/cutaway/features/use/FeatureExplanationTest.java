package cutaway.features.use;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.store.Words;
import cutaway.interp.basis.Basis;
import cutaway.interp.basis.Codes;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import cutaway.interp.edit.Source;
import cutaway.interp.edit.Values;
import cutaway.interp.explain.Explainer;
import cutaway.interp.explain.Explanation;
import cutaway.interp.explain.Explanation.Feature;
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
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an explanation says of features, on a random model in float64 and a dictionary of six latents at the end of the
/// stream: a cause that writes the answer, a decoy that is ten times as active and writes nothing, and four small
/// ones at random.
class FeatureExplanationTest {

    private static final String PROMPT = Words.text(5, 17, 60, 8, 90, 33);
    private static final String CONTRAST = Words.text(5, 17, 41, 8, 90, 33);
    private static final Site END = new Site.Resid(2, Moment.POST);
    private static final int LAST = 6;
    private static final int CAUSE = 2;
    private static final int DECOY = 3;

    private static Model model;
    private static Dictionary dictionary;
    private static Explanation.Features found;
    private static Metric metric;
    private static int[] ids;

    @BeforeAll
    static void explain(@TempDir Path folder) {
        model = Model.open(Words.model(folder, "llama"), WeightOptions.in(Arithmetic.F64));
        ids = model.encode(PROMPT).ids();
        // the answer that the prompt favours, of two: there must be something to explain
        boolean first = margin(ids, 40, 77) > margin(model.encode(CONTRAST).ids(), 40, 77);
        int answer = first ? 40 : 77;
        int against = first ? 77 : 40;
        metric = new Metric.LogitDifference(answer, against);
        dictionary = planted(answer, against);
        found = explained(new DictionaryBasis("end", dictionary), false);
    }

    private static Explanation.Features explained(Basis basis, boolean withoutError) {
        Metric.LogitDifference asked = (Metric.LogitDifference) metric;
        Explanation.ModelFacts facts = new Explanation.ModelFacts("tiny", "", "llama", 3, 4, 32, "cpu", "float64");
        return new Explainer(model, facts, "0", "", (step, done) -> {})
                .explain(new Explainer.Question(
                        PROMPT,
                        Optional.of(CONTRAST),
                        Optional.of(" w" + asked.answer()),
                        Optional.of(" w" + asked.rival()),
                        List.of(basis),
                        withoutError,
                        0))
                .features()
                .getFirst();
    }

    @AfterAll
    static void close() {
        dictionary.close();
        model.close();
    }

    private static double margin(int[] of, int answer, int against) {
        return Runs.measure(model, of, List.of(), new Metric.LogitDifference(answer, against));
    }

    /// The cause reads and writes the margin's own gradient at the end of the prompt.
    private static Dictionary planted(int answer, int against) {
        Metric asked = new Metric.LogitDifference(answer, against);
        double[] gradient = Runs.gradients(model, ids, List.of(), asked, List.of(END))
                .get(END)
                .select(0, 0)
                .select(0, LAST)
                .toDoubles();
        double[] there = value(LAST);
        double[] encoder = new Random(3).normal(6, 32).toDoubles();
        double[] decoder = new Random(4).normal(6, 32).toDoubles();
        for (int i = 0; i < 32; i++) {
            for (int latent : new int[] {0, 1, 4, 5}) {
                decoder[latent * 32 + i] *= 1e-2;
            }
            encoder[CAUSE * 32 + i] = there[i] / 32; // positive at the last position
            encoder[DECOY * 32 + i] = 10 * there[i] / 32;
            decoder[CAUSE * 32 + i] = gradient[i];
            decoder[DECOY * 32 + i] = 0;
        }
        return new Dictionary(
                new Dictionary.Weights(
                        Tensor.of(encoder, 6, 32),
                        Tensor.of(new double[6], 6),
                        Tensor.of(decoder, 6, 32),
                        Tensor.of(new double[32], 32),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("tiny", List.of(END), List.of(END), Map.of()));
    }

    private static double[] value(int position) {
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of(END))) {
            return trace.at(END).select(0, 0).select(0, position).toDoubles();
        }
    }

    private static double lost(Edit edit) {
        return Runs.measure(model, ids, List.of(), metric) - Runs.measure(model, ids, List.of(edit), metric);
    }

    private static double[] said(Feature feature, double by) {
        double[] row = dictionary.weights().decoder().select(0, feature.index()).toDoubles();
        for (int i = 0; i < row.length; i++) {
            row[i] *= by * feature.activation();
        }
        return row;
    }

    private static Feature feature(int index, int pos) {
        return found.strongest().stream()
                .filter(feature -> feature.index() == index && feature.pos() == pos)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theCauseComesFirstAndTheDecoyDoesNothing() {
        Feature cause = found.strongest().getFirst();
        assertEquals(CAUSE, cause.index());
        assertEquals(LAST, cause.pos());
        assertTrue(cause.ablation() > found.threshold(), cause + " against " + found.threshold());
        found.strongest().stream().filter(feature -> feature.index() == DECOY).forEach(decoy -> {
            assertEquals(0, decoy.ablation(), 1e-12);
            assertEquals(0, decoy.placebo(), 1e-12);
            assertEquals(0, decoy.estimate(), 1e-12);
        });
    }

    @Test
    void whatIsLostIsWhatARunWithoutItLoses() {
        Feature cause = feature(CAUSE, LAST);
        double[] there = value(LAST);
        double square = 0;
        for (double part : there) {
            square += part * part;
        }
        assertEquals(square / 32, cause.activation(), 1e-9);
        Edit without = new Edit.Add(END, Positions.of(LAST), Values.of(said(cause, -1)));
        assertEquals(lost(without), cause.ablation(), 1e-9);
        double slope = (lost(new Edit.Add(END, Positions.of(LAST), Values.of(said(cause, -1e-5))))
                        - lost(new Edit.Add(END, Positions.of(LAST), Values.of(said(cause, 1e-5)))))
                / 2e-5;
        assertEquals(slope, cause.estimate(), 1e-6 * Math.abs(slope));
    }

    /// Only the last position can reach the margin from the end of the stream.
    @Test
    void whatCannotReachTheAnswerDoesNothing() {
        found.strongest().stream()
                .filter(feature -> feature.pos() != LAST)
                .forEach(feature -> assertEquals(0, feature.ablation()));
        assertTrue(found.active()
                > found.strongest().stream()
                        .filter(feature -> feature.pos() == LAST)
                        .count());
        assertEquals(found.active(), found.measured());
    }

    @Test
    void theErrorIsWhatTheReconstructionLeavesOut() {
        Tensor x = Tensor.of(value(LAST), 1, 32);
        Edit spliced = new Edit.Replace(END, Positions.of(LAST), Values.of(dictionary.reconstruct(x)));
        assertEquals(lost(spliced), found.error(), 1e-9);
        assertTrue(found.errorPlacebo() != 0);
    }

    /// A map that foretells a constant: it is taken out of the activation, or all of the error but it.
    @Test
    void thePartsOfTheErrorAreTakenOutOneByOne() {
        double[] constant = new Random(21).normal(32).to(Dtype.F64).toDoubles();
        LinearError map = new LinearError(
                new LinearError.Facts("", List.of(), List.of(), "", 1, 1, 0, 0, 0),
                Tensor.of(new double[32 * 32], 32, 32),
                Tensor.of(constant, 32));
        Explanation.Features split = explained(new DictionaryBasis("end", dictionary, Optional.of(map)), false);
        map.close();
        double[] less = constant.clone();
        double[] rest = constant.clone();
        double[] made = dictionary.reconstruct(Tensor.of(value(LAST), 1, 32)).toDoubles();
        double[] there = value(LAST);
        for (int i = 0; i < less.length; i++) {
            less[i] = -constant[i];
            rest[i] = made[i] - there[i] + constant[i];
        }
        List<Explanation.ErrorLost> parts = split.errorParts();
        assertEquals(
                List.of("sae.error.linear", "sae.error.nonlinear"),
                parts.stream().map(Explanation.ErrorLost::part).toList());
        assertEquals(
                lost(new Edit.Add(END, Positions.of(LAST), Values.of(less))),
                parts.get(0).lost(),
                1e-9);
        assertEquals(
                lost(new Edit.Add(END, Positions.of(LAST), Values.of(rest))),
                parts.get(1).lost(),
                1e-9);
        assertTrue(parts.get(0).placebo() != 0
                && parts.get(0).placebo() != parts.get(0).lost());
        assertEquals(List.of(), found.errorParts(), "no map, no parts");
        assertEquals(found.strongest(), split.strongest(), "features are what they were");
    }

    /// Both runs have a reconstruction in place that is decoded here, the second from codes without the feature.
    @Test
    void withoutTheErrorAFeatureIsTakenFromTheReconstruction() {
        Site middle = new Site.Resid(1, Moment.POST);
        Tensor x = read(middle);
        try (Dictionary random = new Dictionary(
                new Dictionary.Weights(
                        new Random(5).normal(40, 32).to(Dtype.F64),
                        Tensor.of(new double[40], 40),
                        new Random(6).normal(40, 32).to(Dtype.F64),
                        new Random(7).normal(32).to(Dtype.F64),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("tiny", List.of(middle), List.of(middle), Map.of()))) {
            Basis basis = new DictionaryBasis("middle", random);
            Explanation.Features without = explained(basis, true);
            Explanation.Features with = explained(basis, false);
            assertTrue(without.withoutError() && !with.withoutError());
            SparseRows codes = random.encode(x);
            double base = margin(middle, random.decode(codes, x));
            assertEquals(Runs.measure(model, ids, List.of(), metric) - base, without.error(), 1e-9);
            assertEquals(with.error(), without.error(), 1e-9);
            assertEquals(12, without.strongest().size());
            for (Feature feature : without.strongest()) {
                double lost = base - margin(middle, random.decode(scaled(codes, feature, 0), x));
                assertEquals(lost, feature.ablation(), 1e-9);
                double slope = (margin(middle, random.decode(scaled(codes, feature, 1 + 1e-5), x))
                                - margin(middle, random.decode(scaled(codes, feature, 1 - 1e-5), x)))
                        / 2e-5;
                assertEquals(slope, feature.estimate(), 1e-6 * Math.max(1, Math.abs(slope)));
            }
            assertTrue(Math.abs(without.strongest().getFirst().ablation()
                            - with.strongest().getFirst().ablation())
                    > 1e-3);
        }
    }

    /// The codes with that of a feature at its position times a factor.
    private static SparseRows scaled(SparseRows codes, Feature feature, double by) {
        double[] values = codes.values().clone();
        for (int i = codes.starts()[feature.pos()]; i < codes.starts()[feature.pos() + 1]; i++) {
            values[i] *= codes.columns()[i] == feature.index() ? by : 1;
        }
        return codes.with(values);
    }

    private static double margin(Site site, Tensor put) {
        return Runs.measure(model, ids, List.of(new Edit.Replace(site, Positions.ALL, Values.of(put))), metric);
    }

    /// `[pos, dModel]`
    private static Tensor read(Site site) {
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(), List.of(site))) {
            Tensor there = trace.at(site).select(0, 0);
            return Tensor.of(there.toDoubles(), there.dim(0), there.dim(1));
        }
    }

    /// A dictionary that says it never saw attention sinks is asked nothing of the first token, nor of one whose
    /// norm is more than five times the median; what stands there stays in every run.
    @Test
    void aDictionaryWithoutSinksSaysNothingOfThem() {
        Origin without = new Origin("tiny", List.of(END), List.of(END), Map.ofEntries(Origin.WITHOUT_SINKS));
        Basis basis = new DictionaryBasis(
                "careful", // its weights are the other one's, which closes them
                new Dictionary(
                        dictionary.weights(), dictionary.activation(), dictionary.centres(), Scaling.NONE, without));
        double[] rows = new Random(8).normal(5, 32).toDoubles();
        for (int i = 0; i < 32; i++) {
            rows[3 * 32 + i] *= 10;
        }
        assertArrayEquals(
                new boolean[] {false, true, true, false, true}, basis.reads(Tensor.of(rows, 5, 32), List.of()));
        assertThrows(BadInputException.class, () -> basis.reads(Tensor.of(value(0), 1, 32), List.of()));
        Source run = new Source(null, Arrays.stream(ids).boxed().toList(), List.of());
        Codes all = new DictionaryBasis("all", dictionary).codes(model, run);
        Codes codes = basis.codes(model, run);
        assertTrue(!all.active(0, 0).isEmpty() && codes.active(0, 0).isEmpty());
        assertEquals(List.of(), all.unread());
        assertEquals(List.of(0), codes.unread());
        assertEquals(all.active(1, LAST), codes.active(1, LAST));
        assertEquals(all.at(LAST, CAUSE), codes.at(LAST, CAUSE));
        Edit.Replace splice = basis.splice(model, run).getFirst();
        assertEquals(Positions.span(1, LAST), splice.pos());
        assertArrayEquals(
                dictionary.reconstruct(Tensor.of(value(LAST), 1, 32)).toDoubles(),
                splice.values().tensor(Dtype.F64).select(0, LAST - 1).toDoubles(),
                1e-12);
    }

    /// A transcoder reads behind a norm, where all tokens are of one length: its sinks show at its output, or in the
    /// stream before the norm.
    @Test
    void aTranscoderKnowsSinksByItsOutputAndByTheStream() {
        Site normalized = new Site.Normalized(1, Site.Norm.BEFORE_MLP);
        Site written = new Site.MlpOut(1);
        Basis basis =
                of(new Origin("tiny", List.of(normalized), List.of(written), Map.ofEntries(Origin.WITHOUT_SINKS)));
        assertEquals(List.of(written, new Site.Resid(1, Moment.PRE)), basis.alsoAsked());
        assertEquals(
                List.of(),
                of(new Origin("tiny", List.of(normalized), List.of(written), Map.of()))
                        .alsoAsked());
        Tensor alike = longest(-1);
        assertArrayEquals(
                new boolean[] {false, true, false, false, true}, basis.reads(alike, List.of(longest(2), longest(3))));
        Source run = new Source(null, Arrays.stream(ids).boxed().toList(), List.of());
        assertEquals(List.of(0), basis.codes(model, run).unread());
        double[] shout = new double[32];
        shout[7] = 1e4;
        Source loud = new Source(
                null,
                run.ids(),
                List.of(new Edit.Add(new Site.Resid(0, Moment.POST), Positions.of(4), Values.of(shout))));
        assertEquals(List.of(0, 4), basis.codes(model, loud).unread());
    }

    private static Basis of(Origin origin) {
        return new DictionaryBasis(
                "transcoder",
                new Dictionary(
                        dictionary.weights(), dictionary.activation(), dictionary.centres(), Scaling.NONE, origin));
    }

    /// Five tokens of the same length, but for one that is ten times as long.
    private static Tensor longest(int position) {
        double[] rows = new double[5 * 32];
        for (int i = 0; i < 5; i++) {
            rows[i * 33] = i == position ? 10 : 1;
        }
        return Tensor.of(rows, 5, 32);
    }

    @Test
    void theMostActiveAreThoseThatAddMostAndTheirEffectsAreThoseOfRunsWithoutThem() {
        Source run = new Source(null, Arrays.stream(ids).boxed().toList(), List.of());
        ActiveFeatures active =
                ActiveFeatures.of(model, new DictionaryBasis("end", dictionary), run, metric, 5, 0, done -> {});
        List<ActiveFeatures.Row> rows = active.rows();
        assertEquals(Runs.measure(model, ids, List.of(), metric), active.baseline(), 1e-9);
        assertEquals(5, rows.size());
        double last = Double.POSITIVE_INFINITY;
        for (ActiveFeatures.Row row : rows) {
            double[] said =
                    dictionary.weights().decoder().select(0, row.feature()).toDoubles();
            double square = 0;
            for (int i = 0; i < said.length; i++) {
                said[i] *= -row.activation();
                square += said[i] * said[i];
            }
            assertEquals(Math.sqrt(square), row.norm(), 1e-9);
            assertTrue(row.norm() <= last);
            last = row.norm();
            Edit without = new Edit.Add(END, Positions.of(row.position()), Values.of(said));
            assertEquals(row.position() == LAST ? -lost(without) : 0, row.effect(), 1e-9);
            assertEquals(row.position() == LAST, row.placebo() != 0);
        }
        assertEquals(CAUSE, rows.getFirst().feature());
    }

    /// By hand: the row times the final norm's weight, times the unembedding; its order is that of the logits.
    @Test
    void theTokensWrittenAreThoseThatTheRowUnembedsTo() {
        Feature cause = feature(CAUSE, LAST);
        double[] row = dictionary.weights().decoder().select(0, CAUSE).toDoubles();
        Edit alone = new Edit.Replace(END, Positions.of(LAST), Values.of(row));
        try (Trace trace = Runs.run(model, Batch.of(ids), List.of(alone), List.of())) {
            long[] top =
                    trace.logits().select(0, 0).select(0, LAST).top(5).indices().toLongs();
            for (int i = 0; i < top.length; i++) {
                assertEquals(top[i], cause.writes().get(i).id());
            }
        }
        assertEquals(
                ((Metric.LogitDifference) metric).answer(),
                cause.writes().getFirst().id());
    }
}
