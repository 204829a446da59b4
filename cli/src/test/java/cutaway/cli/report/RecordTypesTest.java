package cutaway.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import cutaway.interp.explain.Explanation;
import cutaway.server.api.RecordTypes;
import cutaway.studies.StudyResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The page and the records cannot drift apart.
class RecordTypesTest {

    private static final Path TYPES = Path.of("../web/src/record");

    @ParameterizedTest
    @MethodSource("records")
    void theTypesOfThePageAreThoseOfTheRecord(Class<? extends Record> root, String file) throws IOException {
        String types = RecordTypes.of(root);
        Path path = TYPES.resolve(file);
        if ("write".equals(System.getProperty("types"))) {
            Files.writeString(path, types);
        }
        assertEquals(
                types,
                Files.readString(path),
                "the record changed; run mvn verify -Dtypes=write and see what the page says to it");
    }

    static Stream<Arguments> records() {
        return Stream.of(
                Arguments.of(Explanation.class, "explanation.ts"),
                Arguments.of(SweepRecord.class, "sweep.ts"),
                Arguments.of(TrainingRecord.class, "training.ts"),
                Arguments.of(StudyResult.class, "study.ts"),
                Arguments.of(LabRecord.class, "lab.ts"),
                Arguments.of(CodesRecord.class, "codes.ts"));
    }
}
