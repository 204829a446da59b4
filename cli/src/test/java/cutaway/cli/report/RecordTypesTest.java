package cutaway.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.explain.Explanation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The page and the records cannot drift apart.
class RecordTypesTest {

    private static final Path TYPES = Path.of("../web/src/record/explanation.ts");

    @Test
    void theTypesOfThePageAreThoseOfTheRecord() throws IOException {
        String types = RecordTypes.of(Explanation.class);
        if ("write".equals(System.getProperty("types"))) {
            Files.writeString(TYPES, types);
        }
        assertEquals(
                types,
                Files.readString(TYPES),
                "the record changed; run mvn verify -Dtypes=write and see what the page says to it");
    }
}
