package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.Dtype;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Verbs as a user types them, on tiny models: exit codes, stdout, stderr.
class VerbsTest {

    private static final String GOLDEN = "../model/src/test/resources/golden/";
    private static final String LLAMA = GOLDEN + "llama";

    @TempDir
    private Path temporary;

    private StringWriter out = new StringWriter();
    private StringWriter err = new StringWriter();

    @Test
    void checkPassesATrueModel() {
        assertEquals(0, run("check", GOLDEN + "gpt2", "--json"));
        JsonNode certificate = JsonMapper.shared().readTree(out.toString());
        assertEquals("gpt2", certificate.path("family").asString());
        assertTrue(certificate.path("checks").size() > 50);
    }

    @Test
    void anUnlistedTypeIsNotedOnStderrOnce() {
        assertEquals(0, run("check", GOLDEN + "granite", "--json"));
        assertTrue(err.toString().contains("\"granite\" is not on Cutaway's list"), err.toString());
        err.getBuffer().setLength(0);
        assertEquals(0, run("run", "--model", GOLDEN + "granite", "--ids", "3,14,15", "--json"));
        assertEquals(1, err.toString().lines().count(), err.toString());
    }

    @Test
    void checkFailsOnTheGoldenFileOfAnotherRun() throws IOException {
        Path golden = temporary.resolve("golden.safetensors");
        byte[] bytes = Files.readAllBytes(Path.of(LLAMA, "golden.safetensors"));
        bytes[bytes.length - 2] ^= 0x10; // within the last tensor of the file
        Files.write(golden, bytes);
        String last = lastTensor(golden);
        assertEquals(1, run("check", LLAMA, "--golden", golden.toString()));
        List<String> failed = out.toString()
                .lines()
                .filter(line -> line.startsWith("FAILED "))
                .toList();
        assertEquals(1, failed.size(), out.toString());
        assertTrue(failed.getFirst().contains(last), failed + " should name " + last);
    }

    @Test
    void exportWritesWhatCheckCertifies() {
        Path gguf = temporary.resolve("llama.gguf");
        Path folder = temporary.resolve("folder");
        assertEquals(0, run("export", "gguf", LLAMA, "--out", gguf.toString()));
        assertTrue(err.toString().contains("no tokenizer"), err.toString());
        assertEquals(0, run("export", "hf", gguf.toString(), "--out", folder.toString(), "--json"));
        assertEquals(
                0, run("check", folder.toString(), "--golden", LLAMA + "/golden.safetensors"), () -> out.toString());
    }

    @Test
    void exportRefusesWhatGgufCannotSay() {
        Path gguf = temporary.resolve("mistral.gguf");
        assertEquals(2, run("export", "gguf", GOLDEN + "mistral", "--out", gguf.toString()));
        assertTrue(err.toString().contains("window"), err.toString());
        assertEquals(2, run("export", "gguf", LLAMA, "--out", gguf.toString(), "--type", "q5"));
        assertFalse(Files.exists(gguf));
    }

    @Test
    void runReadsEditsAndWrites() throws IOException {
        Path edits = write("edits.json", "[{\"op\": \"zero\", \"site\": \"blocks.1.attn.hook_z[2]\", \"pos\": [-1]}]");
        Path acts = temporary.resolve("acts.safetensors");
        assertEquals(
                0,
                run(
                        "run",
                        "--model",
                        LLAMA,
                        "--ids",
                        "3,14,15",
                        "--site",
                        "blocks.*.hook_resid_post",
                        "--site",
                        "blocks.1.attn.hook_z",
                        "--edit",
                        edits.toString(),
                        "--out",
                        acts.toString(),
                        "--json"));
        JsonNode result = JsonMapper.shared().readTree(out.toString());
        assertEquals(5, result.path("before").size());
        assertFalse(result.path("before").equals(result.path("after")));
        try (SafetensorsFile file = SafetensorsFile.open(acts)) {
            assertEquals(4, file.names().size());
            assertEquals(
                    List.of(3L, 32L), file.entry("blocks.2.hook_resid_post").shape());
            assertEquals(List.of(3L, 4L, 8L), file.entry("blocks.1.attn.hook_z").shape());
            assertEquals("[3, 14, 15]", file.metadata().get("ids"));
            assertEquals(
                    JsonMapper.shared().readTree(edits.toFile()),
                    JsonMapper.shared().readTree(file.metadata().get("edits")));
            float[] z = file.entry("blocks.1.attn.hook_z")
                    .bytes()
                    .toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED);
            assertTrue(IntStream.range(2 * 32 + 16, 2 * 32 + 24).allMatch(i -> z[i] == 0), Arrays.toString(z));
            assertTrue(IntStream.range(0, 2 * 32 + 16).noneMatch(i -> z[i] == 0), Arrays.toString(z));
        }
    }

    /// In float64 a run is that in float32 but for float32's noise, and is written with all its digits.
    @Test
    void runInFloat64() {
        Path acts = temporary.resolve("acts.safetensors");
        assertEquals(0, run("run", "--model", LLAMA, "--ids", "3,14,15", "--json"));
        double coarse = logit();
        assertEquals(
                0,
                run(
                        "run",
                        "--model",
                        LLAMA,
                        "--ids",
                        "3,14,15",
                        "--dtype",
                        "f64",
                        "--site",
                        "blocks.1.hook_resid_post",
                        "--out",
                        acts.toString(),
                        "--json"));
        assertEquals(coarse, logit(), 1e-5);
        assertNotEquals(coarse, logit());
        try (SafetensorsFile file = SafetensorsFile.open(acts)) {
            assertEquals(Dtype.F64, file.entry("blocks.1.hook_resid_post").dtype());
        }
    }

    private double logit() {
        JsonNode result = JsonMapper.shared().readTree(out.toString());
        return result.path("before").path(0).path("logit").asDouble();
    }

    /// What a batch, padding or a cache may change is a hundred thousand times smaller than in float32.
    @Test
    void checkCertifiesInFloat64() {
        assertEquals(0, run("check", LLAMA, "--dtype", "f64", "--json"), () -> out.toString());
        JsonNode checks = JsonMapper.shared().readTree(out.toString()).path("checks");
        assertTrue(checks.size() > 50);
        for (JsonNode check : checks) {
            if (check.path("name").asString().equals("batched")) {
                assertEquals(1e-10, check.path("limit").asDouble());
                assertTrue(check.path("worst").asDouble() < 1e-13, check.toString());
            }
        }
        assertRefused("check", LLAMA, "--dtype", "bf16");
    }

    @Test
    void modelsIsJson() {
        assertEquals(0, run("models", "--json"));
        assertEquals(
                "smollm2-135m-instruct",
                JsonMapper.shared().readTree(out.toString()).path("default").asString());
    }

    @Test
    void everyVerbHasAnExample() {
        for (String verb : Cutaway.commandLine().getSubcommands().keySet()) {
            assertEquals(0, run(verb, "--help"));
            assertTrue(
                    out.toString().contains("Example:") && out.toString().contains("  cutaway " + verb),
                    out.toString());
        }
    }

    @Test
    void trainingADictionaryHasAnExample() {
        assertEquals(0, run("train", "dictionary", "--help"));
        assertTrue(
                out.toString().contains("Example:") && out.toString().contains("  cutaway train dictionary "),
                out.toString());
    }

    @Test
    void everyVerbOfFeaturesHasAnExample() {
        for (String verb : Cutaway.commandLine()
                .getSubcommands()
                .get("features")
                .getSubcommands()
                .keySet()) {
            assertEquals(0, run("features", verb, "--help"));
            assertTrue(
                    out.toString().contains("Example:") && out.toString().contains("  cutaway features " + verb),
                    out.toString());
        }
    }

    @Test
    void everyVerbOfTheLabHasAnExample() {
        for (String verb : Cutaway.commandLine()
                .getSubcommands()
                .get("lab")
                .getSubcommands()
                .keySet()) {
            assertEquals(0, run("lab", verb, "--help"));
            assertTrue(
                    out.toString().contains("Example:") && out.toString().contains("  cutaway lab " + verb),
                    out.toString());
        }
    }

    @Test
    void everyVerbOfGeometryHasAnExample() {
        for (String verb : List.of("fit", "energy")) {
            assertEquals(0, run("geometry", verb, "--help"));
            assertTrue(
                    out.toString().contains("Example:") && out.toString().contains("  cutaway geometry " + verb),
                    out.toString());
        }
    }

    @Test
    void removingHasAnExample() {
        assertEquals(0, run("models", "rm", "--help"));
        assertTrue(out.toString().contains("  cutaway models rm "), out.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "explainn x",
                "chek " + LLAMA,
                "check",
                "check " + LLAMA + " --sed 3",
                "check " + LLAMA + " --seed three",
                "check no/such/folder",
                "check " + LLAMA + " --golden no.safetensors",
                "check " + LLAMA + " --golden " + LLAMA + "/config.json",
                "check " + LLAMA + " --golden " + GOLDEN + "gpt2/model.safetensors",
                "tokens",
                "tokens a b",
                "tokens hello --model " + LLAMA,
                "tokens hello --model no-such-model",
                "tokens hello --model no-such-owner/no-such-model",
                "pull",
                "pull no-such-model",
                "pull ../x",
                "models no-such-owner/no-such-model",
                "models rm",
                "models rm no-such-model",
                "models rm ../x",
                "models rm no-such-owner/no-such-model",
                "run --model " + LLAMA,
                "run hello --model " + LLAMA,
                "run --ids 3,x --model " + LLAMA,
                "run --ids 3,97 --model " + LLAMA,
                "run --ids 3,-1 --model " + LLAMA,
                "run --ids 3 --model " + LLAMA + " --site blocks.0.hook_nothing",
                "run --ids 3 --model " + LLAMA + " --site blocks.3.hook_resid_pre",
                "run --ids 3 --model " + LLAMA + " --site blocks.*.hook_nothing",
                "run --ids 3 --model " + LLAMA + " --edit no.json",
                "run --ids 3 --model " + LLAMA + " --dtype f16",
                "run --ids 3 --model " + LLAMA + " --out acts.safetensors",
                "run --ids 3 --model " + LLAMA + " --site hook_embed --out no/such/folder/acts.safetensors",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --k 2,2",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --width 0",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --seeds 0",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --wiring star",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --wiring cross_layer",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --anneal-p 0.5",
                "train dictionary --site mlp_out[1] --out no-such --activations no-such --k 2,3 --report page.html",
            })
    void whatIsWrongIsOneSentence(String line) {
        assertRefused(line.split(" "));
    }

    @Test
    void anEmptyPromptIsRefused() {
        assertRefused("run", "", "--model", LLAMA);
        assertRefused("tokens", "", "--model", LLAMA);
    }

    @Test
    void idsThatAreNoNumbersAreRefused() {
        for (String ids : List.of("", "3,x")) {
            assertRefused("run", "--model", LLAMA, "--ids", ids);
            assertTrue(err.toString().contains("numbers separated by commas"), err.toString());
        }
    }

    /// One number of one embedding is damaged; 0 times it is no number either, so every position has it.
    @Test
    void numbersThatAreNotFiniteAreRefused() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("damaged"));
        Files.copy(Path.of(LLAMA, "config.json"), folder.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(Path.of(LLAMA, "model.safetensors"));
                Scope scope = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors = TensorFile.readAll(file);
            Tensor embedding = tensors.get("model.embed_tokens.weight");
            float[] values = embedding.toFloats();
            values[14 * (int) embedding.dim(1)] = Float.NaN;
            tensors.put(
                    "model.embed_tokens.weight",
                    Tensor.of(values, embedding.shape().dims()));
            TensorFile.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
        assertRefused("run", "--model", folder.toString(), "--ids", "3,14,15", "--json");
        assertTrue(err.toString().contains("not finite at position 0;"), err.toString());
    }

    @Test
    void aPromptBeyondTheContextIsRefused() {
        String ids = IntStream.range(0, 65).mapToObj(i -> "3").collect(Collectors.joining(","));
        assertRefused("run", "--model", LLAMA, "--ids", ids);
        assertTrue(err.toString().contains("65") && err.toString().contains("64"), err.toString());
    }

    @Test
    void patchesBetweenPromptsOfDifferentLengthsAreRefused() throws IOException {
        Path edits = write(
                "edits.json", "[{\"op\":\"patch\",\"site\":\"blocks.0.hook_resid_pre\",\"from\":{\"ids\":[3,4]}}]");
        assertRefused("run", "--model", LLAMA, "--ids", "3,4,5", "--edit", edits.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[null]",
                "{}",
                "[{]",
                "[{\"op\": \"zero\"}]",
                "[{\"op\": \"zero\", \"site\": null}]",
                "[{\"op\": \"zap\", \"site\": \"hook_embed\"}]",
                "[{\"op\": \"zero\", \"site\": \"hook_nothing\"}]",
                "[{\"op\": \"zero\", \"site\": \"blocks.9.hook_resid_pre\"}]",
                "[{\"op\": \"zero\", \"site\": \"hook_embed\", \"postion\": [0]}]",
                "[{\"op\": \"zero\", \"site\": \"hook_embed\", \"pos\": [7]}]",
                "[{\"op\": \"scale\", \"site\": \"hook_embed\"}]",
                "[{\"op\": \"scale\", \"site\": \"hook_embed\", \"factor\": null}]",
                "[{\"op\": \"patch\", \"site\": \"hook_embed\", \"from\": {}}]",
                "[{\"op\": \"add\", \"site\": \"hook_embed\", \"values\": {\"shape\": [2], \"data\": [1]}}]",
                "[{\"op\": \"add\", \"site\": \"hook_embed\", \"values\": {\"shape\": [2], \"data\": [1, 2]}}]",
                "[{\"op\": \"add\", \"site\": \"hook_embed\", \"values\": {\"shape\": [-2], \"data\": []}}]",
                "[{\"op\": \"add\", \"site\": \"hook_embed\", \"values\": {}}]",
            })
    void editsThatSayNothingClearAreRefused(String json) throws IOException {
        Path out = temporary.resolve("acts.safetensors");
        Path edits = write("edits.json", json);
        assertRefused(
                "run",
                "--model",
                LLAMA,
                "--ids",
                "3,4,5",
                "--edit",
                edits.toString(),
                "--site",
                "hook_embed",
                "--out",
                out.toString());
        assertFalse(Files.exists(out));
    }

    @Test
    void damagedFilesAreRefused() throws IOException {
        byte[] golden = Files.readAllBytes(Path.of(LLAMA, "golden.safetensors"));
        Path file = temporary.resolve("golden.safetensors");
        Files.write(file, Arrays.copyOf(golden, golden.length - 100));
        assertRefused("check", LLAMA, "--golden", file.toString());
        byte[] lying = golden.clone();
        Arrays.fill(lying, 0, 7, (byte) 0xff); // a header of 2^56 bytes
        Files.write(file, lying);
        assertRefused("check", LLAMA, "--golden", file.toString());
        Path gguf = temporary.resolve("model.gguf");
        Files.write(gguf, new byte[] {'G', 'G', 'U', 'F', 3, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, 127});
        assertRefused("check", gguf.toString());
        assertRefused("tokens", "a", "--model", gguf.toString());
    }

    /// A fault of ours is one sentence too, and says how to see more.
    @Test
    void aFaultIsExitCode70() {
        CommandLine line = Cutaway.commandLine();
        line.setErr(new PrintWriter(err, true));
        assertEquals(70, Failures.report(new IllegalStateException("lost"), line));
        assertTrue(err.toString().matches("cutaway: .*lost.*--trace.*\\R"), err.toString());
    }

    private static String lastTensor(Path golden) {
        try (SafetensorsFile file = SafetensorsFile.open(golden)) {
            return file.names().stream()
                    .max(java.util.Comparator.comparingLong(
                            name -> file.entry(name).bytes().address()))
                    .orElseThrow();
        }
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(temporary.resolve(name), text);
    }

    private void assertRefused(String... arguments) {
        int code = run(arguments);
        String said = err.toString();
        assertEquals(2, code, said);
        assertEquals("", out.toString());
        assertTrue(said.matches("cutaway: \\S.*\\R"), "not one sentence: " + said);
        assertFalse(said.contains("Exception") || said.contains("null,") || said.contains("tools.jackson"), said);
    }

    private int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        CommandLine line = Cutaway.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, arguments);
    }
}
