package cutaway.interp.prompts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.DefaultModel;
import cutaway.interp.prompts.PositionChoice.Chosen;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairFileTest {

    private static final String TEMPLATE = """
        {"template": "When {A} and {B} went to the {place}, {B} gave a drink to",
         "contrast": "When {A} and {B} went to the {place}, {A} gave a drink to",
         "answer": " {A}", "against": " {B}", "group_by": ["A", "B"],
         "fills": [{"A": "Mary", "B": "John", "place": "store"},
                   {"A": "John", "B": "Mary", "place": "railway station"}]}
        """;

    @Test
    void aLineIsAPair() {
        List<PromptPair> pairs = PairFile.pairs("""
            {"prompt": "a b", "contrast": "a c", "answer": " x", "against": " y"}

            {"prompt": "one two", "contrast": "one three", "roles": {"number": [4, 7]}, "group": "g"}
            """, "here");
        assertEquals(PromptPair.of("a b", "a c", " x", " y"), pairs.getFirst());
        assertEquals(
                new PromptPair("one two", "one three", null, null, "g", Map.of("number", List.of(4, 7))), pairs.get(1));
    }

    @Test
    void aTemplateIsFilled() {
        List<PromptPair> pairs = PairFile.pairs(TEMPLATE, "here");
        PromptPair second = pairs.get(1);
        assertEquals("When John and Mary went to the railway station, Mary gave a drink to", second.prompt());
        assertEquals("When John and Mary went to the railway station, John gave a drink to", second.contrast());
        assertEquals(" John", second.answer());
        assertEquals(" Mary", second.against());
        assertEquals("John / Mary", second.group());
        assertEquals(
                List.of("A", "B1", "place", "B2"), List.copyOf(second.roles().keySet()));
        List<Integer> place = second.roles().get("place");
        assertEquals("railway station", second.prompt().substring(place.get(0), place.get(1)));
    }

    /// A role is where its text stands, however many tokens come before it or make it up.
    @Test
    void rolesBecomePositions() {
        try (Model model = DefaultModel.open()) {
            List<Pair> pairs = Pair.read(model, PairFile.pairs(TEMPLATE, "here"));
            assertEquals(new Chosen("B2", 9, 9), pairs.get(0).role("B2"));
            assertEquals(new Chosen("place", 7, 8), pairs.get(1).role("place"));
            assertEquals(new Chosen("B2", 10, 10), pairs.get(1).role("B2"));
            assertEquals(" Mary", pairs.get(1).tokens().get(10));
            assertEquals(10, pairs.get(1).firstDifference());
            assertEquals(
                    List.of(new Chosen("B1", 3, 3), new Chosen("last", 14, 14), new Chosen("", 0, 1)),
                    PositionChoice.parse("B1+last+0..1").in(pairs.get(1)));
            assertEquals( // by its name, whatever is asked first
                    PositionChoice.parse("B1+last+each").in(pairs.get(1)).stream()
                            .collect(Collectors.toSet()),
                    PositionChoice.parse("each+last+B1").in(pairs.get(1)).stream()
                            .collect(Collectors.toSet()));
            assertTrue(assertThrows(BadInputException.class, () -> pairs.get(0).role("C"))
                    .getMessage()
                    .contains("A, B1, B2, place"));
        }
    }

    /// What is not given is what the model says itself.
    @Test
    void answersAreTheModelsOwnWhereNoneAreGiven() {
        try (Model model = DefaultModel.open()) {
            String prompt = "When Mary and John went to the store, John gave a drink to";
            Pair pair = Pair.read(
                            model,
                            List.of(new PromptPair(
                                    prompt, prompt.replace(", John", ", Mary"), null, null, null, Map.of())))
                    .getFirst();
            assertEquals(" Mary", model.tokenizer().token(pair.answer()));
            assertEquals(" John", model.tokenizer().token(pair.against()));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"prompt": "a"}                                                           | the field "contrast" is missing.
        {"prompt": 5, "contrast": "b"}                                            | the field "prompt" must be text.
        {"prompt": "a", "prompt": "b", "contrast": "c"}                           | "prompt" occurs twice in one object
        [{"prompt": "a", "contrast": "b"}]                                        | an object {"prompt": …, "contrast": …} was expected
        {"prompt": "a", "contrast": ""}                                           | not empty
        {"prompt": "a", "contrast": "b", "anwser": "c"}                           | "anwser" is not known; expected against
        {"prompt": "a", "contrast": "b", "roles": {"last": [0, 1]}}               | no name that positions can be chosen by
        {"prompt": "a", "contrast": "b", "roles": {"x": [0, 2]}}                  | within the prompt's 1 characters
        []                                                                        | line 1
        null                                                                      | null stands where
        {"template": "{A}", "contrast": "b", "fills": []}                         | at least one fill
        {"template": "{A}", "contrast": "b", "fills": [{"B": "x"}]}               | fill 0 lacks A; the template's slots are A
        {"template": "{A} {A", "contrast": "b", "fills": [{"A": "x"}]}            | the template has "{A" where {A} was expected; close the brace
        {"template": "{A}", "contrast": "{A {A}", "fills": [{"A": "x"}]}          | the contrast has "{A" where {A} was expected; close the brace
        {"template": "{A}", "contrast": "b", "answer": "{ A }", "fills": [{"A": "x"}]} | the answer has "{ A }" where {A} was expected; close the brace
        {"template": "{A}", "contrast": "b", "fills": [{"A": "x", "B": "x"}]}     | fill 0 has the unknown slot B
        """)
    void whatIsWrongIsSaid(String text, String part) {
        String message = assertThrows(BadInputException.class, () -> PairFile.pairs(text, "here"))
                .getMessage();
        assertTrue(message.startsWith("here") && message.contains(part), message);
    }

    /// A brace that no slot follows is text.
    @Test
    void otherBracesAreText() {
        assertEquals(
                "f() { x } {y",
                PairFile.pairs(
                                "{\"template\": \"{A}() { x } {y\", \"contrast\": \"b\", \"fills\": [{\"A\": \"f\"}]}",
                                "here")
                        .getFirst()
                        .prompt());
    }

    /// Some editors put a mark before the text.
    @Test
    void marksOfTheByteOrderAreLeftOut(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("a.jsonl"), "\uFEFF{\"prompt\": \"a\", \"contrast\": \"b\"}\n");
        assertEquals("a", PairFile.read(file).getFirst().prompt());
    }

    @Test
    void pairsThatCannotBeUsedAreNamed() {
        try (Model model = DefaultModel.open()) {
            refused(model, PromptPair.of("The sky is", "The big sky is", " blue", " red"), "pair 0: the prompt has 3");
            refused(model, PromptPair.of("The sky is", "The sky is", " blue", " red"), "the prompt itself");
            refused(model, PromptPair.of("The sky is", "The sea is", " blue", " blue"), "are both \" blue\"");
            refused(model, PromptPair.of("The sky is", "The sea is", " bluered", " red"), "is not one token");
        }
    }

    private static void refused(Model model, PromptPair pair, String part) {
        String message = assertThrows(BadInputException.class, () -> Pair.read(model, List.of(pair)))
                .getMessage();
        assertTrue(message.contains(part), message);
    }

    @ParameterizedTest
    @CsvSource({"'', positions", "5..3, run backwards; give 3..5", "each+, positions", "a b, positions"})
    void otherPositionsAreRefused(String text, String part) {
        assertTrue(assertThrows(BadInputException.class, () -> PositionChoice.parse(text))
                .getMessage()
                .contains(part));
    }
}
