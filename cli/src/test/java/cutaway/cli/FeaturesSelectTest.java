package cutaway.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.TensorFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `cutaway features select` on rows whose rank is known.
class FeaturesSelectTest {

    private static final int RANK = 3;
    private static final int ROWS = 600;
    private static final int COLUMNS = 24;

    @TempDir
    private Path temporary;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final Random random = new Random(5);

    private int run(String... args) {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
        CommandLine line =
                Cutaway.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Cutaway.execute(line, args);
    }

    private JsonNode select(Path file, String... more) {
        String[] args = Stream.concat(
                        Stream.of("features", "select", file.toString(), "--ranks", "0,1,2,3,4,5,6,8,12", "--json"),
                        Stream.of(more))
                .toArray(String[]::new);
        assertEquals(0, run(args), err.toString());
        return JsonMapper.shared().readTree(out.toString());
    }

    private static List<String> chosen(JsonNode found) {
        return StreamSupport.stream(found.path("lines").spliterator(), false)
                .filter(line -> line.path("isChosen").asBoolean())
                .map(line -> line.path("setting").asString())
                .toList();
    }

    private Path write(String name, double[] values) {
        Path file = temporary.resolve(name + ".safetensors");
        try (Scope _ = Scope.open()) {
            LinkedHashMap<String, Tensor> all = new LinkedHashMap<>();
            all.put("rows", Tensor.of(values, values.length / COLUMNS, COLUMNS));
            TensorFile.write(file, all, Map.of());
        }
        return file;
    }

    private double[] normal(int count) {
        double[] values = new double[count];
        Arrays.setAll(values, _ -> random.nextGaussian());
        return values;
    }

    /// `[n, COLUMNS]` of a rank.
    private static double[] product(double[] left, double[] right) {
        int rank = right.length / COLUMNS;
        double[] values = new double[left.length / rank * COLUMNS];
        for (int i = 0; i < values.length; i++) {
            for (int r = 0; r < rank; r++) {
                values[i] += left[i / COLUMNS * rank + r] * right[r * COLUMNS + i % COLUMNS];
            }
        }
        return values;
    }

    private Path noisy(String name, double[] truth, double[] shared) {
        double[] values = truth.clone();
        double[] noise =
                shared.length == 0 ? new double[truth.length] : product(normal(ROWS * shared.length / COLUMNS), shared);
        Arrays.setAll(values, i -> truth[i] + 0.6 * noise[i] + 0.5 * random.nextGaussian());
        return write(name, values);
    }

    /// Noise of its own in each number: hidden numbers and a second measurement both say the rank that was
    /// planted, and what is seen says the largest there is.
    @Test
    void independentNoiseIsNotFlagged() {
        double[] truth = product(normal(ROWS * RANK), normal(RANK * COLUMNS));
        Path one = noisy("one", truth, new double[0]);
        Path two = noisy("two", truth, new double[0]);
        JsonNode masked = select(one, "--other", two.toString());
        assertEquals(List.of("rank 3"), chosen(masked));
        assertFalse(masked.path("tests").get(0).path("flagged").asBoolean(), masked.toString());
        assertEquals(List.of("rank 3"), chosen(select(one, "--split", "halves", "--other", two.toString())));
        assertEquals(List.of("rank 12"), chosen(select(one, "--by", "train")));
        assertEquals(0, select(one).path("tests").size());
    }

    /// Noise that numbers have in common looks like two more components where numbers are hidden, and is
    /// flagged; a second measurement is not taken in.
    @Test
    void noiseInCommonIsFlagged() {
        double[] truth = product(normal(ROWS * RANK), normal(RANK * COLUMNS));
        double[] shared = normal(2 * COLUMNS);
        Path one = noisy("one", truth, shared);
        Path two = noisy("two", truth, shared);
        JsonNode masked = select(one, "--other", two.toString());
        assertEquals(List.of("rank 5"), chosen(masked));
        assertTrue(masked.path("tests").get(0).path("flagged").asBoolean(), masked.toString());
        assertEquals(List.of("rank 3"), chosen(select(one, "--split", "halves", "--other", two.toString())));
    }

    @Test
    void thinnedCountsSayTheirRank() {
        double[] loads = new double[ROWS * RANK];
        double[] programs = new double[RANK * COLUMNS];
        Arrays.setAll(loads, _ -> -Math.log(random.nextDouble()));
        Arrays.setAll(programs, _ -> -8 * Math.log(random.nextDouble()));
        double[] counts = product(loads, programs);
        Arrays.setAll(counts, i -> poisson(counts[i]));
        Path file = write("counts", counts);
        assertEquals(List.of("rank 3"), chosen(select(file, "--split", "thin")));
        assertEquals(List.of("rank 12"), chosen(select(file, "--split", "thin", "--by", "train")));
    }

    private double poisson(double rate) {
        int count = -1;
        for (double time = 0; time < rate; time -= Math.log(random.nextDouble())) {
            count++;
        }
        return Math.max(0, count);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        Path one = noisy("one", normal(ROWS * COLUMNS), new double[0]);
        Path less = write("less", normal(5 * COLUMNS));
        assertEquals(2, run("features", "select", one.toString(), "--split", "halves"));
        assertTrue(err.toString().contains("give them by --other"), err.toString());
        assertEquals(2, run("features", "select", one.toString(), "--split", "thin"));
        assertTrue(err.toString().contains("is no count"), err.toString());
        assertEquals(2, run("features", "select", one.toString(), "--other", less.toString()));
        assertTrue(err.toString().contains("expected the same rows"), err.toString());
        assertEquals(2, run("features", "select", one.toString(), "--site", "columns"));
        assertTrue(err.toString().contains("--site: rows"), err.toString());
    }
}
