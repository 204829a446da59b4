package cutaway.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.explain.Explainer;
import cutaway.interp.explain.Explanation;
import cutaway.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/// The summary in the terminal, of a real explanation of a tiny random model.
class TerminalReportTest {

    private static final Path LLAMA = Path.of("../model/src/test/resources/golden/llama");
    private static final String COMMAND = "cutaway explain " + "a long command that is to be copied ".repeat(5);

    @SuppressWarnings("NullAway.Init") // set before all tests
    private static Explanation found;

    @BeforeAll
    static void explain(@TempDir Path folder) throws IOException {
        Files.copy(LLAMA.resolve("config.json"), folder.resolve("config.json"));
        Files.copy(LLAMA.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        Files.writeString(folder.resolve("tokenizer.json"), letters());
        try (Model model = Model.open(folder)) {
            var facts = new Explanation.ModelFacts(
                    "tiny",
                    model.sha256(),
                    model.family(),
                    model.sizes().layers(),
                    model.sizes().heads(),
                    model.sizes().dModel(),
                    "cpu",
                    "f32");
            String prompt = "What is said before it ends, ".repeat(2);
            var question = new Explainer.Question(
                    prompt,
                    Optional.of(prompt.replace("said", "done")),
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    false,
                    0);
            found = new Explainer(model, facts, "0", COMMAND, (step, done) -> {}).explain(question);
        }
    }

    /// A tokenizer of single printable characters.
    private static String letters() {
        Map<String, Integer> vocabulary = new LinkedHashMap<>();
        for (char letter = ' '; letter <= '~'; letter++) {
            vocabulary.put(letter == ' ' ? "Ġ" : String.valueOf(letter), vocabulary.size());
        }
        Map<String, Object> bytes = Map.of("type", "ByteLevel", "add_prefix_space", false, "trim_offsets", true);
        return JsonMapper.shared()
                .writeValueAsString(Map.of(
                        "version",
                        "1.0",
                        "model",
                        Map.of("type", "BPE", "vocab", vocabulary, "merges", List.of()),
                        "pre_tokenizer",
                        bytes,
                        "decoder",
                        bytes));
    }

    @ParameterizedTest
    @ValueSource(ints = {Ink.NARROWEST, 60, 72, 80, 100, 233})
    void keepsToTheWidth(int width) {
        List<String> narrow = report(new Ink(false, width));
        for (String line : narrow) {
            boolean breaks = line.strip().contains(" ") && !line.contains(COMMAND);
            assertTrue(line.length() <= width || !breaks, width + " columns: " + line);
        }
        assertEquals(words(report(new Ink(false, 400))), words(narrow), "no word is lost");
        assertEquals(
                1, narrow.stream().filter(line -> line.contains(COMMAND)).count(), "the command stays in one piece");
    }

    @Test
    void coloursChangeNoWord() {
        List<String> plain = report(new Ink(false, 80));
        List<String> coloured = report(new Ink(true, 80));
        assertFalse(plain.stream().anyMatch(line -> line.contains("\u001b")));
        assertTrue(coloured.stream().anyMatch(line -> line.contains("\u001b[48;5;")), "cells have a colour");
        List<String> stripped = coloured.stream()
                .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
                .toList();
        assertEquals(plain.size(), stripped.size());
        for (int i = 0; i < plain.size(); i++) {
            assertEquals(plain.get(i).length(), stripped.get(i).length(), plain.get(i));
        }
        assertEquals(words(plain), words(stripped));
    }

    /// The sign of a cell can be told without colour.
    @Test
    void cellsHaveASignWithoutColour() {
        Ink ink = new Ink(false, 80);
        assertEquals("██", ink.cell(1));
        assertEquals("-█", ink.cell(-1));
        assertEquals("  ", ink.cell(0));
        assertEquals("██", ink.cell(7));
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        # terminal, NO_COLOR, TERM, COLUMNS: colour, width
        true,  '',  xterm, 80,   true,  80
        false, '',  xterm, 80,   false, 80
        true,  1,   xterm, 80,   false, 80
        true,  '',  dumb,  80,   false, 80
        true,  '',  xterm, '',   true,  100
        true,  '',  xterm, many, true,  100
        true,  '',  xterm, 10,   true,  54
        true,  '',  xterm, 9000, true,  400
        """)
    void theTerminalDecides(boolean terminal, String noColour, String term, String columns, boolean colour, int width) {
        Map<String, String> environment = Map.of("NO_COLOR", noColour, "TERM", term, "COLUMNS", columns);
        assertEquals(new Ink(colour, width), Ink.of(terminal, environment));
        assertEquals(new Ink(terminal, 100), Ink.of(terminal, Map.of()));
    }

    private static List<String> report(Ink ink) {
        List<String> lines =
                new ArrayList<>(TerminalReport.answer("0", found.model(), found.prompt(), found.seed(), ink));
        lines.addAll(TerminalReport.causes(found, ink));
        return lines;
    }

    /// Words of the text: maps, of which less fits a narrow terminal, do not count.
    private static List<String> words(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.matches("    (layer | {0,4}\\d+ |\\(positions ).*"))
                .flatMap(line -> List.of(line.strip().split("\\s+")).stream())
                .toList();
    }
}
