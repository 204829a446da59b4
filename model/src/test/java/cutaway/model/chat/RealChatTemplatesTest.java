package cutaway.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.ObjectMapper;

/// Golden: the chat templates of real models, rendered by Python's jinja2 (`scripts/chat-templates`, which see for
/// versions). The templates belong to their authors, so the cases live in a cache and not in this repository.
@SuppressWarnings("unchecked")
class RealChatTemplatesTest {

    @Test
    void everyRealTemplateGivesTheTextOfPython() throws Exception {
        Path path = cache().resolve("chat-templates/cases.json");
        assumeTrue(Files.exists(path), "no " + path + "; run scripts/chat-templates to make it");
        Map<String, Object> golden = new ObjectMapper().readValue(path.toFile(), Map.class);
        Map<String, String> sources = (Map<String, String>) golden.get("templates");
        String now = (String) ((Map<String, Object>) golden.get("note")).get("now");
        Clock clock = Clock.fixed(LocalDateTime.parse(now).toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
        Map<String, ChatTemplate> templates = new HashMap<>();
        sources.forEach(
                (name, source) -> templates.put(name, ChatTemplate.of(source).at(clock)));

        List<String> wrong = new ArrayList<>();
        int cases = 0;
        for (Map<String, Object> example : (List<Map<String, Object>>) golden.get("cases")) {
            cases++;
            String name = example.get("template") + " on " + example.get("conversation") + " "
                    + example.get("add_generation_prompt");
            String problem = problem(templates.get((String) example.get("template")), example);
            if (!problem.isEmpty()) {
                wrong.add(name + ": " + problem);
            }
        }
        assertTrue(cases > 1000, "only " + cases + " cases");
        assertEquals(
                List.of(), wrong.subList(0, Math.min(20, wrong.size())), wrong.size() + " of " + cases + " differ");
    }

    /// Empty when the template did what Python did: the same text, or a refusal.
    private static String problem(ChatTemplate template, Map<String, Object> golden) {
        List<Message> messages = ((List<Map<String, Object>>) golden.get("messages"))
                .stream().map(Message::new).toList();
        String text;
        try {
            text = template.render(messages, (Boolean) golden.get("add_generation_prompt"), (Map<String, Object>)
                    golden.get("variables"));
        } catch (BadInputException e) {
            if (golden.containsKey("text")) {
                return "fails: " + e.getMessage();
            }
            boolean raised = (Boolean) golden.get("raised");
            return raised && !e.getMessage().equals(golden.get("error"))
                    ? "says <" + e.getMessage() + ">, Python <" + golden.get("error") + ">"
                    : "";
        }
        if (!golden.containsKey("text")) {
            return "gives a text, Python refuses: " + golden.get("error");
        }
        String expected = (String) golden.get("text");
        int at = Arrays.mismatch(expected.toCharArray(), text.toCharArray());
        return at < 0 ? "" : "at " + at + " expected <" + around(expected, at) + ">, got <" + around(text, at) + ">";
    }

    private static String around(String text, int at) {
        return text.substring(Math.max(0, at - 20), Math.min(text.length(), at + 40))
                .replace("\n", "\\n");
    }

    private static Path cache() {
        String own = System.getenv("CUTAWAY_CACHE");
        String shared = System.getenv("XDG_CACHE_HOME");
        return own != null && !own.isEmpty()
                ? Path.of(own)
                : (shared != null && !shared.isEmpty()
                                ? Path.of(shared)
                                : Path.of(System.getProperty("user.home"), ".cache"))
                        .resolve("cutaway");
    }
}
