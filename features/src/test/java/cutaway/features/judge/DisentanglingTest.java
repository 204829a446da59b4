package cutaway.features.judge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.features.dictionary.Dictionary;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.LinearAlgebra;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Planted entities: three attributes of four values, each a coordinate of its own; who answers reads the largest
/// coordinate of the attribute.
class DisentanglingTest {

    private static final int D = 24;
    private static final int VALUES = 4;
    private static final List<String> NAMES = List.of("colour", "size", "age");
    private static final Disentangling.Settings FOUR = new Disentangling.Settings(List.of(4), 2, 3);

    private static Entities entities(int count, long seed) {
        RandomGenerator random = new Random(seed).generator();
        float[] x = new float[count * D];
        int[][] values = new int[NAMES.size()][count];
        for (int entity = 0; entity < count; entity++) {
            for (int i = 0; i < D; i++) {
                x[entity * D + i] = (float) (0.05 * random.nextGaussian());
            }
            for (int attribute = 0; attribute < NAMES.size(); attribute++) {
                values[attribute][entity] = random.nextInt(VALUES);
                x[entity * D + VALUES * attribute + values[attribute][entity]] += 1;
            }
        }
        Tensor rows = Tensor.of(x, count, D);
        return new Entities(IntStream.range(0, NAMES.size())
                .mapToObj(i -> new Entities.Attribute(NAMES.get(i), rows, values[i]))
                .toList());
    }

    private static final Entities.Answers LARGEST = (attribute, entities, rows) -> {
        double[] all = rows.toDoubles();
        int[] said = new int[entities.length];
        for (int row = 0; row < said.length; row++) {
            int from = row * D + VALUES * attribute;
            for (int value = 1; value < VALUES; value++) {
                said[row] = all[from + value] > all[from + said[row]] ? value : said[row];
            }
        }
        return said;
    };

    private static Map<String, Judgement.Row> judged(Dictionary dictionary, Disentangling.Settings settings) {
        return Disentangling.rows(dictionary, entities(160, 1), LARGEST, settings, Tiny.QUIET).stream()
                .collect(Collectors.toMap(Judgement.Row::metric, row -> row));
    }

    /// A latent for each coordinate; `writes` is what they add to others besides.
    private static Dictionary exact(Tensor writes) {
        Tensor one = Moments.identity(D).to(Dtype.F32);
        return Tiny.relu(one, Tensor.zeros(D), writes, Tensor.zeros(D), Tiny.at("blocks.0.hook_resid_pre"));
    }

    private static double value(Map<String, Judgement.Row> rows, String metric) {
        return rows.get(metric).value().value();
    }

    @Test
    void aLatentForEachValueIsPerfect() {
        try (Scope _ = Scope.open();
                Dictionary exact = exact(Moments.identity(D).to(Dtype.F32))) {
            Map<String, Judgement.Row> rows = judged(exact, FOUR);
            for (String name : List.of("", " colour", " size", " age")) {
                assertEquals(1, value(rows, "cause" + name + ", k = 4"), 0.02);
                assertEquals(1, value(rows, "isolation" + name + ", k = 4"), 0.02);
            }
            Map<String, Estimate> others = rows.get("disentangle, k = 4").rivals();
            assertEquals(0.5, others.get("chance").value(), 0.08, "drawn latents");
            assertEquals(0.5, others.get("whole").value(), 1e-9);
            assertEquals(1, rows.get("cause, k = 4").rivals().get("whole").value(), 1e-9);
            assertEquals(0, rows.get("isolation, k = 4").rivals().get("whole").value(), 1e-9);
            Map<String, Judgement.Row> few = judged(exact, new Disentangling.Settings(List.of(1), 2, 3));
            assertTrue(value(few, "cause, k = 1") < 0.6, "one latent is one of four values");
            assertEquals(1, value(few, "isolation, k = 1"), 0.02);
        }
    }

    /// Latents along random directions hold a little of everything.
    @Test
    void mixedLatentsAreLower() {
        try (Scope _ = Scope.open()) {
            Tensor turn = LinearAlgebra.qr(new Random(8).normal(D, D)).q().contiguous();
            try (Dictionary mixed = Tiny.relu(
                    turn, Tensor.zeros(D), turn.copy(), Tensor.zeros(D), Tiny.at("blocks.0.hook_resid_pre"))) {
                Judgement.Row row = judged(mixed, FOUR).get("disentangle, k = 4");
                assertTrue(row.value().value() < 0.8, row.toString());
                assertTrue(row.value().interval().orElseThrow().high() < 0.9, row.toString());
            }
        }
    }

    /// Latents of a colour also write the size of the same number, twice as strong as sizes are. Changing the colour
    /// then answers that size: it is the base's by chance alone, a third at most, as colours differ; ages stay. So
    /// isolation of the colour is about (1/4 + 1) / 2, and the others' are 1.
    @Test
    void whatWritesTwoAttributesIsolatesNeither() {
        try (Scope _ = Scope.open()) {
            float[] writes = Moments.identity(D).to(Dtype.F32).toFloats();
            for (int value = 0; value < VALUES; value++) {
                writes[value * D + VALUES + value] = 2;
            }
            try (Dictionary entangled = exact(Tensor.of(writes, D, D))) {
                Map<String, Judgement.Row> rows = judged(entangled, FOUR);
                assertEquals(1, value(rows, "cause colour, k = 4"), 0.02);
                assertEquals(0.62, value(rows, "isolation colour, k = 4"), 0.1);
                assertEquals(1, value(rows, "isolation age, k = 4"), 0.02);
            }
        }
    }

    /// By hand: latent 2 is the source's, who has none of latent 5; the rest is the base's.
    @Test
    void codesAreMixedByLatent() {
        SparseRows codes =
                new SparseRows(6, new int[] {0, 3, 5}, new int[] {0, 2, 5, 1, 2}, new double[] {10, 12, 15, 21, 22});
        boolean[] swapped = {false, false, true, false, false, true};
        SparseRows mixed =
                Interchange.mixed(codes, new int[] {0, 1}, new int[] {1, 0}, new boolean[][] {swapped, swapped});
        assertArrayEquals(new int[] {0, 2, 1, 2, 5}, mixed.columns());
        assertArrayEquals(new double[] {10, 22, 21, 12, 15}, mixed.values());
        assertArrayEquals(new int[] {0, 2, 5}, mixed.starts());
    }

    @Test
    void oneAttributeIsRefused() {
        try (Scope _ = Scope.open()) {
            Entities two = entities(20, 2);
            assertThrows(
                    BadInputException.class,
                    () -> new Entities(List.of(two.attributes().getFirst())));
        }
    }

    @Test
    void nothingIsLeftInMemory() {
        try (Scope _ = Scope.open();
                Dictionary exact = exact(Moments.identity(D).to(Dtype.F32))) {
            Entities entities = entities(24, 4);
            Disentangling.rows(exact, entities, LARGEST, FOUR, Tiny.QUIET);
            long before = Tensor.live();
            Disentangling.rows(exact, entities, LARGEST, FOUR, Tiny.QUIET);
            assertEquals(before, Tensor.live());
        }
    }
}
