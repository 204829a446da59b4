package cutaway.model.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.BadInputException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {

    /// Golden: written by Hugging Face transformers from SmolLM2-135M-Instruct; the template is the one in its files.
    @Test
    void smolLm2GetsItsPrompt() throws Exception {
        ChatTemplate template;
        try (InputStream file = getClass().getResourceAsStream("smollm2.jinja")) {
            template = ChatTemplate.of(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
        List<Message> messages = List.of(
                new Message("system", "You answer in one word."), new Message("user", "What is the capital of Japan?"));
        assertEquals("""
            <|im_start|>system
            You answer in one word.<|im_end|>
            <|im_start|>user
            What is the capital of Japan?<|im_end|>
            <|im_start|>assistant
            """, template.render(messages, true, Map.of()));
    }

    @Test
    void messagesCarryFurtherFieldsAndAbsentToolsAreNone() {
        ChatTemplate template =
                ChatTemplate.of("{{ tools is none }} {% for m in messages %}{{ m.role }}:{{ m.tool_calls }}"
                        + "{{ m.content is none }} {% endfor %}{{ messages|tojson }}");
        Message message =
                new Message("assistant", "").with("content", null).with("tool_calls", List.of(Map.of("id", 1)));
        assertEquals(
                "True assistant:[{'id': 1}]True [{\"role\": \"assistant\", \"content\": null, "
                        + "\"tool_calls\": [{\"id\": 1}]}]",
                template.render(List.of(message), false, Map.of()));
    }

    @Test
    void aTemplatesOwnRefusalIsPassedOn() {
        ChatTemplate template =
                ChatTemplate.of("{% if messages|length == 0 %}{{ raise_exception('No messages given') }}{% endif %}");
        assertEquals("No messages given", refusal(() -> template.render(List.of(), false, Map.of())));
    }

    @Test
    void errorsNameLineAndCause() {
        assertEquals(
                "chat template line 3: expected '%}', found 'b'",
                refusal(() -> ChatTemplate.of("a\n\n{% if a b %}{% endif %}")));
        assertEquals(
                "chat template line 2: 'if' of line 1 is never closed",
                refusal(() -> ChatTemplate.of("{% if a %}\nb")));
        assertEquals("chat template line 2: No filter named 'shout'.", failure("a\n{{ 'a' | shout }}"));
        assertEquals("chat template line 2: No test named 'loud'.", failure("a\n{{ 'a' is loud }}"));
        assertEquals("chat template line 1: 'x' is undefined", failure("{{ x.y }}\n"));
        assertTrue(refusal(() -> ChatTemplate.of("{% include 'a' %}")).contains("unknown tag 'include'"));
    }

    @Test
    void givenDataMustBePlain() {
        ChatTemplate template = ChatTemplate.of("{{ x }}");
        assertTrue(refusal(() -> template.render(List.of(), false, Map.of("x", new StringBuilder())))
                .contains("StringBuilder"));
        assertTrue(refusal(() -> template.render(List.of(), false, Map.of("messages", 1)))
                .contains("messages"));
        assertTrue(refusal(() -> new Message(Map.of("content", "a"))).contains("no role"));
    }

    /// A template comes from a stranger: whatever it tries, it ends soon, in a message.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{{ '' }}{% endfor %}{% endfor %}",
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% for a in range(2000000000) %}x{% endfor %}",
                "{{ 'x' * 2000000000 }}",
                "{{ ['x' * 1000] * 2000000000 }}",
                "{% set n = namespace(a='xxxxxxxxxxxxxxxx') %}{% for i in range(60) %}{% set n.a = n.a + n.a %}{%"
                        + " endfor %}",
                "{% set n = namespace(a=[1]) %}{% for i in range(60) %}{% set n.a = n.a + n.a %}{% endfor %}",
                "{% set n = namespace(a=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a }}",
                "{% set n = namespace(a=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% endfor %}{{ n.a |"
                        + " tojson }}",
                "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}{% set n.b ="
                        + " [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}",
                "{% set n = namespace(a=[1]) %}{% for i in range(99999) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}",
                "{% set n = namespace() %}{% set n.a = n %}{{ n }}",
                "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
                "{% macro f() %}{{ f() ~ f() }}{% endmacro %}{{ f() }}",
                "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
                "{{ ('x' * 10000000).replace('x', 'y' * 10000000) }}",
                "{{ ('x' * 10000000) | indent('y' * 10000000) }}{{ ('\\n' * 10000000) | indent(1000, blank=true) }}",
                "{{ (('a' * 5000000) + 'b') in ('a' * 20000000) }}",
                "{{ '%099999999d' % 1 }}",
                "{{ 'x'.ljust(2000000000) }}",
                "{{ 9223372036854775807 + 1 }}",
                "{{ 10 ** 1000 }}",
                "{{ [[[1]]] | tojson(indent=2000000000) * 99999 }}",
                "{{ ''.__class__.__mro__[1].__subclasses__() }}",
                "{{ messages.getClass().forName('java.lang.Runtime') }}",
            })
    void hostileTemplatesEndInAMessage(String source) {
        String message = assertTimeoutPreemptively(Duration.ofSeconds(20), () -> failure(source));
        assertTrue(message.startsWith("chat template line 1: "), message);
    }

    /// Depth that is spent by reading the template, before anything runs.
    @Test
    void deepSourceEndsInAMessage() {
        for (String[] pair :
                new String[][] {{"(", ")"}, {"[", "]"}, {"-", ""}, {"not ", ""}, {"{1:", "}"}, {"f(", ")"}}) {
            String source = "{{ " + pair[0].repeat(20_000) + "1" + pair[1].repeat(20_000) + " }}";
            assertTrue(refusal(() -> ChatTemplate.of(source)).contains("levels deep"), pair[0]);
        }
        String ifs = "{% if 1 %}".repeat(20_000) + "{% endif %}".repeat(20_000);
        assertTrue(refusal(() -> ChatTemplate.of(ifs)).contains("levels deep"));
        assertTrue(failure("{{ 1" + " + 1".repeat(20_000) + " }}").contains("levels deep"));
        assertTrue(failure("{{ a" + "[0]".repeat(20_000) + " }}").contains("levels deep"));
    }

    private static String failure(String source) {
        return refusal(() -> ChatTemplate.of(source).render(List.of(), false, Map.of()));
    }

    private static String refusal(Executable action) {
        return assertThrows(BadInputException.class, action).getMessage();
    }
}
