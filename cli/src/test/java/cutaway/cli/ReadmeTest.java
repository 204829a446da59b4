package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.hub.Hub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The Java of the documents, compiled and run as a reader would run it.
class ReadmeTest {

    private static final Pattern JAVA = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);

    @Test
    void theExamplesRun(@TempDir Path folder) throws IOException, InterruptedException {
        Assumptions.assumeTrue(
                Hub.cached().stream().anyMatch(model -> model.name().equals(Hub.DEFAULT)),
                "skipped: the default model is not in the cache");
        List<String> examples = examples("../README.md");
        assertEquals(2, examples.size(), "the README's Java");
        String edited = said(examples.getFirst(), folder);
        assertTrue(edited.contains("margin 6.120, without head 3 of layer 23 "), edited);
        String swept = said(examples.get(1), folder);
        assertTrue(swept.contains("head_z[23.3]: "), swept);
    }

    @Test
    void aStudyFromNothingIsAPageOfJava(@TempDir Path folder) throws IOException, InterruptedException {
        List<String> examples = examples("../docs/studies.md");
        assertEquals(1, examples.size());
        String said = said(examples.getFirst(), folder);
        assertTrue(said.contains(" true") && said.contains("reproduced"), said);
        String broken = said(examples.getFirst().replace("offBy(0.6", "offBy(0.5"), folder);
        assertTrue(broken.contains(" false") && broken.contains("the instrument failed"), broken);
    }

    private static List<String> examples(String document) throws IOException {
        return JAVA.matcher(Files.readString(Path.of(document)))
                .results()
                .map(block -> block.group(1))
                .toList();
    }

    /// What an example prints in the project's folder.
    private static String said(String example, Path folder) throws IOException, InterruptedException {
        Path source = Files.writeString(folder.resolve("Example.java"), example);
        Process run = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "cutaway.cli.Cutaway",
                        "java",
                        source.toString())
                .directory(Path.of("..").toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, run.waitFor(), said);
        return said;
    }
}
