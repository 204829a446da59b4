package cutaway.interp.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.model.Model;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Small models of every family against transformers 5.23.0: the golden ones, and random ones whose settings,
/// weights and
/// reference values `scripts/differential/run --sample` drew and computed.
class CertifiedModelsTest {

    private static final Path RESOURCES = Path.of("../model/src/test/resources");

    /// The sample, and the golden model of every family.
    static List<String> models() {
        return Stream.of("differential", "golden")
                .flatMap(kind -> models(kind).stream())
                .toList();
    }

    private static List<String> models(String kind) {
        try (Stream<Path> folders = Files.list(RESOURCES.resolve(kind))) {
            return folders.filter(folder -> Files.exists(folder.resolve("config.json")))
                    .map(folder -> kind + "/" + folder.getFileName())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void certifies(String name) {
        Path folder = RESOURCES.resolve(name);
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
