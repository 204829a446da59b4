package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

class CutawayTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void theVersionIsOneLine() {
        assertEquals(0, run("--version"));
        assertTrue(out.toString().matches("cutaway \\S.*\\R"), out.toString());
    }

    @Test
    void helpNamesTheVerbs() {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("models"), out.toString());
    }

    @Test
    void whatAUserGaveWrongIsOneSentenceAndExitCodeTwo() {
        assertEquals(2, run("models", "smolm2"));
        assertEquals("", out.toString());
        assertTrue(err.toString().matches("cutaway: no model \"smolm2\".*Did you mean .*\\?\\R"), err.toString());
    }

    /// Splitting drops empty values at the end, so each of these was a shorter list once.
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "train dictionary --width 16,32, | --width is \"16,32,\" | such as 16,32",
                "train dictionary --k=,8 | --k is \",8\" | such as 8",
                "train dictionary --site a,,b | --site is \"a,,b\" | such as a,b",
                "features explain --latents 1, | --latents is \"1,\" | such as 1",
                "features pages --factors , | --factors is \",\" | joined by commas",
                "sweep pairs.json --sites head_z, | --sites is \"head_z,\" | such as head_z",
                "sweep pairs.json --to logits, | --to is \"logits,\" | such as logits",
                "harvest text --sites mlp_out, | --sites is \"mlp_out,\" | such as mlp_out",
                "run --ids 3,14, | --ids is \"3,14,\" | such as 3,14"
            })
    void aListWithAnEmptyValueIsRefused(String line, String given, String todo) {
        assertEquals(2, run(line.split(" ")));
        assertEquals("", out.toString());
        assertTrue(err.toString().matches("cutaway: \\S.*\\R"), err.toString());
        assertTrue(err.toString().contains(given) && err.toString().contains(todo), err.toString());
    }

    @Test
    void everyListIsLookedAtBeforeItIsSplit() {
        assertTrue(checked(Cutaway.commandLine()) >= 14, "lists of all verbs");
    }

    private static long checked(CommandLine line) {
        List<ArgSpec> lists = line.getCommandSpec().args().stream()
                .filter(arg -> !arg.splitRegex().isEmpty())
                .toList();
        lists.forEach(arg -> assertInstanceOf(CommaList.class, arg.preprocessor(), arg.toString()));
        return lists.size()
                + line.getSubcommands().values().stream()
                        .mapToLong(CutawayTest::checked)
                        .sum();
    }

    private int run(String... arguments) {
        CommandLine line = Cutaway.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}
