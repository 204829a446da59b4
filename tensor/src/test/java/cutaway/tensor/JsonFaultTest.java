package cutaway.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
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

    private record Part(double x, int n) {}

    private record Whole(Part part, List<Integer> list, String text, Map<String, Integer> map, boolean is) {}

    /// What was found and what was expected, in the words of who writes a file.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {} {}              | more follows the first value: an object
        {} []              | more follows the first value: a list
        {} 1               | more follows the first value: a number
        {} "a"             | more follows the first value: text
        {} true            | more follows the first value
        []                 | an object was expected, not a list
        3                  | an object was expected, not a number
        "a"                | an object was expected, not text
        ""                 | an object was expected, not an empty text
        true               | an object was expected, not true or false
        {"part":[]}        | an object was expected, not a list
        {"list":3}         | a list was expected, not a number
        {"list":{}}        | a list was expected, not an object
        {"list":["a"]}     | a whole number was expected, not "a"
        {"text":{}}        | text was expected, not an object
        {"map":1.5}        | an object was expected, not a number
        {"is":"x"}         | true or false was expected, not "x"
        {"part":{"x":[]}}  | a number was expected, not a list
        {"part":{"n":null}}| a whole number was expected, not null
        {"part":{"n":9999999999}} | 9999999999 is out of the range of whole numbers there
        """)
    void saysWhatWasFoundAndWhatWasExpected(String json, String expected) {
        JsonMapper mapper = JsonMapper.builder()
                .enable(
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .build();
        JacksonException refused = assertThrows(JacksonException.class, () -> mapper.readValue(json, Whole.class));
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
