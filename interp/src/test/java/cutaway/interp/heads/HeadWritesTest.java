package cutaway.interp.heads;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.TinyModel;
import cutaway.interp.heads.HeadWrites.Place;
import cutaway.interp.run.Runs;
import cutaway.interp.run.Trace;
import cutaway.interp.site.Site;
import cutaway.interp.site.Site.HeadPart;
import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadWritesTest {

    @TempDir
    private Path folder;

    private static final int LENGTH = 23;

    private static List<int[]> sequences(int count) {
        RandomGenerator random = new Random(2).generator();
        return Stream.generate(() -> random.ints(LENGTH, 0, 97).toArray())
                .limit(count)
                .toList();
    }

    private static List<Place> places(int count) {
        List<Place> places = new ArrayList<>();
        for (int row = 0; row < count; row++) {
            for (int pos = 0; pos < LENGTH; pos++) {
                places.add(new Place(row, pos));
            }
        }
        return places;
    }

    /// L2H0 says the tokens that it reads and L2H3 all but them: along a token's own row of the unembedding
    /// they write up and down. L2H1 writes nothing, and L0H1 and L0H3 write the token elsewhere.
    @Test
    void headsThatSayWhatTheyReadAreFound() throws Exception {
        try (Model model = PlantedHeads.open(folder);
                Scope _ = Scope.open()) {
            List<int[]> sequences = sequences(3);
            long[] ids = sequences.stream()
                    .flatMapToInt(Arrays::stream)
                    .asLongStream()
                    .toArray();
            Tensor own = model.transformer().unembedding().weight().rows(Tensor.of(ids, ids.length));
            List<Tensor> directions = Collections.nCopies(3, own);
            HeadWrites found = HeadWrites.along(model, sequences, places(3), directions, 0, _ -> {});
            assertEquals(3 * LENGTH, found.tokens());
            assertTrue(found.cosine()[2][0] > 0.6, "says it: " + found.cosine()[2][0]);
            assertTrue(found.cosine()[2][3] < -0.6, "says all else: " + found.cosine()[2][3]);
            for (int[] other : new int[][] {{0, 0}, {0, 1}, {0, 3}, {2, 1}}) {
                double cosine = found.cosine()[other[0]][other[1]];
                assertTrue(Math.abs(cosine) < 2 * found.threshold(), "L" + other[0] + "H" + other[1] + " " + cosine);
            }
            assertTrue(found.threshold() < 0.2, "chance: " + found.threshold());
        }
    }

    /// A position that sees itself alone has all of a head's attention: what is written is the run's own
    /// `result`.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt2"})
    void whatIsWrittenIsTheRunsOwn(String name) {
        try (Model model = TinyModel.open(name);
                Scope _ = Scope.open()) {
            Site result = new Site.Head(1, 2, HeadPart.RESULT);
            List<int[]> rows = new ArrayList<>();
            List<Place> places = new ArrayList<>();
            List<Tensor> own = new ArrayList<>();
            for (int i = 0; i < 9; i++) {
                int[] row = new int[] {i * 7 + 1};
                rows.add(row);
                places.add(new Place(i, 0));
                try (Trace one = Runs.run(model, Batch.of(row), List.of(), List.of(result))) {
                    own.add(one.at(result).select(0, 0).select(0, 0).copy());
                }
            }
            List<Tensor> directions = Collections.nCopies(3, Tensor.stack(own, 0));
            HeadWrites found = HeadWrites.along(model, rows, places, directions, 0, _ -> {});
            assertEquals(1, found.cosine()[1][2], 1e-4);
            assertTrue(found.cosine()[1][0] < 0.9, "another head writes something else");
        }
    }

    @Test
    void tooFewTokensAreRefused() {
        try (Model model = TinyModel.open("llama");
                Tensor none = Tensor.zeros(7, 32)) {
            BadInputException refusal = assertThrows(
                    BadInputException.class,
                    () -> HeadWrites.along(
                            model, sequences(1), places(1).subList(0, 7), Collections.nCopies(3, none), 0, _ -> {}));
            assertTrue(refusal.getMessage().contains("only 7 tokens"), refusal.getMessage());
        }
    }
}
