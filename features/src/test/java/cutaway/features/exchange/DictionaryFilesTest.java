package cutaway.features.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Activation;
import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.dictionary.Origin;
import cutaway.features.dictionary.Scaling;
import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Reading what other libraries wrote, and reading back what Cutaway writes. That the libraries open what Cutaway
/// writes is checked by `scripts/golden/dictionaries.py agree`.
final class DictionaryFilesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path folder;

    static Stream<Path> goldens() {
        return Golden.all();
    }

    /// Golden: codes and outputs by the library that wrote the dictionary.
    @ParameterizedTest
    @MethodSource("goldens")
    void computesWhatItsLibraryComputes(Path golden) {
        try (Opened opened = DictionaryFiles.open(golden)) {
            Golden.assertAgrees(golden, opened);
        }
    }

    /// What is converted into another form computes the same: the golden's codes and outputs again.
    @ParameterizedTest
    @MethodSource("goldens")
    void computesTheSameInEveryFormThatHoldsIt(Path golden) {
        int written = 0;
        for (Format format : Format.values()) {
            Path target = folder.resolve(format.text());
            try (Opened opened = DictionaryFiles.open(golden)) {
                DictionaryFiles.write(opened, format, Numbers.FULL, target);
            } catch (BadInputException e) {
                assertFalse(Files.exists(target));
                continue;
            }
            written++;
            try (Opened again = reopened(target)) {
                assertEquals(format, again.format());
                Golden.assertAgrees(golden, again);
            }
        }
        assertTrue(written >= 1, "no form for " + golden);
    }

    /// A set of layers in a form of single dictionaries is a folder for each.
    private static Opened reopened(Path target) {
        if (!Files.exists(target.resolve("layer_0")) || Files.isRegularFile(target.resolve("layer_0"))) {
            return DictionaryFiles.open(target);
        }
        List<Dictionary> layers = new ArrayList<>();
        for (int i = 0; Files.exists(target.resolve("layer_" + i)); i++) {
            layers.add(DictionaryFiles.openOne(target.resolve("layer_" + i)));
        }
        Format format = DictionaryFiles.open(target.resolve("layer_0")).format();
        return new Opened.Layers(format, layers);
    }

    /// Our form gives back every bit of every weight, and the origin with its notes.
    @ParameterizedTest
    @MethodSource("goldens")
    void ourFormIsLossless(Path golden) {
        try (Opened opened = DictionaryFiles.open(golden)) {
            if (!(opened instanceof Opened.One(Format _, Dictionary dictionary))) {
                return;
            }
            DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.FULL, folder.resolve("ours"));
            try (Dictionary again = DictionaryFiles.openOne(folder.resolve("ours"))) {
                assertSame(dictionary, again);
            }
        }
    }

    private static void assertSame(Dictionary expected, Dictionary actual) {
        assertEquals(expected.origin(), actual.origin());
        assertEquals(expected.centres(), actual.centres());
        assertEquals(expected.scaling(), actual.scaling());
        List<Tensor> left = tensors(expected);
        List<Tensor> right = tensors(actual);
        assertEquals(left.size(), right.size());
        for (int i = 0; i < left.size(); i++) {
            assertTrue(left.get(i).bitsEqual(right.get(i)), "weight " + i);
        }
        if (expected.activation() instanceof Activation.TopK) {
            assertEquals(expected.activation(), actual.activation());
        }
        assertEquals(expected.activation().getClass(), actual.activation().getClass());
    }

    private static List<Tensor> tensors(Dictionary dictionary) {
        Dictionary.Weights weights = dictionary.weights();
        List<Tensor> tensors = new ArrayList<>(
                List.of(weights.encoder(), weights.encoderBias(), weights.decoder(), weights.decoderBias()));
        weights.skip().ifPresent(tensors::add);
        switch (dictionary.activation()) {
            case Activation.Relu() -> {}
            case Activation.TopK(int _, boolean _) -> {}
            case Activation.JumpRelu(Tensor threshold) -> tensors.add(threshold);
            case Activation.Gated(Tensor gate, Tensor magnitude, Tensor log) ->
                tensors.addAll(List.of(gate, magnitude, log));
        }
        return tensors;
    }

    /// A crosscoder with TopK, scaling, notes that look like JSON, and negative codes: none of it is SAELens'.
    @Test
    void ourFormHoldsWhatSaelensCannot() {
        Map<String, String> notes = Map.of(
                "seed",
                "7",
                "quoted",
                "\"7\"",
                "text",
                "all of it",
                "list",
                "[1,2]",
                "line",
                "a\nb",
                "empty",
                "",
                "e",
                "1e5");
        List<Site> in = List.of(new Site.Resid(3, Site.Moment.PRE), new Site.Head(4, 2, Site.HeadPart.Z));
        Origin origin = new Origin("smollm2", in, List.of(new Site.MlpOut(5)), notes);
        Tensor threshold = Tensor.of(new float[] {-1, 0, Float.POSITIVE_INFINITY, 2, 3, 4, 5}, 7);
        for (Activation activation : List.of(new Activation.TopK(3, true), new Activation.JumpRelu(threshold))) {
            Path target = folder.resolve(activation.getClass().getSimpleName());
            try (Dictionary dictionary = random(7, 4, 4, activation, Scaling.LAYER_NORM, origin)) {
                BadInputException refused = assertThrows(
                        BadInputException.class,
                        () -> DictionaryFiles.write(dictionary, Format.SAELENS, Numbers.FULL, target));
                assertTrue(
                        refused.getMessage().contains("SAELens 6.54.12 has no dictionary of several"),
                        refused.getMessage());
                DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.FULL, target);
                try (Dictionary again = DictionaryFiles.openOne(target)) {
                    assertSame(dictionary, again);
                }
            }
        }
    }

    /// Its outputs are its inputs, which are written once.
    @Test
    void aCrosscoderOfLayersKeepsItsSites() {
        List<Site> sites = List.of(new Site.Resid(3, Site.Moment.POST), new Site.Resid(7, Site.Moment.POST));
        Origin origin = new Origin("smollm2", sites, sites, Map.of());
        try (Dictionary dictionary = random(7, 4, 4, new Activation.Relu(), Scaling.NONE, origin)) {
            DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.FULL, folder.resolve("layers"));
            try (Dictionary read = DictionaryFiles.openOne(folder.resolve("layers"))) {
                assertEquals(origin, read.origin());
            }
        }
    }

    /// What a form has none of is refused in a sentence that says so, and nothing is written.
    @Test
    void refusesWhatAFormCannotHold() {
        Origin across =
                new Origin("m", List.of(new Site.Resid(0, Site.Moment.MID)), List.of(new Site.MlpOut(0)), Map.of());
        Origin along = new Origin("m", across.inputs(), across.inputs(), Map.of());
        Origin later =
                new Origin("m", List.of(new Site.Resid(3, Site.Moment.MID)), List.of(new Site.MlpOut(3)), Map.of());
        Activation relu = new Activation.Relu();
        Activation top = new Activation.TopK(2, false);
        refuses(random(7, 4, 3, top, Scaling.NONE, across), Format.SAELENS, "SAELens 6.54.12 has no TopK transcoder");
        refuses(random(7, 4, 4, relu, Scaling.NONE, across), Format.SAELENS, "takes its decoder's bias from its input");
        refuses(random(7, 4, 3, relu, Scaling.LAYER_NORM, across), Format.SAELENS, "transcoder that scales");
        refuses(random(7, 4, 4, relu, Scaling.NONE, along), Format.SPARSIFY, "sparsify has TopK dictionaries only");
        refuses(random(7, 4, 3, top, Scaling.NONE, along), Format.SPARSIFY, "goes from 4 to 3 numbers");
        refuses(random(7, 4, 4, top, Scaling.NONE, across), Format.CIRCUIT_TRACER, "has ReLU and JumpReLU only");
        refuses(random(7, 4, 4, relu, Scaling.NONE, across), Format.CIRCUIT_TRACER, "no centring");
        refuses(random(7, 4, 3, relu, Scaling.NONE, across), Format.CIRCUIT_TRACER, "goes from 4 to 3 numbers");
        refuses(
                uncentred(later),
                Format.CIRCUIT_TRACER,
                "has its input at blocks.3.hook_resid_mid; circuit-tracer wants");
        refuses(uncentred(across), Format.DICTIONARY_LEARNING, "reads pickles alone");
        refuses(uncentred(across), Format.GEMMA_SCOPE, "say too little");
    }

    private void refuses(Dictionary dictionary, Format format, String said) {
        Path target = folder.resolve("refused");
        try (dictionary) {
            BadInputException refused = assertThrows(
                    BadInputException.class, () -> DictionaryFiles.write(dictionary, format, Numbers.FULL, target));
            assertTrue(refused.getMessage().contains(said), refused.getMessage());
            assertFalse(Files.exists(target));
        }
    }

    private static Dictionary uncentred(Origin origin) {
        Random random = new Random(7);
        var weights = new Dictionary.Weights(
                random.normal(7, 4), random.normal(7), random.normal(7, 4), random.normal(4), Optional.empty());
        return new Dictionary(weights, new Activation.Relu(), false, Scaling.NONE, origin);
    }

    static Dictionary random(int width, int dIn, int dOut, Activation activation, Scaling scaling, Origin origin) {
        Random random = new Random(7);
        return new Dictionary(
                new Dictionary.Weights(
                        random.normal(width, dIn),
                        random.normal(width),
                        random.normal(width, dOut),
                        random.normal(dOut),
                        Optional.empty()),
                activation,
                dIn == dOut,
                scaling,
                origin);
    }

    /// Each weight is off by at most half of its row's step, 1/127 of the row's largest; a row of zeros stays one.
    @Test
    void int8IsWithinHalfAStepOfEachLatent() {
        Origin origin = new Origin("", List.of(), List.of(), Map.of());
        try (Dictionary dictionary = random(13, 6, 6, new Activation.Relu(), Scaling.NONE, origin);
                Scope _ = Scope.open()) {
            Tensor encoder = dictionary.weights().encoder();
            double[] sizes = new double[13];
            for (int i = 0; i < 13; i++) {
                sizes[i] = i == 4 ? 0 : Math.pow(10, i - 6);
            }
            encoder.assign(encoder.times(Tensor.of(sizes, 13, 1).to(Dtype.F32)));
            DictionaryFiles.write(dictionary, Format.CUTAWAY, Numbers.INT8, folder.resolve("small"));
            try (Dictionary again = DictionaryFiles.openOne(folder.resolve("small"))) {
                near(encoder, again.weights().encoder());
                near(dictionary.weights().decoder(), again.weights().decoder());
                assertTrue(dictionary
                        .weights()
                        .encoderBias()
                        .bitsEqual(again.weights().encoderBias()));
                assertEquals(Dtype.F32, again.dtype());
            }
        }
    }

    private static void near(Tensor expected, Tensor actual) {
        double[] wanted = expected.toDoubles();
        double[] read = actual.toDoubles();
        int columns = (int) expected.dim(1);
        boolean rounded = false;
        for (int row = 0; row < expected.dim(0); row++) {
            double largest = 0;
            for (int i = 0; i < columns; i++) {
                largest = Math.max(largest, Math.abs(wanted[row * columns + i]));
            }
            for (int i = row * columns; i < (row + 1) * columns; i++) {
                assertEquals(wanted[i], read[i], largest / 127 / 2 * 1.0001);
                rounded |= wanted[i] != read[i];
            }
        }
        assertTrue(rounded);
    }

    /// bfloat16 keeps 8 bits: each weight within 1/256 of itself.
    @Test
    void bf16IsWithinARoundingOfEachWeight() {
        Origin origin = new Origin("", List.of(), List.of(), Map.of());
        try (Dictionary dictionary = random(13, 6, 6, new Activation.Relu(), Scaling.NONE, origin)) {
            DictionaryFiles.write(dictionary, Format.SAELENS, Numbers.BF16, folder.resolve("half"));
            try (Dictionary again = DictionaryFiles.openOne(folder.resolve("half"))) {
                double[] wanted = dictionary.weights().decoder().toDoubles();
                double[] read = again.weights().decoder().toDoubles();
                for (int i = 0; i < wanted.length; i++) {
                    assertEquals(wanted[i], read[i], Math.abs(wanted[i]) / 256);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Numbers.class)
    void circuitTracerFoldersKeepSitesAndValues(Numbers numbers) {
        Path golden = Golden.of("circuit-tracer/cross-layer-jumprelu");
        try (Opened opened = DictionaryFiles.open(golden)) {
            CrossLayerDictionary dictionary = ((Opened.CrossLayer) opened).dictionary();
            assertEquals(
                    new Site.Resid(1, Site.Moment.MID),
                    dictionary.origin().inputs().get(1));
            assertEquals(new Site.MlpOut(2), dictionary.origin().outputs().get(2));
            if (numbers == Numbers.INT8) {
                assertThrows(
                        BadInputException.class,
                        () -> DictionaryFiles.write(opened, Format.CIRCUIT_TRACER, numbers, folder.resolve("to")));
                return;
            }
            DictionaryFiles.write(opened, Format.CIRCUIT_TRACER, numbers, folder.resolve("to"));
            try (Opened again = DictionaryFiles.open(folder.resolve("to"))) {
                CrossLayerDictionary read = ((Opened.CrossLayer) again).dictionary();
                assertEquals(dictionary.origin(), read.origin());
                assertEquals(
                        numbers == Numbers.FULL,
                        dictionary
                                .layers()
                                .get(1)
                                .decoder()
                                .bitsEqual(read.layers().get(1).decoder()));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "saelens/old-flat, blocks.2.attn.hook_z, blocks.2.attn.hook_z, gpt2-small",
        "saelens/skip-transcoder, blocks.2.ln2.hook_normalized, blocks.2.hook_mlp_out, gpt2-small",
        "sparsify/layers.2, blocks.2.hook_resid_post, blocks.2.hook_resid_post, ''",
        "sparsify/layers.2.mlp, '', blocks.2.hook_mlp_out, ''",
        "dictionary_learning/AutoEncoder, blocks.2.hook_resid_post, blocks.2.hook_resid_post,"
                + " EleutherAI/pythia-70m-deduped",
        "gemma-scope-2b-pt-res/layer_2/width_13/average_l0_4, blocks.2.hook_resid_post, blocks.2.hook_resid_post, ''",
        "gemma-scope-2-1b-pt/transcoder/layer_2_width_13_l0_small_affine, '', blocks.2.hook_mlp_out, gemma-v3-1b-pt"
    })
    void findsWhereADictionaryBelongs(String golden, String input, String output, String model) {
        try (Dictionary dictionary = DictionaryFiles.openOne(Golden.of(golden))) {
            assertEquals(
                    input.isEmpty() ? List.of() : List.of(Site.parse(input)),
                    dictionary.origin().inputs());
            assertEquals(List.of(Site.parse(output)), dictionary.origin().outputs());
            assertEquals(model, dictionary.origin().model());
        }
    }

    @Test
    void notesKeepWhatTheMetadataSay() {
        try (Dictionary dictionary = DictionaryFiles.openOne(Golden.of("saelens/topk"))) {
            assertEquals("128", dictionary.origin().notes().get("context_size"));
            assertEquals("made/up", dictionary.origin().notes().get("dataset_path"));
            assertEquals("[null]", dictionary.origin().notes().get("seqpos_slice"));
        }
    }

    /// Where there is something already nothing is written, and no half of a folder is left.
    @Test
    void replacesNothing() throws IOException {
        Path taken = Files.createDirectory(folder.resolve("taken"));
        Files.writeString(taken.resolve("mine"), "keep");
        try (Opened opened = DictionaryFiles.open(Golden.of("saelens/topk"))) {
            assertThrows(
                    BadInputException.class, () -> DictionaryFiles.write(opened, Format.CUTAWAY, Numbers.FULL, taken));
        }
        try (Stream<Path> left = Files.walk(folder)) {
            assertEquals(
                    List.of(folder, taken, taken.resolve("mine")), left.sorted().toList());
        }
    }

    @Test
    void factorsOfTheInputAreFolded() throws IOException {
        Path scaled = copy("saelens/standard");
        Faults.replace(scaled.resolve("cfg.json"), "\"none\", \"reshape", "\"expected_average_only_in\", \"reshape");
        Faults.assertRefused(scaled, "there is no activation_scaler.json");
        Files.writeString(scaled.resolve("activation_scaler.json"), "{\"scaling_factor\": 2.0}");
        try (Dictionary plain = DictionaryFiles.openOne(Golden.of("saelens/standard"));
                Dictionary folded = DictionaryFiles.openOne(scaled);
                Scope _ = Scope.open()) {
            Tensor x = new Random(3).normal(5, 6);
            // the plain one on 2 x, its output over 2
            assertEquals(
                    0,
                    plain.reconstruct(x.times(2))
                            .over(2)
                            .minus(folded.reconstruct(x))
                            .norm(),
                    1e-5);
            assertInstanceOf(Activation.Relu.class, folded.activation());
        }
    }

    private Path copy(String golden) throws IOException {
        return Faults.copy(Golden.of(golden), folder.resolve("copy"));
    }
}
