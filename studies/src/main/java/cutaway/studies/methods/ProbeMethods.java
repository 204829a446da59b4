package cutaway.studies.methods;

import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.probe.ProbeTrial;
import cutaway.studies.Goal;
import cutaway.studies.methods.Rating.Asked;
import cutaway.studies.methods.Rating.Baseline;
import cutaway.studies.methods.Rating.Silence;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Probes on labels that a direction, or two of them together, decide; and on labels that only the text decides, which
/// a probe knows by heart where positions of one text are on both sides of the split.
final class ProbeMethods implements Family {

    private static final String NAME = "probes";
    private static final int TEXTS = 200;
    private static final int POSITIONS = 10;
    private static final int D = 8;

    /// Of training, fewer than usual: the data are small.
    private static final int STEPS = 600;

    /// What a label is decided by.
    private enum Truth {
        DIRECTION,
        BOTH,
        TEXT
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Rating> rate(int seeds) {
        List<Rating> ratings = new ArrayList<>();
        for (Kind kind : List.of(Kind.LINEAR, Kind.LOGISTIC)) {
            ratings.add(rating(kind, Truth.DIRECTION, "labels by the side of a plane", seeds, List.of()));
        }
        ProbeTrial[] straight = trials(Kind.LOGISTIC, Truth.BOTH, seeds);
        ratings.add(rating(
                Kind.MLP,
                Truth.BOTH,
                "labels by the exclusive or of two directions",
                seeds,
                List.of(Baseline.of("logistic probe", accuracies(straight)))));
        return ratings;
    }

    private static Rating rating(Kind kind, Truth truth, String planted, int seeds, List<Baseline> more) {
        ProbeTrial[] trials = trials(kind, truth, seeds);
        List<Baseline> baselines = new ArrayList<>(List.of(
                Baseline.of(
                        "commonest class",
                        Arrays.stream(trials).mapToDouble(ProbeTrial::majority).toArray()),
                Baseline.of(
                        "trained on shuffled labels",
                        Arrays.stream(trials).mapToDouble(ProbeTrial::shuffled).toArray())));
        baselines.addAll(more);
        return Rating.of(
                new Asked(NAME, kind.name().toLowerCase(Locale.ROOT) + " probe", "probe fit", planted),
                "accuracy on other texts",
                Goal.atLeast(0.9),
                accuracies(trials),
                baselines,
                Silence.of(
                        "above chance on labels of whole texts, drawn by a coin",
                        Goal.atMost(0.15),
                        Arrays.stream(trials(kind, Truth.TEXT, seeds))
                                .mapToDouble(trial -> trial.accuracy() - 0.5)
                                .toArray()));
    }

    private static double[] accuracies(ProbeTrial[] trials) {
        return Arrays.stream(trials).mapToDouble(ProbeTrial::accuracy).toArray();
    }

    private static ProbeTrial[] trials(Kind kind, Truth truth, int seeds) {
        return IntStream.range(0, seeds)
                .mapToObj(seed -> Scope.free(() -> ProbeTrial.of(
                        drawn(truth, seed), ProbeSettings.of(kind, seed).steps(STEPS))))
                .toArray(ProbeTrial[]::new);
    }

    /// Positions of texts: a vector of the text's own, and noise of the position's.
    private static Labelled drawn(Truth truth, long seed) {
        Random random = new Random(seed);
        RandomGenerator coin = random.generator();
        Tensor ofText = random.normal(TEXTS, 1, D);
        Tensor x = ofText.plus(random.normal(TEXTS, POSITIONS, D)).reshape((long) TEXTS * POSITIONS, D);
        float[] sides = x.matmul(random.normal(D, 2)).toFloats(); // [n, 2]
        boolean[] coins = new boolean[TEXTS];
        for (int text = 0; text < TEXTS; text++) {
            coins[text] = coin.nextBoolean();
        }
        int[] texts = IntStream.range(0, TEXTS * POSITIONS)
                .map(row -> row / POSITIONS)
                .toArray();
        int[][] labels = IntStream.range(0, TEXTS * POSITIONS)
                .mapToObj(row -> new int[] {
                    switch (truth) {
                        case DIRECTION -> sides[2 * row] > 0 ? 1 : 0;
                        case BOTH -> sides[2 * row] > 0 == sides[2 * row + 1] > 0 ? 1 : 0;
                        case TEXT -> coins[row / POSITIONS] ? 1 : 0;
                    }
                })
                .toArray(int[][]::new);
        return new Labelled(x, labels, 2, texts);
    }
}
