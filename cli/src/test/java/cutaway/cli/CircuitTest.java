package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// What `cutaway circuit` refuses, before it searches.
class CircuitTest {

    private static final String GIFTS = "../docs/examples/gifts.json";

    @TempDir
    private Path temporary;

    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine line = Cutaway.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, args);
    }

    private static void needsTheModel() {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache; ./cutaway models " + Hub.DEFAULT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        --threshold 2  | the threshold of a circuit is 2.0; give the faithfulness that is enough
        --rank luck    | --rank is luck; expected attribution or ablation
        --random 5     | 5 random circuits allow no p below 0.17
        --at each      | "each" names no position that prompts of different lengths share
        --at subject   | has no role "subject"; it has A, B1, B2, object, place, verb
        --nodes sae.error | --nodes sae.error is of a dictionary; add --dictionary DIR
        --dictionary ../dictionaries/smollm2-135m-instruct/resid-15 --nodes sae.mistake | the error "sae.mistake" is not known
        --dictionary ../dictionaries/smollm2-135m-instruct/resid-15 --nodes sae.error.linear | which no linear map splits yet
        --dictionary ../dictionaries/smollm2-135m-instruct/mlp-5 | mlp-5 reads blocks.5.ln2.hook_normalized and writes
        --at A         | prompt and contrast have the same values wherever nodes should work
        """)
    void aWrongQuestionIsRefused(String options, String part) {
        needsTheModel();
        assertEquals(2, run(("circuit " + GIFTS + " " + options).split(" ")));
        assertTrue(err.toString().contains(part), err.toString());
    }

    @Test
    void threePairsAreTooFew() throws IOException {
        needsTheModel();
        Path pairs = Files.writeString(temporary.resolve("pairs.jsonl"), """
            {"prompt": "The sky is", "contrast": "The snow is", "answer": " blue", "against": " white"}
            {"prompt": "A sky is", "contrast": "A snow is", "answer": " blue", "against": " white"}
            {"prompt": "My sky is", "contrast": "My snow is", "answer": " blue", "against": " white"}
            """);
        Path out = temporary.resolve("out");
        assertEquals(2, run("circuit", pairs.toString(), "--out", out.toString()));
        assertTrue(err.toString().contains("cannot be split into prompts to look for a circuit on"), err.toString());
        assertFalse(Files.exists(out.resolve("circuit.json")));
    }
}
