package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelledTextsTest {

    @TempDir
    private Path temporary;

    /// Who owns a thing, ann, bob or nobody, as ann or bob tells it.
    private Path file() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            for (String owner : List.of("ann", "bob", "nobody")) {
                for (String teller : List.of("ann", "bob")) {
                    lines.add("{\"text\": \"%s %s %d\", \"label\": \"%s\", \"teller\": \"%s\"}"
                            .formatted(teller, owner, i, owner, teller));
                }
            }
        }
        return Files.write(temporary.resolve("owners.jsonl"), lines);
    }

    @Test
    void labelsAreReadAsTheRoleSeesThem() throws IOException {
        LabelledTexts.Fields relative = new LabelledTexts.Fields("text", "label", null, null, "teller");
        LabelledTexts texts = LabelledTexts.read(file(), relative);
        assertEquals(List.of("nobody", "other", "same"), texts.names());
        assertArrayEquals(new int[] {2, 1, 1, 2, 0, 0}, Arrays.copyOf(texts.labels(), 6));
        assertEquals(
                List.of("ann", "bob", "nobody"),
                LabelledTexts.read(file(), LabelledTexts.Fields.USUAL).names());
    }

    @Test
    void aRoleThatNoTextHasIsRefused() throws IOException {
        LabelledTexts.Fields none = new LabelledTexts.Fields("text", "label", null, null, "listener");
        Path file = file();
        BadInputException refused = assertThrows(BadInputException.class, () -> LabelledTexts.read(file, none));
        assertTrue(refused.getMessage().contains("--relative-to"), refused.getMessage());
    }
}
