package cutaway.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.InputStream;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.ObjectMapper;

/// Golden: small templates for each piece of the language, rendered by Python's jinja2 (`language.py` beside
/// `language.json` says how).
@SuppressWarnings("unchecked")
class TemplateLanguageTest {

    /// The time of `scripts/chat-templates`.
    static final Clock NOW =
            Clock.fixed(LocalDateTime.parse("2026-03-05T14:07:09").toInstant(ZoneOffset.UTC), ZoneOffset.UTC);

    @TestFactory
    Stream<DynamicTest> everyTemplateGivesTheTextOfPython() throws Exception {
        try (InputStream file = getClass().getResourceAsStream("language.json")) {
            Map<String, Object> golden = new ObjectMapper().readValue(file, Map.class);
            Map<String, Object> data = (Map<String, Object>) golden.get("data");
            List<Map<String, String>> cases = (List<Map<String, String>>) golden.get("cases");
            return cases.stream()
                    .map(example -> DynamicTest.dynamicTest(
                            example.get("group") + ": " + example.get("template"), () -> check(example, data)));
        }
    }

    private static void check(Map<String, String> example, Map<String, Object> data) {
        String template = example.get("template");
        if (example.get("text") != null) {
            assertEquals(example.get("text"), ChatTemplate.of(template).at(NOW).render(List.of(), false, data));
            return;
        }
        BadInputException e = assertThrows(
                BadInputException.class, () -> ChatTemplate.of(template).at(NOW).render(List.of(), false, data));
        assertTrue(e.getMessage().startsWith("chat template line 1: "), e.getMessage());
    }
}
