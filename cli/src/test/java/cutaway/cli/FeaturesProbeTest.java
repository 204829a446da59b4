package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Random;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway features probe` as a user types it.
class FeaturesProbeTest extends TypedCommands {

    private static final String TOPICS = "../docs/examples/topics.jsonl";

    @TempDir
    private Path temporary;

    private Path lines(List<String> lines) throws IOException {
        return Files.write(Files.createTempFile(temporary, "texts", ".jsonl"), lines);
    }

    private static List<String> labelled(int each, String... labels) {
        return IntStream.range(0, each)
                .boxed()
                .flatMap(i -> List.of(labels).stream()
                        .map(label -> "{\"text\": \"text %d\", \"label\": \"%s\"}".formatted(i, label)))
                .collect(Collectors.toList());
    }

    /// The file is read before anything that takes long.
    @Test
    void textsThatCannotBeProbedAreRefused() throws IOException {
        String[] probe = {"features", "probe", "none", "--labelled"};
        assertRefused("there is no file", with(probe, temporary.resolve("no.jsonl")));
        assertRefused("has no lines", with(probe, lines(List.of())));
        assertRefused("line 2 is not valid JSON", with(probe, lines(List.of("{\"text\":\"a\",\"label\":1}", "{"))));
        assertRefused("is no object", with(probe, lines(List.of("[1]"))));
        assertRefused("at least two", with(probe, lines(labelled(20, "a"))));
        assertRefused("only 7 texts", with(probe, lines(labelled(7, "a", "b"))));
        Path good = lines(labelled(8, "a", "b"));
        assertRefused("--class", with(probe, good, "--class", "topic"));
        assertRefused("--field", with(probe, good, "--field", "words"));
        assertRefused("--group", with(probe, good, "--group", "document"));
        assertRefused("expected mean or last", with(probe, good, "--pool", "first"));
        assertRefused("4 and 2", with(probe, Path.of(TOPICS), "--spurious", "tense"));
        assertRefused(
                "1 groups",
                with(
                        probe,
                        lines(labelled(8, "a", "b").stream()
                                .map(line -> line.replace("}", ", \"group\": \"one\"}"))
                                .toList())));
        assertRefused("none", with(probe, good));
    }

    private static String[] with(String[] first, Path file, String... more) {
        List<String> all = new ArrayList<>(List.of(first));
        all.add(file.toString());
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /// Random directions, TopK.
    private Path dictionary() throws IOException {
        Path folder = Files.createDirectory(temporary.resolve("dictionary"));
        LinkedHashMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("W_dec", new Random(1).normal(700, 576).times(0.04));
        tensors.put("W_enc", tensors.get("W_dec").transpose(0, 1).contiguous());
        tensors.put("b_enc", Tensor.zeros(700));
        tensors.put("b_dec", Tensor.zeros(576));
        TensorFile.write(folder.resolve("sae_weights.safetensors"), tensors, Map.of());
        Files.writeString(folder.resolve("cfg.json"), """
            {"architecture": "topk", "d_in": 576, "d_sae": 700, "k": 8, "dtype": "float32",
             "apply_b_dec_to_input": true, "normalize_activations": "none", "metadata":
             {"model_name": "smollm2-135m-instruct", "hook_name": "blocks.2.hook_resid_post"}}\
            """);
        return folder;
    }

    /// "a" is one token, the first of its text.
    @Test
    void aTextWithNothingToReadIsNamed() throws IOException {
        assumeModel();
        List<String> lines = labelled(8, "a", "b");
        lines.add(4, "");
        lines.set(6, "{\"text\": \"a\", \"label\": \"b\"}");
        Path file = lines(lines);
        String[] probe = {"features", "probe", dictionary().toString(), "--labelled"};
        assertEquals(2, run(with(probe, file)), err.toString());
        String last = err.toString().lines().toList().getLast();
        assertTrue(last.contains(file + ", line 7: the text \"a\" has no token that counts"), last);
        assertEquals("", out.toString());
    }

    /// Before the model is opened, in a sentence that shows the form.
    @Test
    void entitiesThatCannotBeAskedForAreRefused() throws IOException {
        String[] asked = {"features", "disentangle", dictionary().toString(), "--entities"};
        String form = "expected JSON such as {\"prompts\": {\"country\"";
        assertRefused(form, with(asked, temporary.resolve("no.json")));
        assertRefused("is not valid JSON", with(asked, lines(List.of("{"))));
        assertRefused(form, with(asked, lines(List.of("{"))));
        assertRefused("has no \"prompts\"; " + form, with(asked, lines(List.of("[]"))));
        String prompts = "{\"prompts\": {\"land\": \"{entity} is in\", \"tongue\": \"In {entity} they speak\"}";
        assertRefused("has no \"entities\"; " + form, with(asked, lines(List.of(prompts + "}"))));
        assertRefused("has 0 \"entities\"", with(asked, lines(List.of(prompts + ", \"entities\": []}"))));
        assertRefused(
                "entity 1 is 3 and has no text \"entity\"",
                with(asked, lines(List.of(prompts + ", \"entities\": [3,3,3,3,3,3,3,3]}"))));
        assertRefused(
                "for 1 attribute;",
                with(asked, lines(List.of("{\"prompts\": {\"land\": \"{entity} is in\"}, \"entities\": []}"))));
        assertRefused(
                "has not {entity} once",
                with(asked, lines(List.of("{\"prompts\": {\"land\": \"Paris is in\"}, \"entities\": []}"))));
        Path cities = Path.of("../docs/examples/cities.json");
        assertRefused("--latents is 701, and ", with(asked, cities, "--latents", "5,701"));
        asked[2] = "../dictionaries/smollm2-135m-instruct/mlp-1";
        assertRefused("give an autoencoder", with(asked, cities));
    }

    /// A store of one text has too few windows of it.
    @Test
    void latentsThatCannotBeExplainedAreRefused() throws IOException {
        assumeModel();
        String text = Files.writeString(temporary.resolve("text.txt"), "The cat sat on the mat.")
                .toString();
        Path acts = temporary.resolve("acts");
        String[] harvest = {"harvest", text, "--sites", "resid_post[2]", "--order", "document", "--out"};
        assertEquals(0, run(with(harvest, acts)), err.toString());
        String[] explain = {"features", "explain", dictionary().toString(), "--activations"};
        assertRefused("there is no latent 700; the dictionary has 0 to 699", with(explain, acts, "--latents", "700"));
        assertRefused("--window is 1, --shown 10", with(explain, acts, "--latents", "1", "--window", "1"));
        assertEquals(2, run(with(explain, acts, "--latents", "1")));
        assertTrue(err.toString().contains("none of the latents [1] has 20 texts of " + acts), err.toString());
        assertEquals("", out.toString());
        String[] shuffled = {"harvest", text, "--sites", "resid_post[2]", "--out"};
        assertEquals(0, run(with(shuffled, temporary.resolve("shuffled"))), err.toString());
        assertRefused("--order document", with(explain, temporary.resolve("shuffled"), "--latents", "1"));
        String[] elsewhere = {"harvest", text, "--sites", "resid_post[3]", "--order", "document", "--out"};
        assertEquals(0, run(with(elsewhere, temporary.resolve("elsewhere"))), err.toString());
        assertRefused("blocks.2.hook_resid_post", with(explain, temporary.resolve("elsewhere"), "--latents", "1"));
    }

    private static JsonNode row(JsonNode rows, String metric) {
        return rows.valueStream()
                .filter(row -> row.path("metric").asString().equals(metric))
                .findFirst()
                .orElseThrow();
    }

    /// What is known of these texts: the topic is in the words, and the tense is, too.
    @Test
    void topicsAreToldByTheActivation() throws IOException {
        assumeModel();
        String folder = dictionary().toString();
        assertEquals(0, run("features", "probe", folder, "--labelled", TOPICS, "--json"), err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(52, found.path("texts").path("music").asInt());
        assertEquals(52, found.path("groups").asInt());
        JsonNode dense = row(found.path("probes"), "probe of the activation").path("value");
        assertTrue(dense.path("value").asDouble() > 0.75, dense.toString());
        assertTrue(dense.path("interval").path("low").asDouble() > 0.6, dense.toString());
        JsonNode one = row(found.path("probes"), "probe of 1 latent");
        assertTrue(
                one.path("value").path("value").asDouble() < dense.path("value").asDouble(), one.toString());
        assertTrue(one.path("rivals").has("chance") && one.path("rivals").has("PCA"), one.toString());
        assertEquals(6, found.path("tpp").size());
        assertEquals(0, found.path("scr").size());
        assertEquals(
                0,
                run(
                        "features",
                        "probe",
                        folder,
                        "--labelled",
                        TOPICS,
                        "--class",
                        "tense",
                        "--spurious",
                        "subject",
                        "--pool",
                        "last"),
                err.toString());
        assertTrue(out.toString().contains("future 104, past 104; 52 groups"), out.toString());
        assertTrue(out.toString().contains("SCR, 20 latents"), out.toString());
        assertFalse(out.toString().contains("TPP"), "two labels are one probe");
    }
}
