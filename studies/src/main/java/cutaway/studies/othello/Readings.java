package cutaway.studies.othello;

import cutaway.interp.probe.Labelled;
import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeSettings;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.probe.ProbeTrial;
import cutaway.lab.task.OthelloBoard;
import cutaway.studies.Parameter;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What probes read of the board, on games that they were not trained on.
///
/// @param train games that probes learn from
/// @param test games that they are judged on
record Readings(StudyRun run, OthelloModel model, Games train, Games test, long seed) {

    /// What both studies can be run with.
    static final List<Parameter> PARAMETERS = List.of(
            Parameter.of("games", "that probes learn from", 250, 1500, 3000),
            Parameter.of("test-games", "that they are judged on", 100, 400, 1000),
            Parameter.of("probe-steps", "of training a probe", 400, 3000, 5000),
            Parameter.of("edits", "boards with one disc turned", 60, 1000, 1000),
            Parameter.of("edit-from", "first layer that is changed, from 1", 1, 1, 1)
                    .atMost(OthelloModel.LAYERS));

    /// With the games of a seed.
    static Readings of(StudyRun run, OthelloModel model, long seed) {
        return new Readings(
                run,
                model,
                new Games(OthelloModel.TASK, run.count("games"), seed, "probe games"),
                new Games(OthelloModel.TASK, run.count("test-games"), seed, "test games"),
                seed);
    }

    /// The layer that bars speak of, from 0: the last but one.
    int layer() {
        return model.layers() - 2;
    }

    ProbeSettings settings(Kind kind) {
        return ProbeSettings.of(kind, seed).steps(run.count("probe-steps"));
    }

    ProbeTrial trial(boolean isTrained, int layer, Games.View view, Kind kind) {
        return Scope.free(() -> ProbeTrial.of(split(isTrained, layer, view), settings(kind)));
    }

    private Labelled.Split split(boolean isTrained, int layer, Games.View view) {
        return new Labelled.Split(
                train.labelled(model.states(train, isTrained).get(layer), view),
                test.labelled(model.states(test, isTrained).get(layer), view));
    }

    /// A probe of each layer of the trained model; the caller closes them.
    List<Probe> probes(Games.View view, Kind kind) {
        try (Scope _ = Scope.open()) {
            List<Tensor> states = model.states(train, true);
            List<Probe> probes = new ArrayList<>();
            for (Tensor layer : states) {
                probes.add(Probe.train(train.labelled(layer, view), settings(kind)));
            }
            return probes;
        }
    }

    /// Accuracy of the commonest class of each square after each move, which needs no model.
    double commonest(Games.View view) {
        return test.accuracy(train.commonest(view), view);
    }

    /// Accuracy of the probe of each layer.
    List<Double> accuracies(List<Probe> probes, Games.View view) {
        try (Scope _ = Scope.open()) {
            List<Tensor> states = model.states(test, true);
            List<Double> accuracies = new ArrayList<>();
            for (int layer = 0; layer < probes.size(); layer++) {
                accuracies.add(probes.get(layer).accuracy(test.labelled(states.get(layer), view)));
            }
            return accuracies;
        }
    }

    /// Accuracy where the board is planted: states are a random linear map of the relative board, and noise.
    double planted() {
        try (Scope _ = Scope.open()) {
            int width = 2 * train.squares() + 24;
            Tensor map = new Random(seed).normal((long) Games.CLASSES * train.squares(), width);
            Labelled.Split split = new Labelled.Split(
                    train.labelled(states(train, map), Games.View.RELATIVE),
                    test.labelled(states(test, map), Games.View.RELATIVE));
            return ProbeTrial.of(split, settings(Kind.LOGISTIC)).accuracy();
        }
    }

    private Tensor states(Games games, Tensor map) {
        int size = Games.CLASSES * games.squares();
        float[] boards = new float[games.count() * games.positions() * size];
        for (int game = 0; game < games.count(); game++) {
            List<OthelloBoard> after = games.boards(game);
            for (int i = 0; i < after.size(); i++) {
                int[] labels = games.labels(after.get(i), Games.View.RELATIVE);
                for (int square = 0; square < labels.length; square++) {
                    boards[(game * games.positions() + i) * size + square * Games.CLASSES + labels[square]] = 1;
                }
            }
        }
        Tensor x = Tensor.of(boards, (long) games.count() * games.positions(), size)
                .matmul(map);
        return x.plus(new Random(seed + 1).normal(x.shape().dims()).times(0.3));
    }

    /// The share of positions after which the likeliest move is not legal.
    double illegal() {
        try (Scope _ = Scope.open()) {
            Tensor logits = model.logits(test.tokens(), cutaway.lab.net.Tap.NONE);
            long[] likeliest = logits.argmax(-1).toLongs();
            long wrong = 0;
            long all = 0;
            for (int game = 0; game < test.count(); game++) {
                List<OthelloBoard> boards = test.boards(game);
                for (int i = 0; i < boards.size(); i++) {
                    int move = (int) likeliest[game * test.positions() + i];
                    all++;
                    wrong += move >= test.squares() || !boards.get(i).isLegal(move) ? 1 : 0;
                }
            }
            return (double) wrong / all;
        }
    }

    static double mean(double[] values) {
        return Arrays.stream(values).average().orElse(Double.NaN);
    }
}
