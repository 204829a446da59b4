package cutaway.model.export;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Golden;
import cutaway.model.Model;
import cutaway.model.gguf.BlockType;
import cutaway.model.gguf.GgufFile;
import cutaway.model.gguf.GgufTensor;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.safetensors.Entry;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Exports the tiny models that transformers wrote, and holds what comes out against those folders and against
/// GGUF files
/// that a script, which shares nothing with Cutaway, laid out as llama.cpp's converter does.
class ExportTest {

    private static final Path CONVERTED = Path.of("src/test/resources/converted");

    /// What Cutaway writes and the script does not; all true, and llama.cpp takes the same for granted where they are
    /// absent: the sizes that every architecture has (vocab_size, key_length, value_length, head_count_kv, the
    /// rotated
    /// coordinates) and the rotary base 10000.
    private static final Set<String> ALSO_WRITTEN = Set.of(
            "vocab_size",
            "attention.key_length",
            "attention.value_length",
            "attention.head_count_kv",
            "rope.dimension_count",
            "rope.freq_base",
            "general.file_type"); // the converter leaves it out of gptneox alone

    /// What the script writes and Cutaway does not: size_label is for display (`91K`).
    private static final Set<String> LEFT_OUT = Set.of("general.size_label");

    /// Phi-3's original context is written for unscaled models too, where nothing reads it.
    private static final String UNUSED_ORIGINAL = "phi3.rope.scaling.original_context_length";

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-rope3",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3",
                "phi",
                "phi3",
                "gpt2",
                "gpt-neox",
                "olmo2"
            })
    void comesBackFromGguf(String name) {
        Path folder = Golden.folder(name);
        Path gguf = temporary.resolve("model.gguf");
        Path back = temporary.resolve("back");
        Export.toGguf(folder, gguf, Optional.empty(), Progress.NONE);
        Export.toFolder(gguf, back, BlockType.F32, Progress.NONE);
        // Llama 3's divisors are float32 in GGUF: the converter's own file is as far away
        assertSameLogits(folder, gguf, name.equals("llama-rope3") ? 1e-5 : 1e-6);
        assertSameLogits(folder, back, 1e-6);
        assertSameTensors(folder, back, name.startsWith("gemma") ? 2e-7f : 0); // 1 added and taken away
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "mistral", "gpt2", "gemma3", "llama-rope3"})
    void aFolderComesBackAsItself(String name) {
        Path back = temporary.resolve("back");
        Export.toFolder(Golden.folder(name), back, BlockType.F32, Progress.NONE);
        assertSameLogits(Golden.folder(name), back, 1e-6);
        assertSameTensors(Golden.folder(name), back, name.startsWith("gemma") ? 2e-7f : 0);
    }

    /// The type and every setting stay; the logits are those of the folder, which transformers vouches for.
    @ParameterizedTest
    @ValueSource(strings = {"granite", "stablelm", "starcoder2"})
    void anUnlistedTypeIsWrittenWithItsOwnSettings(String name) {
        Path back = temporary.resolve("back");
        Exported exported = Export.toFolder(Golden.folder(name), back, BlockType.F32, Progress.NONE);
        assertEquals(name, exported.family());
        assertSameTensors(Golden.folder(name), back, 0);
        int[] ids = {5, 58, 13, 2, 44, 17, 1, 33, 60, 8};
        assertSameLogits(Golden.folder(name), back, 0, ids);
        assertEquals(config(Golden.folder(name)), config(back));
    }

    @Test
    void anUnlistedTypeTakesTheTypeThatWasAskedFor() {
        Path back = temporary.resolve("back");
        Export.toFolder(Golden.folder("granite"), back, BlockType.BF16, Progress.NONE);
        assertEquals("bfloat16", config(back).get("dtype").stringValue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"granite", "stablelm", "starcoder2"})
    void anUnlistedTypeIsRefusedForGguf(String name) {
        Path gguf = temporary.resolve("model.gguf");
        refused(
                "model_type \"" + name + "\"",
                () -> Export.toGguf(Golden.folder(name), gguf, Optional.empty(), Progress.NONE));
    }

    /// transformers 5.23 raises where a sliding layer finds no window, and in Gemma wherever there is none.
    @ParameterizedTest
    @CsvSource({"gemma2, 4096", "gemma3, 4096", "mistral, 64", "mistral, 4096", "gemma2, 1"})
    void aWindowIsWrittenAsItStands(String name, int window) throws IOException {
        Path folder = changed(name, "\"sliding_window\": 5", "\"sliding_window\": " + window);
        Path back = temporary.resolve("back");
        Export.toFolder(folder, back, BlockType.F32, Progress.NONE);
        assertEquals(window, config(back).get("sliding_window").intValue());
        if (name.startsWith("gemma")) {
            assertEquals(config(folder).get("layer_types"), config(back).get("layer_types"));
        }
        assertSameLogits(folder, back, 1e-6);
    }

    @Test
    void gemmaHasAWindowWhereNoLayerSlides() throws IOException {
        Path folder = changed("gemma2", "\"sliding_attention\"", "\"full_attention\"");
        Path back = temporary.resolve("back");
        Export.toFolder(folder, back, BlockType.F32, Progress.NONE);
        assertTrue(config(back).get("sliding_window").isIntegralNumber());
        assertSameLogits(folder, back, 1e-6);
    }

    private static JsonNode config(Path folder) {
        return JsonMapper.shared().readTree(folder.resolve("config.json").toFile());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-rope3",
                "qwen2",
                "qwen3",
                "gemma2",
                "gemma3",
                "phi3",
                "gpt2",
                "gpt-neox",
                "llama-linear",
                "llama-yarn",
                "qwen2-yarn",
                "llama-biased",
                "phi3-longrope",
                "phi3-window",
                "gpt-neox-serial",
                "gemma3-scaled",
                "gemma2-46",
                "gemma3-62"
            })
    void ggufIsWhatTheConverterWrites(String name) throws IOException {
        Path own = CONVERTED.resolve(name);
        Path folder = Files.exists(own.resolve("model.safetensors")) ? own : Golden.folder(name);
        Path gguf = temporary.resolve("model.gguf");
        Export.toGguf(folder, gguf, Optional.empty(), Progress.NONE);
        try (GgufFile expected = GgufFile.open(own.resolve("model.gguf"));
                GgufFile found = GgufFile.open(gguf)) {
            assertEquals(new TreeSet<>(expected.names()), new TreeSet<>(found.names()));
            for (String tensor : expected.names()) {
                GgufTensor a = expected.tensor(tensor);
                GgufTensor b = found.tensor(tensor);
                assertEquals(a.shape(), b.shape(), tensor);
                assertEquals(a.type(), b.type(), tensor);
                assertArrayEquals(
                        a.bytes().toArray(ValueLayout.JAVA_BYTE), b.bytes().toArray(ValueLayout.JAVA_BYTE), tensor);
            }
            assertSameKeys(name, expected, found);
        }
    }

    private static void assertSameKeys(String name, GgufFile expected, GgufFile found) {
        String arch = expected.metadata().string("general.architecture") + ".";
        for (String key : expected.metadata().keys()) {
            if (LEFT_OUT.contains(key) || (key.equals(UNUSED_ORIGINAL) && !name.equals("phi3-longrope"))) {
                continue;
            }
            assertTrue(found.metadata().has(key), key);
            if (!key.equals("general.name")) { // of the folder
                assertClose(
                        key, expected.metadata().value(key), found.metadata().value(key));
            }
        }
        Set<String> more = new TreeSet<>(found.metadata().keys());
        more.removeAll(expected.metadata().keys());
        more.removeIf(key -> ALSO_WRITTEN.contains(key.startsWith(arch) ? key.substring(arch.length()) : key));
        assertEquals(Set.of(), more);
    }

    private static void assertClose(String key, Object expected, Object found) {
        if (expected instanceof Double a && found instanceof Double b) {
            assertEquals(a, b, 1e-7 * Math.abs(a), key);
        } else {
            assertEquals(expected, found, key);
        }
    }

    /// The golden logits of a converted file hold for the folder that is made from it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama-linear",
                "llama-yarn",
                "qwen2-yarn",
                "llama-biased",
                "phi3-longrope",
                "phi3-window",
                "gpt-neox-serial",
                "gemma3-scaled",
                "llama-q8_0",
                "qwen2-q4_0",
                "llama-q4_k"
            })
    void aConvertedFileBecomesAFolder(String name) {
        Path folder = temporary.resolve("folder");
        Export.toFolder(CONVERTED.resolve(name).resolve("model.gguf"), folder, BlockType.F32, Progress.NONE);
        try (Model model = Model.open(folder);
                SafetensorsFile golden =
                        SafetensorsFile.open(CONVERTED.resolve(name).resolve("golden.safetensors"));
                Scope scope = Scope.open()) {
            Entry ids = golden.entry("input_ids");
            int length = Math.toIntExact(ids.shape().get(1));
            long[] all = ids.bytes().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
            int[] first = new int[length];
            for (int i = 0; i < length; i++) {
                first[i] = (int) all[i];
            }
            float[] logits = golden.entry("logits").bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            float[] row = java.util.Arrays.copyOf(logits, length * model.sizes().vocab());
            assertTrue(Golden.worst(row, model.logits(first)) <= 1e-4);
        }
    }

    /// The script's own packing of the same weights, by another implementation.
    @ParameterizedTest
    @ValueSource(strings = {"llama-q8_0", "llama-q4_0", "llama-q4_k", "gemma2-q8_0"})
    void blocksStayAsTheyAre(String name) {
        Path source = CONVERTED.resolve(name).resolve("model.gguf");
        Path copy = temporary.resolve("copy.gguf");
        Export.toGguf(source, copy, Optional.empty(), Progress.NONE);
        try (GgufFile expected = GgufFile.open(source);
                GgufFile found = GgufFile.open(copy)) {
            assertEquals(new TreeSet<>(expected.names()), new TreeSet<>(found.names()));
            for (String tensor : expected.names()) {
                assertEquals(
                        expected.tensor(tensor).type(), found.tensor(tensor).type(), tensor);
                assertArrayEquals(
                        expected.tensor(tensor).bytes().toArray(ValueLayout.JAVA_BYTE),
                        found.tensor(tensor).bytes().toArray(ValueLayout.JAVA_BYTE),
                        tensor);
            }
            assertEquals(
                    expected.metadata().value("general.file_type"),
                    found.metadata().value("general.file_type"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"F16", "BF16", "Q8_0", "Q4_0", "Q4_1"})
    void matricesTakeTheTypeThatWasAskedFor(String type) {
        Path gguf = temporary.resolve("model.gguf");
        BlockType asked = BlockType.valueOf(type);
        Exported exported = Export.toGguf(Golden.folder("llama"), gguf, Optional.of(asked), Progress.NONE);
        assertTrue(exported.weightError() > 0 && exported.kl() > 0, exported.toString());
        try (GgufFile file = GgufFile.open(gguf)) {
            assertEquals(asked, file.tensor("blk.1.attn_q.weight").type());
            assertEquals(BlockType.F32, file.tensor("blk.1.attn_norm.weight").type());
        }
    }

    @Test
    void aWindowThatGgufCannotSayIsRefused() {
        Path gguf = temporary.resolve("model.gguf");
        refused("window", () -> Export.toGguf(Golden.folder("mistral"), gguf, Optional.empty(), Progress.NONE));
    }

    @Test
    void mistralWithoutAWindowIsALlama() throws IOException {
        Path folder = changed("mistral", "\"sliding_window\": 5", "\"sliding_window\": null");
        Path gguf = temporary.resolve("model.gguf");
        assertEquals(
                "llama",
                Export.toGguf(folder, gguf, Optional.empty(), Progress.NONE).family());
        assertSameLogits(folder, gguf, 1e-6);
    }

    @Test
    void aScoreScaleThatGgufCannotSayIsRefused() throws IOException {
        Path folder = changed("gemma2", "\"query_pre_attn_scalar\": 16", "\"query_pre_attn_scalar\": 24");
        Path gguf = temporary.resolve("model.gguf");
        refused("factor of the scores", () -> Export.toGguf(folder, gguf, Optional.empty(), Progress.NONE));
    }

    @Test
    void dynamicScalingIsRefusedForGgufAndKeptInAFolder() throws IOException {
        Path folder = changed("llama", "\"rope_type\": \"default\"", "\"rope_type\": \"dynamic\", \"factor\": 2.0");
        refused(
                "dynamic",
                () -> Export.toGguf(folder, temporary.resolve("model.gguf"), Optional.empty(), Progress.NONE));
        Path back = temporary.resolve("back");
        Export.toFolder(folder, back, BlockType.F32, Progress.NONE);
        try (Model a = Model.open(folder);
                Model b = Model.open(back)) {
            assertEquals(a.sizes().context(), b.sizes().context());
        }
    }

    @Test
    void anEncoderIsRefusedForGguf() {
        Path gguf = temporary.resolve("model.gguf");
        refused("BERT", () -> Export.toGguf(Golden.folder("bert"), gguf, Optional.empty(), Progress.NONE));
    }

    @Test
    void nothingIsReplaced() throws IOException {
        Path target = Files.writeString(temporary.resolve("model.gguf"), "mine");
        assertThrows(
                BadInputException.class,
                () -> Export.toGguf(Golden.folder("llama"), target, Optional.empty(), Progress.NONE));
        assertEquals("mine", Files.readString(target));
    }

    private void refused(String word, org.junit.jupiter.api.function.Executable export) {
        Set<Path> before = files();
        String message =
                String.valueOf(assertThrows(BadInputException.class, export).getMessage());
        assertTrue(message.contains(word), message);
        assertEquals(before, files(), "left behind");
    }

    private Set<Path> files() {
        try (Stream<Path> files = Files.list(temporary)) {
            return new TreeSet<>(files.toList());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /// A golden folder with other settings.
    private Path changed(String name, String from, String to) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("changed"));
        Path golden = Golden.folder(name);
        Files.copy(golden.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        String config = Files.readString(golden.resolve("config.json"));
        assertTrue(config.contains(from), config);
        Files.writeString(folder.resolve("config.json"), config.replace(from, to));
        return folder;
    }

    private static void assertSameLogits(Path expected, Path found, double tolerance) {
        assertSameLogits(expected, found, tolerance, 5, 71, 13, 2, 90, 44, 44, 17, 96, 1, 33, 60, 8);
    }

    private static void assertSameLogits(Path expected, Path found, double tolerance, int... ids) {
        try (Model a = Model.open(expected);
                Model b = Model.open(found);
                Scope scope = Scope.open()) {
            double worst = Golden.worst(a.logits(ids).toFloats(), b.logits(ids));
            assertTrue(worst <= tolerance, () -> found + ": " + worst);
        }
    }

    private static void assertSameTensors(Path expected, Path found, float tolerance) {
        Map<String, float[]> a = tensors(expected);
        Map<String, float[]> b = tensors(found);
        assertEquals(new TreeSet<>(a.keySet()), new TreeSet<>(b.keySet()));
        a.forEach((name, values) -> {
            if (tolerance == 0 || !name.contains("norm")) {
                assertArrayEquals(values, b.get(name), name);
            } else {
                assertArrayEquals(values, b.get(name), tolerance, name);
            }
        });
        assertFalse(a.isEmpty());
    }

    private static Map<String, float[]> tensors(Path folder) {
        Map<String, float[]> tensors = new HashMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(folder.resolve("model.safetensors"))) {
            for (String name : file.names()) {
                tensors.put(name, file.entry(name).bytes().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
            }
        }
        return tensors;
    }
}
