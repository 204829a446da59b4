package cutaway.interp.relations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelationTest {

    private static final String FACTS = "{\"name\":\"capital\",\"prompt_templates\":[\"The capital of {} is\"],"
            + "\"samples\":[{\"subject\":\"France\",\"object\":\"Paris\"}]}";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FACTS [] | is no relation: more follows the first value: a list; expected {",
                "[] | is no relation: an object was expected, not a list; expected {",
                "hello | is no relation: Unrecognized token 'hello': a value was expected; expected {"
            })
    void whatIsNoRelationIsSaidInOurWords(String text, String why) throws IOException {
        refused(text.replace("FACTS", FACTS).getBytes(StandardCharsets.UTF_8), why);
    }

    @Test
    void bytesThatAreNoTextAreRefused() throws IOException {
        assertEquals("capital", Relation.parse(FACTS, "here").name());
        refused(new byte[] {'{', (byte) 0xff, '}'}, "is not text in UTF-8; expected {");
    }

    private void refused(byte[] bytes, String why) throws IOException {
        Path file = Files.write(folder.resolve("facts.json"), bytes);
        String said =
                assertThrows(BadInputException.class, () -> Relation.read(file)).getMessage();
        assertTrue(said.contains(why), said);
        assertEquals(1, said.lines().count(), said);
    }
}
