package cutaway.interp.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random small models of every family against transformers 5.23.0; `scripts/differential/run --sample` drew the
/// settings and weights and computed the reference values.
class DifferentialSampleTest {

    private static final Path SAMPLE = Path.of("../model/src/test/resources/differential");

    static List<String> drawn() throws IOException {
        try (Stream<Path> folders = Files.list(SAMPLE)) {
            return folders.filter(Files::isDirectory)
                    .map(folder -> folder.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("drawn")
    void agreesWithTransformers(String name) {
        Path folder = SAMPLE.resolve(name);
        try (Model model = Model.open(folder)) {
            Certificate certificate = Check.certify(model, Check.goldenOf(folder), 0, (what, part) -> {});
            List<Finding> failed = certificate.checks().stream()
                    .filter(finding -> !finding.passed())
                    .toList();
            assertEquals(List.of(), failed);
            assertTrue(
                    certificate.checks().stream()
                            .anyMatch(finding -> finding.subject().equals("logits")
                                    && finding.name().equals(GoldenCheck.NAME)),
                    "the golden file was not compared");
        }
    }
}
