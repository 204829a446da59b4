package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.edit.Edit;
import cutaway.interp.edit.Values;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Positions;
import cutaway.interp.site.Site;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A direction that an edit plants in a tiny model's run, one layer before it is read, and a coin that nothing plants.
class NamedProbeTest {

    private static final int N = 360;
    private static final Site PLANTED = new Site.Resid(0, Site.Moment.POST);
    private static final Site READ = new Site.Resid(1, Site.Moment.POST);
    private static final List<String> NAMES = List.of("cold", "warm", "hot");

    @TempDir
    private Path temporary;

    private static int[] ids(RandomGenerator random) {
        return random.ints(6, 1, 97).toArray();
    }

    /// What is read at the last token.
    private static Tensor read(Model model, int[] ids, List<Edit> edits) {
        return Scope.keep(() -> {
            try (Trace trace = Runs.run(model, Batch.of(ids), edits, List.of(READ))) {
                return trace.at(READ).select(1, ids.length - 1).copy();
            }
        });
    }

    private static List<Edit> plant(int label) {
        float[] along = new float[32];
        along[3] = 12 * (label - 1);
        along[8] = -12 * (label - 1);
        return List.of(new Edit.Add(PLANTED, Positions.ALL, Values.of(along)));
    }

    private static Labelled labelled(Model model, boolean coin) {
        RandomGenerator random = new Random(5).generator();
        List<Tensor> rows = new ArrayList<>();
        int[][] labels = new int[N][1];
        for (int i = 0; i < N; i++) {
            rows.add(read(model, ids(random), plant(i % 3)));
            labels[i][0] = coin ? random.nextInt(3) : i % 3;
        }
        return new Labelled(
                Tensor.cat(rows, 0), labels, 3, IntStream.range(0, N).toArray());
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"LINEAR", "LOGISTIC"})
    void whatIsPlantedIsToldKeptAndSteered(Kind kind) {
        Path file = temporary.resolve("probe.safetensors");
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open();
                NamedProbe fitted =
                        NamedProbe.fit(labelled(model, false), ProbeSettings.of(kind, 5), "tiny", READ, NAMES)) {
            ProbeTrial scores = fitted.facts().scores();
            assertTrue(scores.accuracy() > 0.9, scores.toString());
            assertEquals(1 / 3.0, scores.shuffled(), 0.2);
            fitted.write(file);
            try (NamedProbe kept = NamedProbe.read(file)) {
                assertEquals(fitted.facts(), kept.facts());
                assertEquals(fitted.steer("hot", "cold", 2), kept.steer("hot", "cold", 2));
                RandomGenerator random = new Random(6).generator();
                int cold = 0;
                int hot = 0;
                for (int i = 0; i < 50; i++) {
                    int[] ids = ids(random);
                    List<Edit> edits = new ArrayList<>(plant(0));
                    cold += kept.read(read(model, ids, edits)).equals(List.of("cold")) ? 1 : 0;
                    edits.add(kept.steer("hot", "cold", 1.5));
                    hot += kept.read(read(model, ids, edits)).equals(List.of("hot")) ? 1 : 0;
                }
                assertTrue(cold >= 43 && hot >= 43, cold + " cold before and " + hot + " hot after, of 50");
            }
        }
    }

    @Test
    void aCoinIsReadAtChanceAndAnMlpHasNoDirection() {
        try (Model model = TinyModel.open("llama");
                Scope _ = Scope.open();
                NamedProbe fitted = NamedProbe.fit(
                        labelled(model, true), ProbeSettings.of(Kind.MLP, 5).steps(200), "tiny", READ, NAMES)) {
            assertEquals(1 / 3.0, fitted.facts().scores().accuracy(), 0.2);
            Path file = temporary.resolve("mlp.safetensors");
            fitted.write(file);
            try (NamedProbe kept = NamedProbe.read(file)) {
                Tensor x = new Random(1).normal(7, 32);
                assertEquals(fitted.read(x), kept.read(x));
                assertThrows(BadInputException.class, () -> kept.steer("hot", null, 1));
            }
        }
    }

    /// Three questions that numbers of a state answer: by 0 and 1, by 2, and one that is never hot.
    private static NamedProbe board(Kind kind) {
        Tensor x = new Random(4).normal(500, 7);
        float[] numbers = x.toFloats();
        int[][] labels = IntStream.range(0, 500)
                .mapToObj(row -> new int[] {
                    numbers[7 * row] > 0 ? numbers[7 * row + 1] > 0 ? 2 : 1 : 0,
                    numbers[7 * row + 2] > 0.5 ? 2 : numbers[7 * row + 2] < -0.5 ? 0 : 1,
                    numbers[7 * row + 3] > 0 ? 1 : 0
                })
                .toArray(int[][]::new);
        Labelled all = new Labelled(x, labels, 3, IntStream.range(0, 500).toArray());
        return NamedProbe.fit(
                all, ProbeSettings.of(kind, 5).steps(300), "none", READ, List.of("a1", "b1", "c1"), NAMES);
    }

    /// What is edited is the question that is named: it reads the wanted class, and most of the others are read as
    /// before.
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aProbeOfSeveralQuestionsIsKeptAndEditedThroughOneOfThem(Kind kind) {
        Path file = temporary.resolve("board.safetensors");
        try (Scope _ = Scope.open();
                NamedProbe fitted = board(kind)) {
            fitted.write(file);
            try (NamedProbe kept = NamedProbe.read(file)) {
                assertEquals(fitted.facts(), kept.facts());
                assertEquals(
                        List.of("a1", "b1", "c1"),
                        kept.facts().told().stream().map(NamedProbe.Told::name).toList());
                double mean = kept.facts().told().stream()
                        .mapToDouble(NamedProbe.Told::accuracy)
                        .average()
                        .orElseThrow();
                assertEquals(kept.facts().scores().accuracy(), mean, 1e-9);
                Tensor x = new Random(9).normal(40, 7);
                List<List<String>> before = kept.readAll(x);
                assertEquals(before, fitted.readAll(x));
                NamedProbe one = kept.about("b1");
                assertEquals(before.stream().map(row -> row.get(1)).toList(), one.read(x));
                List<List<String>> after = kept.readAll(one.through(x, "hot", ProbeEdit.USUAL));
                assertEquals(
                        Collections.nCopies(40, "hot"),
                        after.stream().map(row -> row.get(1)).toList());
                long stayed = IntStream.range(0, 40)
                        .filter(row ->
                                after.get(row).get(0).equals(before.get(row).get(0)))
                        .count();
                assertTrue(stayed >= 34, stayed + " of 40 read as before at a1");
                BadInputException unnamed = assertThrows(BadInputException.class, () -> kept.read(x));
                assertTrue(unnamed.getMessage().contains("name one of them with --of"), unnamed.getMessage());
                assertThrows(BadInputException.class, () -> kept.about("d1"));
                one.close();
                assertEquals(before, kept.readAll(x), "what is asked one question is not closed with it");
                if (kind != Kind.MLP) {
                    Tensor direction = kept.about("c1").direction("warm", "cold");
                    assertTrue(direction.select(0, 3).item() > 0.9, "by number 3");
                    BadInputException unseen = assertThrows(
                            BadInputException.class, () -> kept.about("c1").steer("hot", "cold", 1));
                    assertTrue(unseen.getMessage().contains("fitted on no text where c1"), unseen.getMessage());
                    kept.about("c1").steer("warm", "cold", 1);
                }
            }
        }
    }

    @Test
    void whatIsNoProbeOrNoClassIsRefused() throws Exception {
        Path other = Files.writeString(temporary.resolve("other.safetensors"), "{}");
        assertThrows(BadInputException.class, () -> NamedProbe.read(other));
        Path golden = Path.of("../model/src/test/resources/golden/llama/golden.safetensors");
        assertThrows(BadInputException.class, () -> NamedProbe.read(golden));
        long before = Tensor.live();
        try (Scope _ = Scope.open();
                NamedProbe fitted = NamedProbe.fit(
                        new Labelled(
                                new Random(1).normal(40, 5),
                                IntStream.range(0, 40)
                                        .mapToObj(i -> new int[] {i % 2})
                                        .toArray(int[][]::new),
                                2,
                                IntStream.range(0, 40).toArray()),
                        ProbeSettings.of(Kind.LINEAR, 0),
                        "none",
                        READ,
                        List.of("a", "b"))) {
            assertThrows(BadInputException.class, () -> fitted.steer("c", null, 1));
            assertThrows(BadInputException.class, () -> fitted.steer("a", "a", 1));
            fitted.write(temporary.resolve("probe.safetensors"));
            NamedProbe.read(temporary.resolve("probe.safetensors")).close();
        }
        assertEquals(before, Tensor.live());
    }
}
