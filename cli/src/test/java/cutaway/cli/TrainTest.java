package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.CrossLayerDictionary;
import cutaway.features.dictionary.Dictionary;
import cutaway.features.exchange.DictionaryFiles;
import cutaway.features.exchange.Opened;
import cutaway.model.hub.Hub;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway train dictionary`, as a user types it.
class TrainTest {

    @TempDir
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line =
                Cutaway.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, args);
    }

    private static void needsTheModel() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
    }

    private String text() throws IOException {
        return Files.writeString(
                        temporary.resolve("text.txt"), "The cat sat on the mat, and the dog lay beside it. ".repeat(40))
                .toString();
    }

    private int train(Path to, String... more) {
        List<String> args = new ArrayList<>(List.of("train", "dictionary", "--out", to.toString()));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    @Test
    void anAutoencoderIsTrainedFromTextAndReadBack() throws IOException {
        needsTheModel();
        Path to = temporary.resolve("resid");
        Path page = temporary.resolve("page.html");
        String[] settings = {
            "--text",
            text(),
            "--site",
            "resid_post[3]",
            "--width",
            "64",
            "--k",
            "4",
            "--batch",
            "64",
            "--steps",
            "30",
            "--json",
            "--report",
            page.toString()
        };
        assertEquals(0, train(to, settings), err::toString);
        JsonNode record = JsonMapper.shared().readTree(out.toString());
        JsonNode curve = record.path("curve");
        assertTrue(
                curve.get(curve.size() - 1).path("explained").asDouble()
                        > curve.get(0).path("explained").asDouble() + 0.3,
                out::toString);
        assertEquals("blocks.3.hook_resid_post", record.path("inputs").get(0).asString());
        assertTrue(Files.readString(page).contains("\"coder\":\"topk, k 4\""));
        assertFalse(Files.exists(temporary.resolve("resid.training")));
        try (Dictionary dictionary = DictionaryFiles.openOne(to)) {
            assertEquals(64, dictionary.width());
            assertEquals(576, dictionary.dIn());
            assertEquals("30", dictionary.origin().notes().get("steps"));
        }
        assertEquals(2, train(to, settings));
        assertTrue(err.toString().contains("has files in it; give a new folder"), err::toString);
    }

    @Test
    void aTranscoderAndACrosscoderAreTrainedFromOneStore() throws IOException {
        needsTheModel();
        String acts = temporary.resolve("acts").toString();
        String sites = "blocks.3.ln2.hook_normalized,mlp_out[3],resid_post[3]";
        assertEquals(0, run("harvest", text(), "--sites", sites, "--out", acts, "--no-sinks"), err::toString);
        Path transcoder = temporary.resolve("mlp");
        String[] small = {"--width", "32", "--batch", "64", "--steps", "5", "--activations", acts};
        assertEquals(
                0,
                train(
                        transcoder,
                        with(small, "--site", "blocks.3.ln2.hook_normalized", "--to", "mlp_out[3]", "--skip")),
                err::toString);
        try (Dictionary dictionary = DictionaryFiles.openOne(transcoder)) {
            assertTrue(dictionary.weights().skip().isPresent());
        }
        Path crosscoder = temporary.resolve("cross");
        assertEquals(
                0,
                train(crosscoder, with(small, "--site", "mlp_out[3],resid_post[3]", "--coder", "batch_topk")),
                err::toString);
        try (Dictionary dictionary = DictionaryFiles.openOne(crosscoder)) {
            assertEquals(1152, dictionary.dIn());
        }
        refused("has no vectors of mlp_out[7]", with(small, "--site", "mlp_out[7]"));
        refused("--k is 64 with --width 32", with(small, "--site", "mlp_out[3]", "--k", "64"));
        refused("--coefficient does not go with", with(small, "--site", "mlp_out[3]", "--coefficient", "2"));
        refused("--k does not go with", with(small, "--site", "mlp_out[3]", "--coder", "relu", "--k", "2"));
        refused("--skip is for transcoders", with(small, "--site", "mlp_out[3]", "--skip"));
        refused("--tokens is of --text", with(small, "--site", "mlp_out[3]", "--tokens", "10"));
        refused("expected topk", with(small, "--site", "mlp_out[3]", "--coder", "pca"));
        refused("needs the widths", with(small, "--site", "mlp_out[3]", "--coder", "matryoshka"));
        refused("--scale is twice", with(small, "--site", "mlp_out[3]", "--scale", "twice"));
        refused("is no store of activations", "--activations", temporary.toString(), "--site", "mlp_out[3]");
        refused("give either --activations", "--site", "mlp_out[3]");
    }

    /// In one pass, each to the bits that it ends with alone; and a run that was begun with others goes on alone.
    @Test
    void severalAreTrainedInOnePassEachAsAlone() throws IOException {
        needsTheModel();
        String acts = temporary.resolve("acts").toString();
        assertEquals(0, run("harvest", text(), "--sites", "resid_post[3]", "--out", acts, "--no-sinks"));
        String[] small = {"--batch", "64", "--steps", "20", "--activations", acts, "--site", "resid_post[3]"};
        Path many = temporary.resolve("many");
        Path pages = temporary.resolve("pages");
        String[] grid = with(small, "--width", "32,64", "--k", "2,4", "--seeds", "2");
        assertEquals(0, train(many, with(grid, "--report", pages.toString())), err::toString);
        assertTrue(err.toString().contains("8 dictionaries that are trained together take at least"), err::toString);
        assertTrue(out.toString().contains("  width-64-k-4-seed-1 "), out::toString);
        assertFalse(Files.exists(temporary.resolve("many.training")));
        for (String name : List.of("width-32-k-2-seed-0", "width-64-k-4-seed-0", "width-64-k-2-seed-1")) {
            String[] words = name.split("-");
            String[] alone = with(small, "--width", words[1], "--k", words[3], "--seed", words[5], "--order-seed", "0");
            Path one = temporary.resolve(name);
            assertEquals(0, train(one, alone), err::toString);
            for (String file : List.of("sae_weights.safetensors", "cfg.json")) {
                assertEquals(
                        -1, Files.mismatch(one.resolve(file), many.resolve(name).resolve(file)), name + file);
            }
            assertTrue(Files.readString(pages.resolve(name + ".html")).contains("\"coder\":\"topk, k " + words[3]));
        }
        assertNotEquals(
                -1,
                Files.mismatch(
                        many.resolve("width-32-k-2-seed-0/sae_weights.safetensors"),
                        many.resolve("width-32-k-2-seed-1/sae_weights.safetensors")));
        Path json = temporary.resolve("json");
        assertEquals(0, train(json, with(small, "--width", "32", "--k", "2,4", "--json")), err::toString);
        JsonNode both = JsonMapper.shared().readTree(out.toString());
        assertEquals("topk, k 4", both.get(1).path("training").path("coder").asString());
        assertTrue(both.get(1).path("folder").asString().endsWith("width-32-k-4"), out::toString);
        refused("--report is the file", with(grid, "--report", "page.html"));
        refused("--k names 2 twice", with(small, "--width", "32", "--k", "2,4,2"));
        refused("of memory, and ", with(small, "--width", "2000000000,2100000000"));
        refused("--seeds is 0", with(small, "--seeds", "0"));
    }

    @Test
    void aCrossLayerTranscoderIsTrainedWithAnnealedPowers() throws IOException {
        needsTheModel();
        String acts = temporary.resolve("acts").toString();
        String sites = "blocks.0.ln2.hook_normalized,blocks.1.ln2.hook_normalized,mlp_out[0..1],resid_post[2]";
        assertEquals(0, run("harvest", text(), "--sites", sites, "--out", acts, "--no-sinks"), err::toString);
        String[] small = {"--width", "64", "--batch", "64", "--steps", "20", "--activations", acts};
        String[] relu = {"--coder", "relu", "--coefficient", "0.01", "--anneal-p", "0.5"};
        String[] layers = with(
                with(small, relu),
                "--site",
                "blocks.0.ln2.hook_normalized,blocks.1.ln2.hook_normalized",
                "--wiring",
                "cross_layer",
                "--to");
        Path to = temporary.resolve("cross-layer");
        assertEquals(0, train(to, with(layers, "mlp_out[0],mlp_out[1]", "--json")), err::toString);
        JsonNode record = JsonMapper.shared().readTree(out.toString());
        assertEquals("relu, coefficient 0.01, p 1 to 0.5", record.path("coder").asString());
        assertEquals(
                64 * 576 + 32 * 3 * 576 + 2 * 576 + 64,
                record.path("parameters").asInt());
        try (Opened opened = DictionaryFiles.open(to)) {
            CrossLayerDictionary dictionary = ((Opened.CrossLayer) opened).dictionary();
            assertEquals(2, dictionary.layers().size());
            assertEquals(32, dictionary.width());
            assertEquals(
                    "blocks.1.hook_mlp_out",
                    dictionary.origin().outputs().get(1).text());
        }
        refused("given were 2 and 1", with(layers, "mlp_out[0]"));
        refused("give a multiple of 2, such as 64", with(layers, "mlp_out[0..1]", "--width", "65"));
        refused("circuit-tracer wants one for each layer from 0", with(layers, "mlp_out[0],resid_post[2]"));
        refused("int8", with(layers, "mlp_out[0..1]", "--weights", "int8"));
        refused("leave them out", with(layers, "mlp_out[0..1]", "--skip"));
        refused("is neither a ReLU nor a JumpReLU", with(small, "--site", "mlp_out[0]", "--wiring", "cross_layer"));
        refused("--wiring is star", with(small, "--site", "mlp_out[0]", "--wiring", "star"));
        refused("--anneal-p does not go with", with(small, "--site", "mlp_out[0]", "--anneal-p", "0.5"));
        refused("powers 1.0 to 3.0", with(with(small, "--site", "mlp_out[0]", "--coder", "relu"), "--anneal-p", "3"));
    }

    private static String[] with(String[] some, String... more) {
        List<String> all = new ArrayList<>(List.of(some));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    private void refused(String why, String... args) {
        Path to = temporary.resolve("refused");
        assertEquals(2, train(to, args), err::toString);
        assertTrue(err.toString().contains(why), err::toString);
        assertFalse(Files.exists(to), why);
    }
}
