package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.lab.RecipeFile;
import cutaway.lab.Usual;
import cutaway.lab.task.Task;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway lab`, as a user types it.
class LabVerbTest {

    private static final String[] SMALL = {"modular_addition", "--with", "task.p=7", "--steps", "60", "--seeds", "2"};

    @TempDir
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line =
                Cutaway.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, args);
    }

    private int train(String... more) {
        return run(words(more));
    }

    private String[] words(String... more) {
        List<String> args = new ArrayList<>(
                List.of("lab", "train", "--cache", temporary.resolve("cache").toString()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    /// What is built opens in other verbs: the pairs with the most shared pluses are pairs of the circuit.
    @Test
    void whatIsBuiltIsReadByItsSigns() throws IOException {
        String folder = temporary.resolve("ands").toString();
        assertEquals(
                0,
                run("lab", "build", "and", "--inputs", "50", "--neurons", "600", "--examples", "20", "--out", folder),
                err.toString());
        assertTrue(out.toString().contains("any output wrong on 0.00 % of 20 examples"), out.toString());
        List<List<Integer>> ands = new ArrayList<>();
        JsonMapper.shared()
                .readTree(Files.readString(Path.of(folder, "circuit.json")))
                .path("ands")
                .forEach(and -> ands.add(List.of(
                        and.path("inputs").get(0).asInt(),
                        and.path("inputs").get(1).asInt())));
        assertEquals(0, run("codes", folder, "--layer", "reads", "--permutations", "0", "--json"), err.toString());
        JsonNode found = JsonMapper.shared().readTree(out.toString());
        assertEquals(8, found.path("pairs").size());
        found.path("pairs")
                .forEach(pair -> assertTrue(
                        ands.contains(List.of(
                                pair.path("first").asInt(), pair.path("second").asInt())),
                        pair.toString()));
        assertEquals(600, found.path("capacity").path("neurons").asInt());
        assertEquals(0, run("features", "geometry", folder + "/outputs"), err.toString());
        assertTrue(out.toString().contains("capacity  600 neurons compute at most"), out.toString());
        assertEquals(2, run("lab", "build", "and", "--inputs", "2", "--out", folder + "-2"));
        assertTrue(err.toString().contains("expected at least 3 inputs"), err.toString());
        assertEquals(2, run("lab", "build", "and", "--inputs", "50", "--neurons", "600", "--out", folder));
    }

    @Test
    void theListHasEveryTaskWithARecipe() {
        assertEquals(0, run("lab", "list"));
        Usual.tasks().forEach(task -> assertTrue(out.toString().contains(task.name()), out::toString));
        assertEquals(0, run("lab", "list", "--json"));
        JsonNode all = JsonMapper.shared().readTree(out.toString());
        assertEquals(Usual.tasks().size(), all.size());
        for (JsonNode one : all) {
            Task task =
                    RecipeFile.parse(one.path("recipe").toString(), "the list").task();
            assertEquals(one.path("task").asString(), task.name());
        }
    }

    @Test
    void aModelIsTrainedWrittenAndTrainedAgainFromItsRecipe() throws IOException {
        Path folder = temporary.resolve("out");
        Path page = temporary.resolve("page.html");
        String[] args = with(SMALL, "--head", "harmonic:4", "--snapshots", "log:3", "--report", page.toString());
        assertEquals(0, train(with(args, "--out", folder.toString())), err::toString);
        assertTrue(out.toString().contains("seed 1 "), out::toString);
        assertTrue(out.toString().contains("harmonic 4, cross_entropy"), out::toString);
        assertTrue(out.toString().contains("test accuracy"), out::toString);
        assertTrue(out.toString().contains("(class centres)"), out::toString);
        assertTrue(Files.readString(page).contains("\"head\":\"harmonic 4, cross_entropy\""));
        assertTrue(Files.readString(page).contains("\"centres\":"));
        for (String file :
                List.of("model.safetensors", "recipe.json", "curve.jsonl", "snapshots/step-60.safetensors")) {
            assertTrue(Files.exists(folder.resolve(file)), file);
        }
        assertEquals(2, train(with(args, "--seeds", "3", "--out", folder.toString())));
        assertTrue(err.toString().contains("has files in it"), err::toString);
        assertEquals(0, train("--recipe", folder.resolve("recipe.json").toString(), "--json"), err::toString);
        assertTrue(err.toString().contains("found in the cache"), err::toString);
        JsonNode record = JsonMapper.shared().readTree(out.toString());
        assertEquals(2, record.path("instances").size());
        assertEquals(2, record.path("measures").size());
        JsonNode measures = record.path("measures").get(1);
        assertTrue(Math.abs(measures.path("centres").asDouble()) <= 1, out::toString);
        assertTrue(measures.path("spread").asDouble() > 0, out::toString);
        assertTrue(measures.has("learned") && measures.has("heldOut"), out::toString);
        JsonNode curve = record.path("curve");
        assertTrue(loss(curve.get(curve.size() - 1)) < 0.9 * loss(curve.get(0)), out::toString);
    }

    private static double loss(JsonNode point) {
        return point.path("values").path("loss").get(0).asDouble();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "knitting | no task \"knitting\"; known: superposition, clauses",
                "'' | no task was given",
                "shapes --recipe x.json | leave \"shapes\" out",
                "--recipe no.json | there is no file no.json",
                "shapes --optimizer adam | --optimizer is adam; expected adamw",
                "shapes --momentum 0.5 | does not go with adamw",
                "shapes --head round | --head is round; expected linear",
                "shapes --head harmonic | --head is harmonic",
                "shapes --head linear:3 | --head is linear:3",
                "clauses --head spherical | take the linear head",
                "clauses --loss cross_entropy | take logistic, hinge or mse",
                "shapes --with task.colour=red | the field \"colour\" is not known; expected noise, size",
                "shapes --with frame.width=3 | the recipe has no place \"frame.width\"",
                "shapes --with task.size=2 | images of 2 pixels",
                "shapes --seeds 0 | --seeds is 0",
                "shapes --seeds 3,3 | none twice",
                "shapes --steps 0 | a training of 0 steps",
                "shapes --steps 10 --warm-up 20 | no more than its steps",
                "shapes --rate -1 | expected a rate above 0",
                "shapes --snapshots log:x | expected steps joined by commas",
                "shapes --snapshots log:0 | --snapshots is log:0, which is none; expected log:N with N of at least 1",
                "shapes --snapshots 5000 | name steps up to there",
                "shapes --activation swish | \"swish\" is not any of",
                "shapes --batch 0 | batches of 0 examples of shapes",
                "shapes --out /proc/x | cannot write into",
                "shapes --report page.txt | ends in .html"
            })
    void whatIsWrongIsSaidInOneSentence(String args, String why) {
        String[] words = args.isEmpty() ? new String[0] : args.split(" ");
        assertEquals(2, train(words), err::toString);
        String said = err.toString().strip();
        assertTrue(said.contains(why), said);
        assertEquals(1, said.lines().count(), said);
        assertFalse(said.contains("Exception"), said);
    }

    /// Of a net that has learned nothing, it is said that its groups may be chance.
    @Test
    void codesSayWhereTheirPSaysChance() {
        String unlearned = temporary.resolve("unlearned").toString();
        assertEquals(0, train("clauses", "--steps", "10", "--batch", "16", "--out", unlearned));
        assertEquals(0, run("codes", unlearned));
        assertTrue(out.toString().contains("not told from chance"), out::toString);
    }

    /// The page has what is printed, and the signs of all 32 neurons and inputs in another order.
    @Test
    void codesAreDrawnOnAPage() throws IOException {
        String folder = temporary.resolve("codes").toString();
        String page = temporary.resolve("codes.html").toString();
        assertEquals(0, train("clauses", "--steps", "10", "--batch", "16", "--out", folder));
        assertEquals(0, run("codes", folder, "--permutations", "9", "--report", page, "--json"), err::toString);
        JsonNode printed = JsonMapper.shared().readTree(out.toString());
        String html = Files.readString(Path.of(page));
        String open = "<script id=\"record\" type=\"application/json\">";
        int from = html.indexOf(open) + open.length();
        JsonNode record = JsonMapper.shared().readTree(html.substring(from, html.indexOf("</script>", from)));
        assertEquals(printed, record.path("found"));
        assertTrue(record.path("capacity").asString().startsWith("32 neurons compute at most"));
        JsonNode sorted = record.path("sorted");
        assertEquals(32, sorted.path("signs").size());
        List<Integer> neurons = new ArrayList<>();
        sorted.path("neurons").forEach(neuron -> neurons.add(neuron.asInt()));
        assertEquals(
                IntStream.range(0, 32).boxed().toList(),
                neurons.stream().sorted().toList());
        for (int i = 0; i < 32; i++) {
            assertEquals(32, sorted.path("signs").get(i).asString().length());
            assertEquals(
                    printed.path("roles").get(neurons.get(i)),
                    sorted.path("roles").get(i));
        }
        assertEquals(2, run("codes", folder, "--report", "codes.txt"));
        assertTrue(err.toString().contains("ends in .html"), err::toString);
    }

    /// The same command again is no mistake: what it asks for is there.
    @Test
    void theSameCommandFindsItsFolder() {
        String folder = temporary.resolve("same").toString();
        assertEquals(0, train(with(SMALL, "--out", folder)));
        assertEquals(0, train(with(SMALL, "--out", folder)), err::toString);
        assertTrue(err.toString().contains("has this training already"), err::toString);
        assertEquals(2, run("run", "--model", folder, "a"));
        assertTrue(err.toString().contains("it is a training of the lab"), err::toString);
    }

    @ParameterizedTest
    @CsvSource({"pom.xml,Not a directory", "/proc/x,it cannot be made"})
    void aCacheThatCannotBeWrittenIsSaid(String cache, String why) {
        assertEquals(2, run("lab", "train", "shapes", "--cache", cache));
        String said = err.toString().strip();
        assertTrue(said.contains("cannot use the lab's folder " + cache), said);
        assertTrue(said.endsWith(why + "); give another place by --cache or CUTAWAY_CACHE."), said);
    }

    /// No file of a model says a spherical head: that is the reason that is given, at the end and when it is opened.
    @Test
    void aSphericalHeadIsNoModelFolder() {
        String folder = temporary.resolve("spherical").toString();
        String[] args = {
            "brackets", "--head", "spherical", "--steps", "2", "--batch", "4", "--with", "net.layers=1", "--out", folder
        };
        assertEquals(0, train(args), err::toString);
        assertTrue(err.toString().contains("no file of a model says a spherical head"), err::toString);
        assertFalse(Files.exists(Path.of(folder, "seed-0")));
        assertEquals(2, run("run", "--model", folder, "a"));
        assertTrue(err.toString().contains("with a spherical head, which no file of a model says"), err::toString);
    }

    /// Ctrl-C: it says where what was reached is kept; the same command goes on from there.
    @Test
    void anInterruptedTrainingGoesOn() throws IOException, InterruptedException {
        String[] args = words("sparse_parity", "--steps", "20000", "--keep-every", "20");
        Process first = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        "cutaway.cli.Cutaway"),
                                Stream.of(args))
                        .toList())
                .redirectErrorStream(true)
                .start();
        while (first.isAlive() && !hasCheckpoint()) {
            Thread.sleep(5);
        }
        first.toHandle().destroy(); // asks it to end, as Ctrl-C does
        String said = new String(first.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(first.waitFor(60, TimeUnit.SECONDS), "it ends");
        assertEquals(130, first.exitValue(), said);
        assertTrue(said.contains("interrupted; what was reached is kept in "), said);
        assertTrue(said.contains("the same command goes on from there."), said);
    }

    private boolean hasCheckpoint() throws IOException {
        Path cache = temporary.resolve("cache");
        if (Files.notExists(cache)) {
            return false;
        }
        try (Stream<Path> files = Files.walk(cache)) {
            return files.anyMatch(file -> file.endsWith("checkpoint.safetensors"));
        }
    }
}
