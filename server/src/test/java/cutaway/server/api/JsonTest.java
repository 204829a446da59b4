package cutaway.server.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Metric;
import org.junit.jupiter.api.Test;

/// What a wrong body is told, without the words of the library that reads it.
class JsonTest {

    private static String refused(String body, Class<?> type) {
        return assertThrows(Refusal.class, () -> Json.read(body, type)).getMessage();
    }

    @Test
    void whatIsOfNoKindIsToldTheKinds() {
        String metrics = "logit_difference, logit, log_probability, probability, loss, divergence, projection";
        assertEquals(
                "the body is no Metric: the field \"metric\" is missing, one of " + metrics + ", line 1.",
                refused("{\"token\": 7}", Metric.class));
        assertEquals(
                "the body is no Metric: \"luck\" is none of " + metrics + ", line 1.",
                refused("{\"metric\": \"luck\"}", Metric.class));
        assertEquals(
                "the body is no Edit: the field \"op\" is missing, one of replace, add, scale, zero, mean, patch,"
                        + " project_out, knockout, line 1.",
                refused("{\"site\": \"blocks.0.hook_mlp_out\"}", Edit.class));
    }

    @Test
    void anUnknownFieldIsNamed() {
        assertEquals(
                "the body is no Logit: there is no field \"more\", at more.",
                refused("{\"metric\": \"logit\", \"token\": 7, \"more\": 1}", Metric.Logit.class));
    }
}
