package cutaway.interp.edit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.interp.site.Site.Moment;
import cutaway.interp.site.Site.NeuronPart;
import cutaway.tensor.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

    private static final Site PRE = new Site.Resid(8, Moment.PRE);
    private static final Values ROW = Values.of(0.5f, -2, 1e-7f);

    private static final List<Edit> EDITS = List.of(
            new Edit.Replace(PRE, Positions.of(1, -1), new Values(List.of(2L, 2L), new float[] {1, 2, 3, 4})),
            new Edit.Add(new Site.Head(3, 5, HeadPart.Z), Positions.ALL, ROW),
            new Edit.Add(PRE, Positions.ALL, Values.of(0.1, Math.PI, 1e-300, -Double.MIN_VALUE)),
            new Edit.Scale(new Site.Neuron(0, 17, NeuronPart.POST), Positions.LAST, 0.1),
            new Edit.Zero(new Site.Logits(), Positions.span(2, 4)),
            new Edit.Mean(PRE, Positions.ALL, List.of()),
            new Edit.Mean(PRE, Positions.ALL, List.of(Source.of("a"), Source.of(new int[] {1, 2}, List.of()))),
            new Edit.Patch(
                    PRE,
                    Positions.of(9),
                    Source.of(new int[] {7}, List.of(new Edit.Zero(new Site.Embed(), Positions.ALL)))),
            new Edit.ProjectOut(PRE, Positions.ALL, ROW));

    @Test
    void everyEditComesBack() {
        assertEquals(EDITS, Json.edits(Json.of(EDITS), "here"));
    }

    @Test
    void everyMetricComesBack() {
        for (Metric metric : List.of(
                new Metric.LogitDifference(7000, 1963),
                new Metric.Logit(3),
                new Metric.LogProbability(4),
                new Metric.Probability(5),
                new Metric.Loss(),
                new Metric.Divergence(),
                new Metric.Projection(PRE, Positions.ALL, ROW),
                new Metric.Projection(PRE, Positions.of(2), ROW))) {
            assertEquals(metric, Json.metric(Json.of(metric), "here"));
        }
    }

    /// As a person writes them.
    @Test
    void theExamplesOfTheDocumentationAreRead() {
        assertEquals(
                List.of(
                        new Edit.Zero(new Site.Head(3, 5, HeadPart.Z), Positions.ALL),
                        new Edit.Patch(PRE, Positions.of(9), Source.of("…"))),
                Json.edits("""
                    [
                    {"op": "zero", "site": "blocks.3.attn.hook_z[5]"},
                    {"op": "patch", "site": "blocks.8.hook_resid_pre", "pos": [9], "from": {"prompt": "…"}}
                    ]\
                    """, "here"));
        assertEquals(
                List.of(new Edit.Scale(PRE, Positions.of(-1), 2)),
                Json.edits("{\"op\": \"scale\", \"site\": \"blocks.8.hook_in\", \"pos\": -1, \"factor\": 2}", "here"));
        assertEquals(
                new Metric.LogitDifference(7000, 1963),
                Json.metric("{\"metric\": \"logit_difference\", \"answer\": 7000, \"rival\": 1963}", "here"));
    }

    @Test
    void whatIsWrittenIsShort() {
        assertEquals(
                "[{\"op\":\"zero\",\"site\":\"blocks.3.attn.hook_z[5]\"}]",
                Json.of(List.of(new Edit.Zero(new Site.Head(3, 5, HeadPart.Z), Positions.ALL))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        [{"op":"nope","site":"hook_embed"}]                                        | "nope" is not known; expected add, knockout, mean
        [{"site":"hook_embed"}]                                                    | the field "op" is missing
        [{"op":"zero"}]                                                            | the field "site" is missing
        [{"op":"zero","site":null}]                                                | field is null
        [{"op":"zero","site":"hook_foo"}]                                          | no site "hook_foo"
        [{"op":"zero","site":"hook_embed[3]"}]                                     | only heads and neurons are numbered
        [{"op":"zero","site":"hook_embed","where":1}]                              | the field "where" is not known; expected pos, site
        [{"op":"scale","site":"hook_embed"}]                                       | the field "factor" is missing
        [{"op":"scale","site":"hook_embed","factor":"big"}]                        | "big"
        [{"op":"zero","site":"hook_embed","pos":["x"]}]                            | "x"
        [{"op":"zero","site":"hook_embed","pos":[null]}]                           | a position is missing
        [{"op":"add","site":"hook_embed","values":{"shape":[3],"data":[1]}}]       | need 3 numbers; 1 were given
        [{"op":"add","site":"hook_embed","values":{"shape":[-1],"data":[1]}}]      | values have the shape [-1]
        [{"op":"add","site":"hook_embed","values":{"shape":[4294967296,4294967296],"data":[]}}] | values have the shape
        [{"op":"patch","site":"hook_embed"}]                                       | the field "from" is missing
        [{"op":"patch","site":"hook_embed","from":{"promt":"x"}}]                  | the field "promt" is not known
        [{"op":"patch","site":"hook_embed","from":{"ids":[1,null]}}]               | a run's token ids or edits have a gap
        [{"op":"mean","site":"hook_embed","over":[null]}]                          | a mean's runs have a gap
        [{"op":"zero","site":["hook_embed"]}]                                      | text was expected, not a list
        [{"op":"zero","site":"a\\u001bb"}]                                         | no site "a\\u001bb"
        [null]                                                                     | null
        [{"op":"zero","site":"hook_embed"}                                         | this is not JSON
        [{"op":"zero","site":"hook_embed"}] x                                      | this is not JSON
        [{"op":"zero","site":"hook_embed"}] []                                     | more follows the first value: a list
        3                                                                          | the field "op" is missing
        """)
    void whatIsWrongIsSaidInOneSentence(String json, String expected) {
        BadInputException refused = assertThrows(BadInputException.class, () -> Json.edits(json, "edits.json"));
        assertTrue(refused.getMessage().startsWith("edits.json"), refused.getMessage());
        assertTrue(refused.getMessage().contains(expected), refused.getMessage());
        assertFalse(refused.getMessage().contains("\n"), refused.getMessage());
        assertFalse(refused.getMessage().contains("cutaway."), refused.getMessage());
    }

    @Test
    void metricsAreRefusedAlike() {
        BadInputException unknown =
                assertThrows(BadInputException.class, () -> Json.metric("{\"metric\":\"luck\"}", "here"));
        assertTrue(unknown.getMessage().contains("\"luck\" is not known; expected divergence"), unknown.getMessage());
        BadInputException missing =
                assertThrows(BadInputException.class, () -> Json.metric("{\"metric\":\"logit\"}", "here"));
        assertTrue(missing.getMessage().contains("\"token\" is missing"), missing.getMessage());
    }

    @Test
    void filesAreReadAndTheirFaultsNamed(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("edits.json"), Json.of(EDITS));
        assertEquals(EDITS, Json.editsIn(file));
        Path absent = folder.resolve("absent.json");
        assertEquals(
                "there is no file " + absent + "; expected edits in JSON.",
                assertThrows(BadInputException.class, () -> Json.editsIn(absent))
                        .getMessage());
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThrows(BadInputException.class, () -> Json.editsIn(binary));
        assertThrows(BadInputException.class, () -> Json.editsIn(folder));
    }
}
