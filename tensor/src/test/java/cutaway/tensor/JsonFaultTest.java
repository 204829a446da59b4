package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.json.JsonMapper;

class JsonFaultTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"a":1,"a":2}  | "a" occurs twice in one object
        {"a":NaN}      | NaN is no number of JSON
        {"a":[1        | it ends too early
        {"a":%}        | Unexpected character ('%' (code 37)): a value was expected
        """)
    void speaksWithoutTheLibrarysWords(String json, String expected) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        JacksonException refused = assertThrows(JacksonException.class, () -> mapper.readTree(json));
        assertEquals(expected, JsonFault.of(refused));
    }

    @ParameterizedTest
    @CsvSource({"[,100000,it is nested deeper than 500", "9,5000,a number has more than 1000 digits"})
    void namesTheLimit(String part, int times, String expected) {
        JacksonException refused =
                assertThrows(JacksonException.class, () -> JsonMapper.shared().readTree(part.repeat(times)));
        assertEquals(expected, JsonFault.of(refused));
    }
}
