package cutaway.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.explain.Explanation;
import cutaway.server.Workbench;
import cutaway.studies.StudyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The page and the server cannot drift apart.
class RouteTypesTest {

    private static final Path FILE = Path.of("../web/src/record/routes.ts");

    @Test
    void theTypesOfThePageAreThoseOfTheRoutes(@TempDir Path folder) throws IOException {
        String types;
        try (Workbench workbench = Workbench.open(new Workbench.Settings(
                folder, List.of("smollm2-135m-instruct"), 1_000_000_000, Limits.USUAL, Optional.empty(), "test"))) {
            types = RecordTypes.of(
                    workbench.routes(), Map.of(Explanation.class, "./explanation", StudyResult.class, "./study"));
        }
        if ("write".equals(System.getProperty("types"))) {
            Files.writeString(FILE, types);
        }
        assertEquals(
                types,
                Files.readString(FILE),
                "a route changed; run mvn verify -Dtypes=write and see what the page says to it");
    }
}
