package cutaway.features.use;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Format;
import cutaway.features.exchange.Numbers;
import cutaway.features.judge.CodedTokens;
import cutaway.features.judge.ErrorSplit;
import cutaway.features.store.Words;
import cutaway.interp.basis.ErrorPart;
import cutaway.interp.basis.ErrorTerm;
import cutaway.interp.basis.Errors;
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
import cutaway.interp.effects.GradientPatching;
import cutaway.interp.effects.Method;
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
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The error of a dictionary and its parts as what is read, taken away and patched, on a random model in float64:
/// against vectors that are computed here from the dictionary's weights and the map's.
class ErrorTermTest {

    private static final PromptPair TEXTS =
            PromptPair.of(Words.text(5, 17, 60, 8, 90, 33), Words.text(5, 17, 41, 8, 90, 33), " w40", " w77");
    private static final PromptPair OTHERS =
            PromptPair.of(Words.text(9, 3, 28, 70, 11), Words.text(9, 3, 50, 70, 11), " w12", " w13");
    private static final Site RESID = new Site.Resid(1, Moment.POST);
    private static final int D = 32;

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

    private static Tensor drawn(long seed, long... dims) {
        return new Random(seed).normal(dims).to(Dtype.F64);
    }

    private static Dictionary dictionary(Map<String, String> notes) {
        return new Dictionary(
                new Dictionary.Weights(
                        drawn(1, 50, D),
                        Tensor.of(new double[50], 50),
                        drawn(2, 50, D).times(0.1),
                        drawn(5, D),
                        Optional.empty()),
                new Activation.Relu(),
                false,
                Scaling.NONE,
                new Origin("tiny", List.of(RESID), List.of(RESID), notes));
    }

    private static LinearError.Facts facts(String dictionary, String site) {
        return new LinearError.Facts(dictionary, List.of(site), List.of(site), "acts", 100, 90, 0.3, 0.2, 0.4);
    }

    private static LinearError map() {
        return new LinearError(facts("", RESID.text()), drawn(3, D, D).times(0.2), drawn(4, D));
    }

    private static DictionaryBasis split(Map<String, String> notes) {
        return new DictionaryBasis("random", dictionary(notes), Optional.of(map()));
    }

    private static double measured(Source run, List<? extends Edit> more) {
        List<Edit> edits = new ArrayList<>(run.edits());
        edits.addAll(more);
        return Runs.measure(model, run.ids(model), edits, metric);
    }

    /// `[pos][d]`.
    private static double[][] read(Source run) {
        try (Trace trace = Runs.run(model, Batch.of(run.ids(model)), run.edits(), List.of(RESID))) {
            return rows(trace.at(RESID).select(0, 0));
        }
    }

    private static double[][] rows(Tensor value) {
        double[][] rows = new double[(int) value.dim(0)][];
        Arrays.setAll(rows, position -> value.select(0, position).toDoubles());
        return rows;
    }

    private static Tensor tensor(double[][] rows) {
        return Tensor.of(Stream.of(rows).flatMapToDouble(DoubleStream::of).toArray(), rows.length, D);
    }

    /// What a part of the error is at each position, from the weights alone.
    private static double[][] byHand(ErrorPart part, double[][] there) {
        return Scope.free(() -> {
            Tensor x = tensor(there);
            Tensor codes = x.matmul(drawn(1, 50, D).transpose(0, 1)); // [pos, latent]
            Tensor active = codes.relu();
            Tensor error = x.minus(active.matmul(drawn(2, 50, D).times(0.1)).plus(drawn(5, D)));
            Tensor linear = x.matmul(drawn(3, D, D).times(0.2)).plus(drawn(4, D));
            return rows(
                    switch (part) {
                        case WHOLE -> error;
                        case LINEAR -> linear;
                        case NONLINEAR -> error.minus(linear);
                    });
        });
    }

    private static List<Effect> sweep(Method method, DictionaryBasis basis, String... sites) {
        return EffectSweep.of(method, new Bases(List.of(basis), false), sites)
                .run(model, List.of(TEXTS, OTHERS))
                .rows();
    }

    /// What is read is what the weights say, and the parts add up to the error.
    @Test
    void thePartsAddUpToTheError() {
        try (DictionaryBasis basis = split(Map.of())) {
            Errors errors = basis.errors(model, pair.promptRun());
            double[][] there = read(pair.promptRun());
            for (int position = 0; position < there.length; position++) {
                double[] whole = errors.at(ErrorPart.WHOLE, RESID, position);
                double[] linear = errors.at(ErrorPart.LINEAR, RESID, position);
                double[] rest = errors.at(ErrorPart.NONLINEAR, RESID, position);
                for (ErrorPart part : ErrorPart.values()) {
                    assertArrayEquals(byHand(part, there)[position], errors.at(part, RESID, position), 1e-9);
                }
                for (int i = 0; i < D; i++) {
                    assertEquals(whole[i], linear[i] + rest[i], 1e-14 * (1 + Math.abs(whole[i]) + Math.abs(linear[i])));
                }
            }
        }
    }

    /// Both parts left out, or the whole of it, is the reconstruction in place of the activation; one alone is not.
    @Test
    void leavingOutBothPartsIsLeavingOutTheError() {
        try (DictionaryBasis basis = split(Map.of())) {
            Source run = pair.promptRun();
            Errors errors = basis.errors(model, run);
            int last = errors.length() - 1;
            double spliced = measured(run, List.copyOf(basis.splice(model, run)));
            List<Edit.Add> linear = new ErrorTerm(basis, ErrorPart.LINEAR).leaveOut(errors, 0, last);
            List<Edit> both = new ArrayList<>(linear);
            both.addAll(new ErrorTerm(basis, ErrorPart.NONLINEAR).leaveOut(errors, 0, last));
            assertEquals(spliced, measured(run, both), 1e-9);
            assertEquals(spliced, measured(run, new ErrorTerm(basis, ErrorPart.WHOLE).scale(errors, 0)), 1e-9);
            assertTrue(Math.abs(spliced - measured(run, linear)) > 1e-3, "a part is not the whole");
            assertEquals(List.of(), new ErrorTerm(basis, ErrorPart.LINEAR).scale(errors, 1), "times 1 is no edit");
        }
    }

    /// Taken away, put to its mean and patched both ways at one position and at all: the run with the vectors added
    /// that are computed here.
    @ParameterizedTest
    @EnumSource(ErrorPart.class)
    void effectsAreThoseOfSplicingByHand(ErrorPart part) {
        try (DictionaryBasis basis = split(Map.of())) {
            double[][] prompt = byHand(part, read(pair.promptRun()));
            double[][] contrast = byHand(part, read(pair.contrastRun()));
            double[][] other = byHand(
                    part, read(Pair.read(model, List.of(OTHERS)).getFirst().promptRun()));
            double[] mean = new double[D];
            Stream.concat(Stream.of(prompt), Stream.of(other))
                    .forEach(row -> Arrays.setAll(mean, i -> mean[i] + row[i] / (prompt.length + other.length)));
            double[][] means = new double[prompt.length][];
            Arrays.fill(means, mean);
            double[][] none = new double[prompt.length][D];
            for (int at : new int[] {-1, 5}) {
                String site = part.text() + "[random]" + (at < 0 ? "" : "@" + at);
                assertValue(site, new Ablation(Ablation.By.ZERO, 1), basis, pair.promptRun(), prompt, none, at);
                assertValue(site, new Ablation(Ablation.By.MEAN, 1), basis, pair.promptRun(), prompt, means, at);
                assertValue(
                        site, new ActivationPatching(Direction.NOISE), basis, pair.promptRun(), prompt, contrast, at);
                assertValue(
                        site,
                        new ActivationPatching(Direction.DENOISE),
                        basis,
                        pair.contrastRun(),
                        contrast,
                        prompt,
                        at);
            }
        }
    }

    private static void assertValue(
            String site, Method method, DictionaryBasis basis, Source run, double[][] is, double[][] will, int at) {
        Effect row = sweep(method, basis, site).getFirst();
        assertEquals(site, row.question().text());
        assertEquals("random", row.dictionary());
        assertEquals(measured(run, List.of(change(is, will, 1, at))), row.value(), 1e-8, method.text());
        assertTrue(Math.abs(row.effect()) > 1e-4, method.text() + " moves nothing");
    }

    /// Adds so much of a difference at one position, or at all.
    private static Edit change(double[][] is, double[][] will, double by, int at) {
        double[][] change = new double[is.length][D];
        for (int position = 0; position < is.length; position++) {
            for (int i = 0; i < D && (at < 0 || at == position); i++) {
                change[position][i] = by * (will[position][i] - is[position][i]);
            }
        }
        return new Edit.Add(
                RESID,
                Positions.span(0, is.length - 1),
                new Values(
                        List.of((long) is.length, (long) D),
                        Stream.of(change).flatMapToDouble(DoubleStream::of).toArray()));
    }

    /// Central difference along what patching adds.
    @ParameterizedTest
    @EnumSource(ErrorPart.class)
    void theEstimateIsTheSlope(ErrorPart part) {
        try (DictionaryBasis basis = split(Map.of())) {
            double[][] prompt = byHand(part, read(pair.promptRun()));
            double[][] contrast = byHand(part, read(pair.contrastRun()));
            double slope = (measured(pair.contrastRun(), List.of(change(contrast, prompt, 1e-5, -1)))
                            - measured(pair.contrastRun(), List.of(change(contrast, prompt, -1e-5, -1))))
                    / 2e-5;
            Effect row = sweep(new GradientPatching(Direction.DENOISE), basis, part.text())
                    .getFirst();
            assertEquals(slope, row.effect(), 1e-6 * Math.max(1, Math.abs(slope)));
            assertTrue(Math.abs(slope) > 1e-3);
        }
    }

    /// A token that the dictionary reads no codes of keeps its activation, whatever is done to the error.
    @Test
    void tokensWithoutCodesKeepTheirActivation() {
        try (DictionaryBasis basis = split(Map.ofEntries(Origin.WITHOUT_SINKS))) {
            Errors errors = basis.errors(model, pair.promptRun());
            assertFalse(errors.read()[0]);
            assertEquals(
                    0,
                    DoubleStream.of(errors.at(ErrorPart.LINEAR, RESID, 0))
                            .map(Math::abs)
                            .sum());
            List<Edit.Add> edits = new ErrorTerm(basis, ErrorPart.LINEAR).leaveOut(errors, 0, errors.length() - 1);
            assertEquals(1, edits.size());
            assertFalse(
                    Arrays.stream(edits.getFirst().pos().in(errors.length())).anyMatch(at -> at == 0));
        }
    }

    /// Norms and the share that is explained, of vectors that are computed here.
    @Test
    void whatIsMissedOfEachTokenIsSaid() {
        try (DictionaryBasis basis = split(Map.of())) {
            double[][] there = read(pair.promptRun());
            double[] mean = new double[D];
            for (double[] row : there) {
                Arrays.setAll(mean, i -> mean[i] + row[i] / there.length);
            }
            Missed missed = Missed.of(model, basis, pair.promptRun(), 3);
            assertTrue(missed.isSplit());
            for (int position = 0; position < there.length; position++) {
                Missed.OfToken token = missed.tokens().get(position);
                double error = norm(byHand(ErrorPart.WHOLE, there)[position]);
                double[] about = there[position].clone();
                Arrays.setAll(about, i -> about[i] - mean[i]);
                assertEquals(norm(there[position]), token.norm(), 1e-9);
                assertEquals(error, token.error(), 1e-9);
                assertEquals(
                        norm(byHand(ErrorPart.LINEAR, there)[position]),
                        token.linear().orElseThrow(),
                        1e-9);
                assertEquals(
                        norm(byHand(ErrorPart.NONLINEAR, there)[position]),
                        token.nonlinear().orElseThrow(),
                        1e-9);
                assertEquals(
                        1 - Math.pow(error / norm(about), 2), token.explained().orElseThrow(), 1e-9);
                assertEquals(3, token.largest().size());
                assertTrue(
                        token.largest().get(0).code() > token.largest().get(1).code());
            }
        }
        try (DictionaryBasis without = new DictionaryBasis("random", dictionary(Map.ofEntries(Origin.WITHOUT_SINKS)))) {
            Missed.OfToken sink =
                    Missed.of(model, without, pair.promptRun(), 3).tokens().getFirst();
            assertFalse(
                    sink.read() || sink.explained().isPresent() || sink.linear().isPresent());
            assertTrue(sink.norm() > 0 && sink.error() == 0 && sink.largest().isEmpty());
        }
    }

    private static double norm(double[] vector) {
        return Math.sqrt(DoubleStream.of(vector).map(number -> number * number).sum());
    }

    @Test
    void whatCannotBeAskedIsRefused() {
        try (DictionaryBasis whole = new DictionaryBasis("random", dictionary(Map.of()));
                DictionaryBasis split = split(Map.of())) {
            assertEquals(
                    2,
                    sweep(new Ablation(Ablation.By.ZERO, 1), whole, "sae.error").size());
            assertSaid(
                    "no linear map splits", () -> sweep(new Ablation(Ablation.By.ZERO, 1), whole, "sae.error.linear"));
            assertSaid("is not known", () -> sweep(new Ablation(Ablation.By.ZERO, 1), split, "sae.error.cubic"));
            assertSaid(
                    "no dictionary is called \"other\"",
                    () -> sweep(new Ablation(Ablation.By.ZERO, 1), split, "sae.error[other]"));
            assertSaid(
                    "features and errors of a dictionary go with", () -> sweep(new DirectLogits(), split, "sae.error"));
            assertSaid(
                    "without the error term",
                    () -> EffectSweep.of(
                            new Ablation(Ablation.By.ZERO, 1), new Bases(List.of(split), true), "sae.error"));
            assertSaid(
                    "is of a dictionary, and none was given",
                    () -> EffectSweep.of(new Ablation(Ablation.By.ZERO, 1), "sae.error.linear"));
        }
    }

    private static void assertSaid(String part, Runnable work) {
        String said = assertThrows(BadInputException.class, work::run).getMessage();
        assertTrue(said.contains(part), said);
    }

    /// The map of a split is kept as it is, and found beside the dictionary; one of another dictionary is refused, and
    /// so are other shapes and other files.
    @Test
    void aMapIsKeptAndCheckedAgainstItsDictionary(@TempDir Path folder) throws IOException {
        Path one = folder.resolve("one");
        Path two = folder.resolve("two");
        try (Dictionary dictionary = dictionary(Map.of());
                Dictionary other = dictionary(Map.of("seed", "7"))) {
            DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.FULL, one);
            DictionaryFiles.write(other, Format.CUTAWAY, Numbers.FULL, two);
        }
        String before = DictionaryFiles.sha256(one);
        Path file = folder.resolve("map.safetensors");
        try (Scope _ = Scope.open();
                Dictionary dictionary = DictionaryFiles.openOne(one)) {
            Tensor x = drawn(6, 200, D).plus(3).to(Dtype.F32);
            try (CodedTokens coded = CodedTokens.encoded(dictionary, x, x, new int[200]);
                    ErrorSplit fitted = ErrorSplit.of(coded);
                    LinearError kept = fitted.kept(facts(before, RESID.text()))) {
                kept.write(file);
                try (LinearError read = LinearError.read(file, one, dictionary)) {
                    assertEquals(kept.facts(), read.facts());
                    Tensor more = drawn(8, 20, D).times(50);
                    double away = read.of(more).minus(fitted.linear(more)).norm();
                    assertTrue(away < 1e-9 * fitted.linear(more).norm(), "away " + away);
                }
            }
        }
        try (FeatureBasis none = FeatureBasis.open("one", one)) {
            assertFalse(none.splitsError());
        }
        Files.copy(file, one.resolve("error-map.safetensors"));
        assertEquals(before, DictionaryFiles.sha256(one), "a map beside a dictionary makes no other one of it");
        try (FeatureBasis found = FeatureBasis.open("one", one)) {
            assertTrue(found.splitsError());
        }
        assertSaid("fitted to the error of another dictionary", () -> opened(two, file));
        LinkedHashMap<String, Tensor> small = new LinkedHashMap<>();
        small.put("weights", drawn(1, 8, 8));
        small.put("constant", drawn(1, 8));
        Path wrong = folder.resolve("small.safetensors");
        try (LinearError map = new LinearError(facts(before, RESID.text()), drawn(1, 8, 8), drawn(1, 8))) {
            map.write(wrong);
        }
        assertSaid("reads 32 numbers and writes 32", () -> opened(one, wrong));
        try (LinearError map =
                new LinearError(facts(before, "blocks.0.hook_resid_post"), drawn(1, D, D), drawn(1, D))) {
            map.write(wrong);
        }
        assertSaid("is of a dictionary of blocks.0.hook_resid_post", () -> opened(one, wrong));
        TensorFile.write(wrong, small, Map.of());
        assertSaid("holds no map of a dictionary's error", () -> opened(one, wrong));
    }

    private static void opened(Path dictionary, Path map) {
        FeatureBasis.open("one", dictionary, Optional.of(map)).close();
    }
}
