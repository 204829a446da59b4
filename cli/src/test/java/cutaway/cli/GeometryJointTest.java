package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway geometry joint` as a user types it, on a random model whose words are `w0` to `w96`.
class GeometryJointTest extends TypedCommands {

    private static final String MODEL = "../model/src/test/resources/words";

    @TempDir
    private Path temporary;

    private String at(String name) {
        return temporary.resolve(name).toString();
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    private static String[] joint(String... more) {
        return with(new String[] {"geometry", "joint"}, more);
    }

    @Test
    void everyPointIsWrittenOnce() throws IOException {
        Files.writeString(temporary.resolve("text.txt"), "w3 w4 w5\nw6 w7\n\nw8 w9 w10 w11\nw12\n");
        String[] asked = joint(at("text.txt"), "--split", "lines", "--tokens", "8", "--model", MODEL, "--head", "L1H2");
        assertEquals(0, run(with(asked, "--out", at("map.csv"), "--json")), err::toString);
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(3, found.path("texts").asInt());
        assertEquals(8, found.path("tokens").asInt(), "the last text is cut");
        List<String> rows = Files.readAllLines(temporary.resolve("map.csv"));
        assertEquals(17, rows.size());
        assertEquals("kind,text,pos,token,x,y,norm", rows.getFirst());
        assertTrue(rows.get(4).startsWith("query,1,0,\" w6\","), rows.get(4));
        assertTrue(rows.get(16).startsWith("key,2,2,\" w10\","), rows.get(16));
        assertEquals(0, run(with(asked, "--out", at("map.svg"))), err::toString);
        String svg = Files.readString(temporary.resolve("map.svg"));
        assertEquals(9, svg.split("<circle").length);
        assertEquals(9, svg.split("<rect").length);
        assertEquals(0, run(with(asked, "--out", at("map.json"))), err::toString);
        assertEquals(
                16,
                JsonMapper.shared()
                        .readTree(Files.readString(temporary.resolve("map.json")))
                        .size());
    }

    @Test
    void allHeadsAreTold() throws IOException {
        Files.writeString(temporary.resolve("text.txt"), "w3 w4 w5 w6 w7\nw8 w9 w10 w11\nw12 w3 w15 w4\nw5 w7 w9\n");
        assertEquals(0, run(joint(at("text.txt"), "--split", "lines", "--model", MODEL, "--json")), err::toString);
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(12, found.path("heads").size());
        int better = 0;
        for (JsonNode head : found.path("heads")) {
            JsonNode scaling = head.path("scaling");
            better += scaling.path("correlation").asDouble()
                            > scaling.path("unscaled").asDouble()
                    ? 1
                    : 0;
            assertTrue(scaling.path("drift").asDouble() <= 1e-5);
        }
        assertEquals(better, found.path("better").asInt());
    }

    @Test
    void whatItCannotTakeIsRefused() throws IOException {
        assertRefused("expected lines or sentences", joint("text.txt", "--split", "words"));
        assertRefused("expected pca or umap", joint("text.txt", "--layout", "tsne"));
        assertRefused("expected 2 to 10000", joint("text.txt", "--tokens", "1"));
        assertRefused("such as L3H0", joint("text.txt", "--head", "3.0"));
        assertRefused("give --head too", joint("text.txt", "--out", at("map.csv")));
        assertRefused("ends in .csv", joint("text.txt", "--head", "L1H2", "--out", at("map.png")));
        assertRefused("cannot read", joint(at("none.txt"), "--model", MODEL));
        Files.writeString(temporary.resolve("text.txt"), "w3 w4\n");
        assertRefused("there is no head 9", joint(at("text.txt"), "--model", MODEL, "--head", "L0H9"));
        Files.writeString(temporary.resolve("empty.txt"), " \n");
        assertRefused("there is no text", joint(at("empty.txt"), "--model", MODEL));
    }
}
