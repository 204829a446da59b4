package cutaway.interp.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.Arrays;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProbeTest {

    private static final int N = 1200;
    private static final int D = 10;

    /// Two questions: one that a rule answers from the numbers, one that a coin answers.
    private static Labelled labelled(ToIntFunction<float[]> rule, int perGroup) {
        Tensor x = new Random(3).normal(N, D);
        float[] numbers = x.toFloats();
        java.util.random.RandomGenerator coin = new Random(4).generator();
        int[][] labels = IntStream.range(0, N)
                .mapToObj(row ->
                        new int[] {rule.applyAsInt(Arrays.copyOfRange(numbers, row * D, row * D + D)), coin.nextInt(2)})
                .toArray(int[][]::new);
        return new Labelled(
                x, labels, 2, IntStream.range(0, N).map(row -> row / perGroup).toArray());
    }

    private static Labelled only(Labelled all, int question) {
        return new Labelled(
                all.x(),
                Arrays.stream(all.labels())
                        .map(row -> new int[] {row[question]})
                        .toArray(int[][]::new),
                all.classes(),
                all.groups());
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aDirectionIsFoundAndACoinIsNot(Kind kind) {
        try (Scope _ = Scope.open()) {
            Labelled all = labelled(x -> x[0] + 0.5f * x[1] > 0 ? 1 : 0, 1);
            ProbeTrial planted = ProbeTrial.of(only(all, 0), ProbeSettings.of(kind, 5));
            assertTrue(planted.accuracy() > 0.95, planted.toString());
            assertEquals(0.5, planted.shuffled(), 0.12);
            assertEquals(0.5, planted.majority(), 0.08);
            ProbeTrial coin = ProbeTrial.of(only(all, 1), ProbeSettings.of(kind, 5));
            assertEquals(0.5, coin.accuracy(), 0.1);
        }
    }

    @Test
    void onlyAnMlpFindsAnExclusiveOr() {
        try (Scope _ = Scope.open()) {
            Labelled all = only(labelled(x -> x[0] > 0 == x[1] > 0 ? 1 : 0, 1), 0);
            assertTrue(ProbeTrial.of(all, ProbeSettings.of(Kind.LOGISTIC, 5)).accuracy() < 0.62);
            assertTrue(ProbeTrial.of(all, ProbeSettings.of(Kind.LINEAR, 5)).accuracy() < 0.62);
            assertTrue(ProbeTrial.of(all, ProbeSettings.of(Kind.MLP, 5)).accuracy() > 0.9);
        }
    }

    /// A label that belongs to a group alone, not to the activation's rule, is not learned across groups.
    @Test
    void noGroupIsOnBothSides() {
        try (Scope _ = Scope.open()) {
            Labelled.Split split = labelled(_ -> 0, 7).split(0.75, 1);
            assertEquals(N, split.train().count() + split.test().count());
            int[] left = Arrays.stream(split.train().groups()).distinct().toArray();
            assertTrue(Arrays.stream(split.test().groups())
                    .noneMatch(group -> Arrays.stream(left).anyMatch(other -> other == group)));
            assertEquals(0.75, (double) left.length / (N / 7.0), 0.02);
        }
    }

    @Test
    void theDirectionIsThePlantedOne() {
        try (Scope _ = Scope.open()) {
            Labelled all = only(labelled(x -> x[0] + x[1] > 0 ? 1 : 0, 1), 0);
            for (Kind kind : new Kind[] {Kind.LINEAR, Kind.LOGISTIC}) {
                try (Probe probe = Probe.train(all, ProbeSettings.of(kind, 5))) {
                    float[] way = probe.direction(0, 0, 1).toFloats();
                    assertEquals(1, way[0] * Math.sqrt(0.5) + way[1] * Math.sqrt(0.5), 0.03);
                }
            }
        }
    }

    /// Changed through the probe, activations are read as wanted, and their other question as before.
    @Test
    void anEditChangesWhatItShould() {
        try (Scope _ = Scope.open()) {
            Labelled all = labelled(x -> x[0] > 0 == x[1] > 0 ? 1 : 0, 1);
            Labelled both = new Labelled(
                    all.x(),
                    IntStream.range(0, N)
                            .mapToObj(row -> new int[] {
                                all.labels()[row][0], all.x().select(0, row).toFloats()[2] > 0 ? 1 : 0
                            })
                            .toArray(int[][]::new),
                    2,
                    all.groups());
            try (Probe probe = Probe.train(both, ProbeSettings.of(Kind.MLP, 5))) {
                Tensor x = both.x().slice(0, 0, 100);
                int[][] before = probe.classes(x);
                int[] question = new int[100];
                int[] wanted =
                        IntStream.range(0, 100).map(row -> 1 - before[row][0]).toArray();
                int[][] after = probe.classes(ProbeEdit.USUAL.apply(probe, x, question, wanted));
                assertTrue(IntStream.range(0, 100)
                                .filter(row -> after[row][0] == wanted[row])
                                .count()
                        >= 97);
                assertTrue(IntStream.range(0, 100)
                                .filter(row -> after[row][1] == before[row][1])
                                .count()
                        >= 97);
            }
        }
    }
}
