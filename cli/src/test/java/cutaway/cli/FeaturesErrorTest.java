package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsFile;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway features error` and `encode` as a user types them, on a random model whose words are `w0` to `w96`.
class FeaturesErrorTest extends TypedCommands {

    private static final String MODEL = "../model/src/test/resources/words";

    @TempDir
    private Path temporary;

    private JsonNode json(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--json");
        assertEquals(0, run(all.toArray(String[]::new)), err.toString());
        return JsonMapper.shared().readTree(out.toString());
    }

    private String at(String name) {
        return temporary.resolve(name).toString();
    }

    @BeforeEach
    void aModelAndItsActivations() throws IOException {
        Files.writeString(temporary.resolve("text.txt"), words(1, 600));
        Files.writeString(temporary.resolve("other.txt"), words(2, 100));
        assertEquals(
                0,
                run(
                        "harvest",
                        at("text.txt"),
                        "--sites",
                        "resid_post[1]",
                        "--context",
                        "16",
                        "--model",
                        MODEL,
                        "--out",
                        at("acts")),
                err.toString());
    }

    private static String words(long seed, int count) {
        return new java.util.Random(seed)
                .ints(count, 3, 97)
                .mapToObj(id -> "w" + id)
                .collect(Collectors.joining(" "));
    }

    /// Random directions, tied, as SAELens would write them.
    private String dictionary(String name, int width, int block) throws IOException {
        Path folder = Files.createDirectory(temporary.resolve(name));
        try (Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("W_dec", new Random(width).normal(width, 32).times(0.2));
            tensors.put("W_enc", tensors.get("W_dec").transpose(0, 1).contiguous());
            tensors.put("b_enc", Tensor.zeros(width));
            tensors.put("b_dec", Tensor.zeros(32));
            TensorFile.write(folder.resolve("sae_weights.safetensors"), tensors, Map.of());
        }
        Files.writeString(folder.resolve("cfg.json"), """
            {"architecture": "topk", "d_in": 32, "d_sae": %d, "k": 4, "dtype": "float32",
             "apply_b_dec_to_input": true, "normalize_activations": "none", "metadata":
             {"model_name": "tiny", "hook_name": "blocks.%d.hook_resid_post"}}\
            """.formatted(width, block));
        return folder.toString();
    }

    @Test
    void aWiderDictionaryAndTheModelAreAskedToo() throws IOException {
        String narrow = dictionary("narrow", 64, 1);
        JsonNode found = json(
                "features",
                "error",
                narrow,
                at("acts"),
                "--against",
                narrow,
                "--splice",
                at("other.txt"),
                "--model",
                MODEL);
        assertEquals(1, found.path("normOfAgainst").asDouble(), 1e-9, "a dictionary fails where it fails");
        JsonNode rows = found.path("spliced").path("rows");
        assertEquals(3, rows.size());
        assertEquals(0, rows.get(0).path("errorVariance").asDouble(), 1e-12);
        assertTrue(rows.get(1).path("errorVariance").asDouble() > 0.2, rows.toString());
        double other = json("features", "error", narrow, at("acts"), "--against", dictionary("wide", 128, 1))
                .path("normOfAgainst")
                .asDouble();
        assertTrue(other < 0.99, "" + other);
        assertEquals(2, run("features", "error", narrow, at("acts"), "--against", dictionary("later", 64, 2)));
        assertTrue(err.toString().contains("same sites"), err.toString());
    }

    /// As many latents either way, and less of the activation left by pursuit; the table has every code.
    @Test
    void codesAreFoundByEncoderAndByPursuit() throws IOException {
        String narrow = dictionary("narrow", 64, 1);
        JsonNode encoder = json("features", "encode", narrow, at("acts"), "--tokens", "300");
        JsonNode pursuit = json("features", "encode", narrow, at("acts"), "--tokens", "300", "--pursuit", "--top", "9");
        assertEquals(4, encoder.path("l0").asDouble());
        assertEquals(4, pursuit.path("l0").asDouble());
        assertTrue(pursuit.path("fvu").asDouble() < 0.9 * encoder.path("fvu").asDouble(), pursuit.toString());
        JsonNode first = pursuit.path("codes").get(0);
        assertEquals(4, first.path("codes").size());
        assertEquals(0, run("features", "encode", narrow, at("acts"), "--pursuit", "--out", at("codes.parquet")));
        String query = "SELECT count(*) AS n, sum(CASE WHEN context = " + first.path("context") + " AND position = "
                + first.path("position") + " AND latent = "
                + first.path("codes").get(0).path("latent") + " THEN code END) AS code FROM codes";
        JsonNode row = json("query", query, "--in", at("codes.parquet")).get(0);
        assertEquals(4 * 600, row.path("n").asInt());
        assertEquals(
                first.path("codes").get(0).path("code").asDouble(),
                row.path("code").asDouble(),
                1e-5);
    }

    /// Read, the parts add up; both taken away are the error taken away, in `run` and in `sweep`.
    @Test
    void theErrorSplitsInTwoPartsThatAreReadAndTakenAway() throws IOException {
        String narrow = dictionary("narrow", 64, 1);
        JsonNode fitted = json("features", "error", narrow, at("acts"), "--out", at("map.safetensors"));
        assertEquals(at("map.safetensors"), fitted.path("out").asString());
        List<String> asked = new ArrayList<>(
                List.of("run", "w5 w17 w60 w8 w90", "--model", MODEL, "--dictionary", narrow, "--error-map"));
        asked.addAll(List.of(at("map.safetensors"), "--site", "sae.error", "--site", "sae.error.linear", "--site"));
        asked.addAll(List.of("sae.error.nonlinear[narrow]", "--out", at("read.safetensors")));
        JsonNode read = json(asked.toArray(String[]::new));
        assertEquals(
                "sae.error.nonlinear[narrow]",
                read.path("sites").get(2).path("site").asString());
        try (SafetensorsFile file = SafetensorsFile.open(temporary.resolve("read.safetensors"));
                Scope _ = Scope.open()) {
            Map<String, Tensor> all = TensorFile.readAll(file);
            Tensor whole = all.get("sae.error[narrow]");
            Tensor rest = all.get("sae.error.nonlinear[narrow]");
            Tensor linear = all.get("sae.error.linear[narrow]");
            assertEquals(List.of(5L, 32L), List.of(whole.dim(0), whole.dim(1)));
            assertEquals(0, linear.plus(rest).minus(whole).norm(), 1e-12 * whole.norm());
            assertTrue(linear.norm() > 0.1 * whole.norm() && rest.norm() > 0.1 * whole.norm());
        }
        Files.copy(temporary.resolve("map.safetensors"), temporary.resolve("narrow/error-map.safetensors"));
        double spliced = steered(narrow, "--without-error");
        assertEquals(spliced, steered(narrow, "--steer", "sae.error=*0"), 1e-4);
        assertEquals(
                spliced, steered(narrow, "--steer", "sae.error.linear=*0", "--steer", "sae.error.nonlinear=*0"), 1e-4);
        double half = steered(narrow, "--steer", "sae.error.linear=*0");
        assertTrue(Math.abs(half - spliced) > 1e-3, "a part is not the whole: " + half);
        Files.writeString(
                temporary.resolve("pairs.jsonl"),
                "{\"prompt\": \"w5 w17 w60 w8 w90\", \"contrast\": \"w5 w17 w41 w8 w90\","
                        + " \"answer\": \" w40\", \"against\": \" w77\"}");
        JsonNode rows = json(
                "sweep",
                at("pairs.jsonl"),
                "--model",
                MODEL,
                "--dictionary",
                narrow,
                "--sites",
                "sae.error,sae.error.linear,sae.error.nonlinear@last,feature@last");
        assertEquals("sae.error", rows.get(0).path("site").asString());
        assertEquals("sae.error.linear", rows.get(1).path("site").asString());
        assertEquals("narrow", rows.get(1).path("dictionary").asString());
        assertTrue(Math.abs(rows.get(1).path("effect").asDouble()) > 1e-3, rows.toString());
    }

    /// The logit of the first token that was likeliest before.
    private double steered(String dictionary, String... how) {
        List<String> asked =
                new ArrayList<>(List.of("run", "w5 w17 w60 w8 w90", "--model", MODEL, "--dictionary", dictionary));
        asked.addAll(List.of(how));
        JsonNode found = json(asked.toArray(String[]::new));
        return found.path("after").get(0).path("logit").asDouble();
    }

    @Test
    void whatNoMapSplitsIsRefused() throws IOException {
        String narrow = dictionary("narrow", 64, 1);
        assertModelRefused(
                "no linear map splits", "run", "w5 w17", "--dictionary", narrow, "--site", "sae.error.linear");
        assertModelRefused("add --dictionary", "run", "w5 w17", "--site", "sae.error");
        assertModelRefused(
                "an error is multiplied", "run", "w5 w17", "--dictionary", narrow, "--steer", "sae.error=+8");
        assertModelRefused(
                "nothing of the error to multiply",
                "run",
                "w5 w17",
                "--dictionary",
                narrow,
                "--without-error",
                "--steer",
                "sae.error=*0");
        assertModelRefused("use cutaway run", "generate", "w5 w17", "--dictionary", narrow, "--steer", "sae.error=*0");
        assertModelRefused(
                "holds no map of a dictionary's error",
                "run",
                "w5 w17",
                "--dictionary",
                narrow,
                "--error-map",
                narrow + "/sae_weights.safetensors",
                "--site",
                "sae.error");
        assertModelRefused(
                "at most one for each dictionary",
                "run",
                "w5 w17",
                "--dictionary",
                narrow,
                "--error-map",
                "a",
                "--error-map",
                "b",
                "--site",
                "sae.error");
        assertEquals(2, run("features", "error", narrow, at("acts"), "--pursuit", "--out", at("pursued.safetensors")));
        assertTrue(err.toString().contains("leave one of them out"), err.toString());
        assertEquals(2, run("features", "error", narrow, at("acts"), "--out", at("map.json")));
        assertTrue(err.toString().contains(".safetensors"), err.toString());
    }

    private void assertModelRefused(String part, String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--model", MODEL));
        assertRefused(part, all.toArray(String[]::new));
    }
}
