package cutaway.studies.othello;

import cutaway.interp.heads.HeadParity;
import cutaway.interp.heads.HeadWrites;
import cutaway.interp.heads.HeadWrites.Place;
import cutaway.interp.probe.FirstLayers;
import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.lab.task.OthelloBoard;
import cutaway.lab.task.OthelloBoard.Disc;
import cutaway.model.Model;
import cutaway.studies.Figure;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which layer computes each square, and which heads tell a player's own moves from the other's: by how far back they
/// look, even or odd, and by what they write of the square that was moved to (Nanda et al., arXiv:2309.00941,
/// section 5).
///
/// @param first layer that each square is read from, 0 the embedding
/// @param layers that were read, the embedding among them
/// @param parity of the trained model's heads
/// @param untrained the same at its start
/// @param writes what heads write of the square of a move, along mine from theirs
/// @param untrainedWrites the same at its start
/// @param silenced what mine and theirs lose without the heads of even and odd distances
/// @param passed share of moves before which the other player had to pass: there even and odd change places
record LayersAndHeads(
        FirstLayers first,
        int layers,
        HeadParity parity,
        HeadParity untrained,
        HeadWrites writes,
        HeadWrites untrainedWrites,
        ParityHeads silenced,
        double passed) {

    /// Games that attention is read on.
    private static final int READ = 100;

    /// @param probes of mine and theirs, by layer
    static LayersAndHeads of(Readings readings, List<Probe> probes) {
        int[] which = whole(readings.test());
        List<int[]> games = sequences(readings.test(), which);
        List<int[]> learned = sequences(readings.train(), whole(readings.train()));
        try (Model trained = readings.model().opened(true);
                Model untrained = readings.model().opened(false)) {
            HeadParity parity = HeadParity.measure(trained, learned, readings.seed(), _ -> {});
            return new LayersAndHeads(
                    first(readings, probes),
                    probes.size() + 1,
                    parity,
                    HeadParity.measure(untrained, learned, readings.seed(), _ -> {}),
                    writes(trained, games, probes, readings.seed()),
                    writes(untrained, games, probes, readings.seed()),
                    ParityHeads.of(readings, trained, untrained, games, which, parity, probes),
                    passed(readings.test()));
        }
    }

    /// Those whose boards last as long as the model reads.
    private static int[] whole(Games games) {
        return IntStream.range(0, games.count())
                .filter(game -> games.boards(game).size() >= games.positions() - 1)
                .limit(READ)
                .toArray();
    }

    private static List<int[]> sequences(Games games, int[] which) {
        long[] tokens = Scope.free(() -> games.tokens().toLongs());
        return IntStream.of(which)
                .mapToObj(game -> Arrays.stream(tokens, game * games.positions(), (game + 1) * games.positions() - 1)
                        .mapToInt(Math::toIntExact)
                        .toArray())
                .toList();
    }

    private static FirstLayers first(Readings readings, List<Probe> probes) {
        try (Scope _ = Scope.open();
                Probe ofEmbedding = Probe.train(
                        readings.train().labelled(readings.model().embedded(readings.train()), Games.View.RELATIVE),
                        readings.settings(Kind.LOGISTIC))) {
            List<double[]> accuracies = new ArrayList<>();
            accuracies.add(ofEmbedding.accuracies(
                    readings.test().labelled(readings.model().embedded(readings.test()), Games.View.RELATIVE)));
            List<Tensor> states = readings.model().states(readings.test(), true);
            for (int layer = 0; layer < probes.size(); layer++) {
                accuracies.add(
                        probes.get(layer).accuracies(readings.test().labelled(states.get(layer), Games.View.RELATIVE)));
            }
            return FirstLayers.of(accuracies, commonest(readings), FirstLayers.SHARE, FirstLayers.LEAST);
        }
    }

    /// Accuracy of the commonest class of each square after each move, `[square]`.
    private static double[] commonest(Readings readings) {
        int[][] said = readings.train().commonest(Games.View.RELATIVE);
        Games test = readings.test();
        double[] right = new double[test.squares()];
        int all = 0;
        for (int game = 0; game < test.count(); game++) {
            List<OthelloBoard> boards = test.boards(game);
            for (int move = 0; move < boards.size(); move++) {
                int[] labels = test.labels(boards.get(move), Games.View.RELATIVE);
                for (int square = 0; square < labels.length; square++) {
                    right[square] += labels[square] == said[move][square] ? 1 : 0;
                }
                all++;
            }
        }
        int boards = all;
        return Arrays.stream(right).map(count -> count / boards).toArray();
    }

    private static HeadWrites writes(Model model, List<int[]> games, List<Probe> probes, long seed) {
        int mine = Games.label(Disc.BLACK, Disc.BLACK, Games.View.RELATIVE);
        int theirs = Games.label(Disc.WHITE, Disc.BLACK, Games.View.RELATIVE);
        List<Place> places = new ArrayList<>();
        List<Integer> squares = new ArrayList<>();
        for (int row = 0; row < games.size(); row++) {
            for (int pos = 0; pos < games.get(row).length; pos++) {
                if (games.get(row)[pos] < OthelloModel.TASK.end()) {
                    places.add(new Place(row, pos));
                    squares.add(games.get(row)[pos]);
                }
            }
        }
        try (Scope _ = Scope.open()) {
            List<Tensor> directions = probes.stream()
                    .map(probe -> Tensor.stack(
                            squares.stream()
                                    .map(square -> probe.direction(square, theirs, mine))
                                    .toList(),
                            0))
                    .toList();
            return HeadWrites.along(model, games, places, directions, seed, _ -> {});
        }
    }

    /// After a pass, the one who moved last moves again.
    private static double passed(Games games) {
        int passed = 0;
        int all = 0;
        for (int game = 0; game < games.count(); game++) {
            Disc mover = Disc.BLACK;
            for (OthelloBoard board : games.boards(game)) {
                passed += board.toMove() == mover ? 1 : 0;
                mover = board.toMove();
                all++;
            }
        }
        return (double) passed / all;
    }

    List<Figure> figures() {
        return List.of(squares(), layersOfSquares(), heads(), silencedHeads());
    }

    private Figure squares() {
        int size = OthelloModel.TASK.size();
        List<List<Double>> values = new ArrayList<>();
        for (int row = 0; row < size; row++) {
            List<Double> line = new ArrayList<>();
            for (int column = 0; column < size; column++) {
                int layer = first.first().get(row * size + column);
                line.add(layer == FirstLayers.NOWHERE ? Double.NaN : layer);
            }
            values.add(line);
        }
        return new Figure(
                "The layer that each square is read from",
                "The first block after which a linear probe of mine and theirs has 90 % of what the best one has beyond"
                        + " the commonest class after each move; 0 is the embedding.",
                new Figure.Grid(
                        Figure.Axis.of("column"),
                        Figure.Axis.of("row"),
                        IntStream.range(0, size)
                                .mapToObj(i -> "" + (char) ('a' + i))
                                .toList(),
                        IntStream.rangeClosed(1, size).mapToObj(String::valueOf).toList(),
                        values,
                        "block"));
    }

    private Figure layersOfSquares() {
        int[] counts = first.counts(layers);
        return new Figure(
                "Squares by the layer that they are read from",
                "As in the map of squares.",
                new Figure.Bars(
                        Figure.Axis.of("squares"),
                        IntStream.range(0, layers)
                                .mapToObj(layer -> layer == 0 ? "embedding" : "block " + layer)
                                .toList(),
                        Arrays.stream(counts).mapToObj(count -> (double) count).toList()));
    }

    private Figure heads() {
        List<String> names = new ArrayList<>();
        List<List<Double>> values = new ArrayList<>();
        for (int layer = 0; layer < parity.profile().length; layer++) {
            for (int head = 0; head < parity.profile()[layer].length; head++) {
                names.add(name(layer, head));
                HeadParity.Shares of = parity.shares(layer, head);
                values.add(List.of(of.self(), of.previous(), of.even(), of.odd(), writes.cosine()[layer][head]));
            }
        }
        return new Figure(
                "How far back heads look, and what they write of a move",
                "Shares of a head's attention; then the mean cosine of what it writes, when it reads a move, with the"
                        + " probe's direction that makes the move's square mine.",
                new Figure.Grid(
                        Figure.Axis.of("attention by distance; what is written"),
                        Figure.Axis.of("head"),
                        List.of("itself", "1 back", "2, 4, ... back", "3, 5, ... back", "writes mine"),
                        names,
                        values,
                        "share; cosine"));
    }

    private Figure silencedHeads() {
        return new Figure(
                "What is lost without the heads of even and odd distances",
                "What falls when they go on with their mean, and when as many other heads of the same layers do (mean"
                        + " of the draws), on games that the heads were not found on.",
                new Figure.Grid(
                        Figure.Axis.of("silenced"),
                        Figure.Axis.of("what is read"),
                        List.of("even and odd", "as many others"),
                        List.of("mine and theirs", "legal moves", "mine and theirs, untrained"),
                        silenced.costs(),
                        "share lost"));
    }

    /// What the figures show, in words.
    List<String> notes() {
        List<String> notes = new ArrayList<>(found());
        notes.addAll(silenced.notes());
        return notes;
    }

    private List<String> found() {
        int[] counts = first.counts(layers);
        String squares = IntStream.range(0, layers)
                .mapToObj(layer -> (layer == 0 ? "embedding " : "block " + layer + " ") + counts[layer])
                .collect(Collectors.joining(", "));
        return List.of(
                "Squares by the first layer with 90 % of the best one's gain: " + squares + ", nowhere "
                        + first.nowhere() + " (first seed).",
                "Heads that look at odd distances, at the moves of who moves next: " + members(parity, HeadParity.ODD)
                        + "; at even ones, at the other's: " + members(parity, HeadParity.EVEN)
                        + "; at the position before: " + members(parity, HeadParity.PREVIOUS)
                        + ". Of the model without training: odd " + members(untrained, HeadParity.ODD) + ", even "
                        + members(untrained, HeadParity.EVEN) + ", before "
                        + members(untrained, HeadParity.PREVIOUS) + ". The other player passed before "
                        + String.format(Locale.ROOT, "%.1f %%", 100 * passed)
                        + " of the moves; from there on even and odd change places.",
                "What heads write of a move's square, along mine from theirs (mean cosine; by chance up to "
                        + String.format(Locale.ROOT, "%.3f", writes.threshold()) + "): odd "
                        + written(HeadParity.ODD) + "; even " + written(HeadParity.EVEN)
                        + "; the largest of all heads of the model without training "
                        + String.format(Locale.ROOT, "%.3f", largest(untrainedWrites)) + ".");
    }

    private static double largest(HeadWrites writes) {
        return Arrays.stream(writes.cosine())
                .flatMapToDouble(Arrays::stream)
                .map(Math::abs)
                .max()
                .orElse(Double.NaN);
    }

    private static String members(HeadParity of, String kind) {
        return joined(of, kind, (_, _) -> "");
    }

    private String written(String kind) {
        return joined(
                parity, kind, (layer, head) -> String.format(Locale.ROOT, " %+.3f", writes.cosine()[layer][head]));
    }

    /// What is said of a head.
    @FunctionalInterface
    private interface Word {
        String of(int layer, int head);
    }

    /// Each head of a kind, with what is said of it.
    private static String joined(HeadParity of, String kind, Word more) {
        List<String> members = new ArrayList<>();
        for (int layer = 0; layer < of.profile().length; layer++) {
            for (int head = 0; head < of.profile()[layer].length; head++) {
                if (of.kinds().of(layer, head).contains(kind)) {
                    members.add(name(layer, head) + more.of(layer, head));
                }
            }
        }
        return members.isEmpty() ? "none" : String.join(", ", members);
    }

    private static String name(int layer, int head) {
        return "L" + layer + "H" + head;
    }
}
