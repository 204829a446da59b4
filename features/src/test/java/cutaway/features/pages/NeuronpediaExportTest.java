package cutaway.features.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.store.StoreFacts;
import cutaway.interp.table.Table;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Pages of 300 latents, written by hand, of which one fires.
class NeuronpediaExportTest {

    private static final int LATENTS = 300;
    private static final int FIRING = 270;
    private static final NeuronpediaExport.Creator CREATOR = new NeuronpediaExport.Creator("c1", "someone");

    @TempDir
    private Path folder;

    @BeforeEach
    void writePages() throws IOException {
        Path pages = Files.createDirectories(folder.resolve("pages"));
        new PagesFacts(
                        1,
                        "test",
                        "d",
                        LATENTS,
                        List.of("blocks.5.hook_resid_pre"),
                        List.of("blocks.5.hook_resid_pre"),
                        new StoreFacts.ModelFacts("tiny", "abc", "float32"),
                        List.of(),
                        1000,
                        1000,
                        true,
                        0,
                        64,
                        PageSettings.USUAL,
                        null)
                .write(pages);
        List<Tables.Feature> features = IntStream.range(0, LATENTS)
                .mapToObj(latent -> latent == FIRING
                        ? new Tables.Feature(latent, 20, 0.02, 4.0, 1.0, 2, "[12,8]", "[15,5]", null)
                        : new Tables.Feature(latent, 0, 0, null, null, 2, "[]", "[]", null))
                .toList();
        Table.write(pages.resolve(Tables.FEATURES), Tables.Feature.class, features, Map.of());
        for (int file = 0; file * 64 < LATENTS; file++) {
            List<Tables.Example> examples = file != FIRING / 64
                    ? List.of()
                    : List.of(
                            new Tables.Example(
                                    FIRING, null, 1, 4, 0, 17, 5, 1, "[\"a\",\" b\",\"\\n\"]", "[0.5,4.0,0.0]"),
                            new Tables.Example(FIRING, 0, 1, 0.5, 0, 17, 4, 0, "[\"a\",\" b\"]", "[0.5,4.0]"));
            Table.write(pages.resolve(Tables.examples(file)), Tables.Example.class, examples, Map.of());
        }
        Table.write(
                pages.resolve(Tables.LOGITS),
                Tables.Logit.class,
                List.of(
                        new Tables.Logit(FIRING, true, 1, 3, " Paris", 0.5),
                        new Tables.Logit(FIRING, false, 1, 4, " London", -0.25)),
                Map.of());
        Table.write(
                pages.resolve(Tables.NEIGHBOURS),
                Tables.Neighbour.class,
                List.of(new Tables.Neighbour(FIRING, Tables.Kind.COSINE, 1, 8, 0.75, null, null, null)),
                Map.of());
        Table.write(pages.resolve(Tables.DOSE), Doses.Row.class, List.of(), Map.of());
    }

    private static List<JsonNode> lines(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        }
    }

    /// Against records written out by hand.
    @Test
    void featuresAndActivationsAreThoseOfThePages() throws IOException {
        Path out = folder.resolve("out");
        new NeuronpediaExport("gpt2-small", "5-res-jb", Optional.empty(), CREATOR)
                .write(FeaturePages.open(folder.resolve("pages")), out, Pages.Progress.NONE);
        Path source = out.resolve("v1/gpt2-small/5-res-jb");
        List<JsonNode> first = lines(source.resolve("features/batch-0.jsonl.gz"));
        List<JsonNode> second = lines(source.resolve("features/batch-1.jsonl.gz"));
        assertEquals(256, first.size());
        assertEquals(LATENTS - 256, second.size());
        assertEquals("0", first.getFirst().path("index").asString());
        assertEquals(0, first.getFirst().path("maxActApprox").asDouble());
        assertEquals(JsonMapper.shared().readTree("""
            {"modelId": "gpt2-small", "layer": "5-res-jb", "index": "270", "sourceSetName": "res-jb",
             "creatorId": "c1", "maxActApprox": 4.0, "hasVector": false, "hookName": "blocks.5.hook_resid_pre",
             "topkCosSimIndices": [8], "topkCosSimValues": [0.75],
             "pos_str": [" Paris"], "pos_values": [0.5], "neg_str": [" London"], "neg_values": [-0.25],
             "frac_nonzero": 0.02, "freq_hist_data_bar_heights": [12, 8], "freq_hist_data_bar_values": [1.0, 3.0]}
            """), second.get(FIRING - 256));
        assertFalse(Files.exists(source.resolve("activations/batch-0.jsonl.gz"))); // no line: it could not be read
        List<JsonNode> activations = lines(source.resolve("activations/batch-1.jsonl.gz"));
        assertEquals(2, activations.size());
        assertEquals(JsonMapper.shared().readTree("""
            {"id": "gpt2-small_5-res-jb_270_0", "modelId": "gpt2-small", "layer": "5-res-jb", "index": "270",
             "creatorId": "c1", "tokens": ["a", " b", "\\n"], "values": [0.5, 4.0, 0.0], "maxValue": 4.0, "maxValueTokenIndex": 1,
             "minValue": 0.0, "dataIndex": "17", "qualifyingTokenIndex": 1,
             "binMin": -1.0, "binMax": -1.0, "binContains": -1.0}
            """), activations.getFirst());
        assertEquals(1, activations.getLast().path("maxValueTokenIndex").asInt());
        assertEquals(0, activations.getLast().path("qualifyingTokenIndex").asInt());
        assertEquals(0, activations.getLast().path("binMin").asDouble());
        assertEquals(2, activations.getLast().path("binMax").asDouble());
        assertEquals(0.015, activations.getLast().path("binContains").asDouble());
    }

    /// The columns of its schema that may not be empty and have no default (apps/webapp/prisma/schema.prisma), and what
    /// they refer to.
    @Test
    void recordsHaveWhatTheDatabaseRequires() throws IOException {
        Path out = folder.resolve("records");
        new NeuronpediaExport("gpt2-small", "5-res-jb__l0-32", Optional.empty(), CREATOR)
                .write(FeaturePages.open(folder.resolve("pages")), out, Pages.Progress.NONE);
        Path source = out.resolve("v1/gpt2-small/5-res-jb__l0-32");
        JsonNode model = record(source, "model.jsonl", "id", "creatorId", "layers", "neuronsPerLayer", "owner");
        JsonNode set = record(source, "sourceset.jsonl", "modelId", "name", "description", "creatorName", "creatorId");
        JsonNode own = record(source, "source.jsonl", "id", "modelId", "setName", "creatorId");
        assertEquals("gpt2-small", model.path("id").asString());
        assertEquals(model.path("id"), set.path("modelId"));
        assertEquals("res-jb", set.path("name").asString());
        assertEquals(set.path("name"), own.path("setName"));
        assertEquals("5-res-jb__l0-32", own.path("id").asString());
        List<JsonNode> features = lines(source.resolve("features/batch-0.jsonl.gz"));
        List<JsonNode> activations = lines(source.resolve("activations/batch-1.jsonl.gz"));
        for (List<JsonNode> table : List.of(features, activations)) {
            for (JsonNode line : table) {
                assertEquals(own.path("id"), line.path("layer"));
                assertEquals(model.path("creatorId"), line.path("creatorId"));
                assertEquals(table.getFirst().propertyNames(), line.propertyNames());
            }
        }
        assertEquals("res-jb", features.getFirst().path("sourceSetName").asString());
    }

    private static JsonNode record(Path source, String file, String... required) throws IOException {
        List<String> lines = Files.readAllLines(source.resolve(file));
        assertEquals(1, lines.size());
        JsonNode record = JsonMapper.shared().readTree(lines.getFirst());
        for (String field : required) {
            assertTrue(record.hasNonNull(field), file + " lacks " + field);
        }
        return record;
    }

    @Test
    void namesThatNeuronpediaHasNotAreRefused() {
        String message = Objects.requireNonNull(assertThrows(
                        BadInputException.class,
                        () -> new NeuronpediaExport("a/b", "5-res-jb", Optional.empty(), CREATOR))
                .getMessage());
        assertTrue(message.contains("a/b"), message);
        for (String source : List.of("res", "res-jb", "5", "5-", "5-a b")) {
            assertThrows(
                    BadInputException.class, () -> new NeuronpediaExport("gpt2", source, Optional.empty(), CREATOR));
        }
        assertThrows(BadInputException.class, () -> new NeuronpediaExport.Creator(" ", "someone"));
        assertFalse(Files.exists(folder.resolve("out")));
    }
}
