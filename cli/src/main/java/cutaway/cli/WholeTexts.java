package cutaway.cli;

import cutaway.tensor.BadInputException;
import cutaway.tensor.JsonFault;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Texts of JSON lines, without those that another one begins with: of the boards of a game, the last.
final class WholeTexts {

    private WholeTexts() {}

    /// @return in the order of the file
    /// @throws BadInputException when the file cannot be read, or a line has no text
    static List<String> read(Path file, String field) {
        if (!Files.isRegularFile(file)) {
            throw new BadInputException(
                    "there is no file " + file + "; give JSON lines such as {\"" + field + "\": \"...\"}.");
        }
        Set<String> texts = new LinkedHashSet<>();
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    texts.add(text(file, i + 1, lines.get(i), field));
                }
            }
        } catch (CharacterCodingException e) {
            throw new BadInputException(file + " is no text in UTF-8; give JSON lines.", e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + file + ": " + e, e);
        }
        NavigableSet<String> sorted = new TreeSet<>(texts);
        List<String> whole = new ArrayList<>();
        for (String text : texts) {
            String next = sorted.higher(text); // one that begins so comes right after it
            if (next == null || !next.startsWith(text)) {
                whole.add(text);
            }
        }
        return whole;
    }

    private static String text(Path file, int number, String line, String field) {
        try {
            JsonNode text = JsonMapper.shared().readTree(line).path(field);
            if (!text.isString() || text.asString().isBlank()) {
                throw new BadInputException(
                        file + ", line " + number + " has no text \"" + field + "\"; name its field with --field.");
            }
            return text.asString();
        } catch (JacksonException e) {
            throw new BadInputException(
                    file + ", line " + number + " is not valid JSON: " + JsonFault.of(e) + "; expected {\"" + field
                            + "\": \"...\"}.",
                    e);
        }
    }
}
