package cutaway.studies.othello;

import cutaway.interp.probe.LatentSaliency;
import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeEdit;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.probe.ProbeTrial;
import cutaway.interp.probe.StateChange;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.studies.othello.OthelloModel.Training;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A transformer that is trained on moves alone holds the board, as a probe of two layers reads it; turned there, a
/// disc changes what the model takes for legal.
public final class OthelloEmergent implements Study {

    private static final int DRAWS = 5; // random directions beside each turned disc

    @Override
    public Card card() {
        return new Card(
                "othello-emergent",
                "Emergent World Representations: Exploring a Sequence Model Trained on a Synthetic Task",
                2022,
                "arXiv:2210.13382",
                "A GPT that is trained on legal moves of Othello holds a nonlinear representation of the board;"
                        + " changing it changes which moves the model takes for legal.",
                "Random legal games on a board of 6; probes of the residual stream for each square (empty, black,"
                    + " white), linear and of two layers, beside a model that was not trained and labels dealt out"
                    + " anew; then gradient steps on the activation until the probe reads one disc turned, and the"
                    + " moves that the model then takes for legal, beside random directions of equal length, and apart"
                    + " for boards that legal play leads to and boards that it does not.");
    }

    @Override
    public List<Parameter> parameters() {
        return Readings.PARAMETERS;
    }

    /// What one seed of probes and games measures.
    ///
    /// @param layers accuracy of MLP probes after each block
    private record Measured(
            double illegal,
            double planted,
            ProbeTrial linear,
            ProbeTrial mlp,
            ProbeTrial untrained,
            double commonest,
            List<Double> layers,
            ProbeEdits edits,
            Figure saliency,
            AfterLong afterLong) {}

    /// The same of the model that was trained for long, as far as bars ask for it.
    ///
    /// @param accuracy of MLP probes
    private record AfterLong(double illegal, double accuracy, ProbeEdits edits) {}

    @Override
    public Findings run(StudyRun run) {
        List<Measured> all = run.each("probes", seed -> measure(run, seed));
        List<Bar> bars = new ArrayList<>();
        bars.add(Bar.instrument(
                "accuracy on states with a planted board", Goal.atLeast(0.97), each(all, Measured::planted)));
        bars.add(Bar.instrument(
                "accuracy of a probe of shuffled labels, beyond the commonest class",
                Goal.atMost(0.02),
                each(all, one -> one.mlp.shuffled() - one.mlp.majority())));
        bars.add(Bar.claim(
                "likeliest moves that are illegal",
                "0.0001 (8x8, 20 million games)",
                Goal.atMost(0.06),
                each(all, Measured::illegal)));
        bars.add(Bar.claim(
                "accuracy of MLP probes, beyond linear ones",
                "",
                Goal.atLeast(0.03),
                each(all, one -> one.mlp.accuracy() - one.linear.accuracy())));
        bars.add(Bar.claim(
                "accuracy of MLP probes, beyond those of a model without training",
                "0.983 against 0.74",
                Goal.atLeast(0.04),
                each(all, one -> one.mlp.accuracy() - one.untrained.accuracy())));
        bars.add(Bar.claim(
                "accuracy of MLP probes, beyond the commonest class of each square after each move",
                "",
                Goal.atLeast(0),
                each(all, one -> one.mlp.accuracy() - one.commonest)));
        bars.add(Bar.claim(
                        "wrong moves that editing saves, less 1.96 standard errors",
                        "2.68 falls to 0.12",
                        Goal.atLeast(0),
                        each(all, one -> one.edits.leastGain()))
                .against(
                        "random directions of equal length: wrong moves saved",
                        Goal.atMost(0),
                        each(all, one -> one.edits.gain(one.edits.random()))));
        bars.add(Bar.claim(
                "long training: likeliest moves that are illegal",
                "0.0001 (8x8, 20 million games)",
                Goal.atMost(0.005),
                each(all, one -> one.afterLong.illegal)));
        bars.add(Bar.claim(
                "long training: accuracy of MLP probes",
                "0.983",
                Goal.atLeast(0.95),
                each(all, one -> one.afterLong.accuracy)));
        bars.add(savedAfterLong(all, "boards that legal play leads to", Reachable.Answer.NATURAL));
        bars.add(savedAfterLong(all, "boards that legal play does not lead to", Reachable.Answer.UNNATURAL));
        Measured first = all.getFirst();
        Figure accuracies = new Figure(
                "Squares that are read rightly",
                "On held-out games, in the residual stream after the last block but one; colours as they are.",
                new Figure.Bars(
                        Figure.Axis.of("accuracy"),
                        List.of(
                                "commonest",
                                "commonest after the move",
                                "shuffled labels",
                                "MLP, untrained model",
                                "linear",
                                "MLP"),
                        List.of(
                                first.mlp.majority(),
                                first.commonest,
                                first.mlp.shuffled(),
                                first.untrained.accuracy(),
                                first.linear.accuracy(),
                                first.mlp.accuracy())));
        return new Findings(
                bars,
                List.of(
                        accuracies,
                        edits("", first.edits),
                        edits(", long training", first.afterLong.edits),
                        first.saliency),
                List.of(
                        "Two models come with Cutaway, and seeds are of probes, games and edits: one of 3 layers,"
                            + " width 96 and 384,000 games (--full trains one for each seed, 15 minutes each), and one"
                            + " of 4 layers, width 128 and 1.5 million games, which bars of \"long training\" are of.",
                        "Wrong moves (first seed): " + first.edits.words() + ".",
                        "Wrong moves after the long training (first seed): " + first.afterLong.edits.words() + ".",
                        "MLP probes by layer: "
                                + first.layers.stream()
                                        .map(accuracy -> String.format(Locale.ROOT, "%.3f", accuracy))
                                        .collect(Collectors.joining(", "))
                                + "; the commonest class of each square after each move: "
                                + String.format(Locale.ROOT, "%.3f", first.commonest) + "."));
    }

    private static Bar savedAfterLong(List<Measured> all, String boards, Reachable.Answer which) {
        return Bar.claim(
                        "long training: wrong moves after editing, of those without, " + boards,
                        which == Reachable.Answer.NATURAL ? "0.04 (2.68 falls to 0.12)" : "",
                        Goal.atMost(0.5),
                        each(all, one -> one.afterLong.edits.share(one.afterLong.edits.edited(), which)))
                .against(
                        "random directions of equal length",
                        Goal.atLeast(0.9),
                        each(all, one -> one.afterLong.edits.share(one.afterLong.edits.random(), which)));
    }

    private static Figure edits(String ofWhich, ProbeEdits edits) {
        return new Figure(
                "Moves that are wrong on a board with one disc turned" + ofWhich,
                "Mean over boards: moves taken for legal that are not, and the other way round; natural boards are"
                        + " those that legal play leads to, unnatural ones those that it does not.",
                new Figure.Bars(
                        Figure.Axis.of("wrong moves"),
                        List.of(
                                "unchanged",
                                "random direction",
                                "edited through the probe",
                                "natural, unchanged",
                                "natural, edited",
                                "unnatural, unchanged",
                                "unnatural, edited"),
                        List.of(
                                Readings.mean(edits.unchanged()),
                                Readings.mean(edits.random()),
                                Readings.mean(edits.edited()),
                                edits.of(edits.unchanged(), Reachable.Answer.NATURAL),
                                edits.of(edits.edited(), Reachable.Answer.NATURAL),
                                edits.of(edits.unchanged(), Reachable.Answer.UNNATURAL),
                                edits.of(edits.edited(), Reachable.Answer.UNNATURAL))));
    }

    private static double[] each(List<Measured> all, ToDoubleFunction<Measured> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    private static Measured measure(StudyRun run, long seed) {
        try (OthelloModel model = OthelloModel.open(run, Training.SHORT, seed)) {
            Readings readings = Readings.of(run, model, seed);
            int layer = readings.layer();
            List<Probe> probes = readings.probes(Games.View.ABSOLUTE, Kind.MLP);
            try {
                BoardEdits boards = ProbeEdits.boards(run, model, seed);
                List<Reachable.Answer> reachable = boards.reachable();
                return new Measured(
                        readings.illegal(),
                        readings.planted(),
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.LOGISTIC),
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.MLP),
                        readings.trial(false, layer, Games.View.ABSOLUTE, Kind.MLP),
                        readings.commonest(Games.View.ABSOLUTE),
                        readings.accuracies(probes, Games.View.ABSOLUTE),
                        ProbeEdits.of(run, boards, probes, reachable, seed),
                        saliency(model, probes, run.count("edit-from"), seed),
                        afterLong(run, reachable, seed));
            } finally {
                probes.forEach(Probe::close);
            }
        }
    }

    private static AfterLong afterLong(StudyRun run, List<Reachable.Answer> reachable, long seed) {
        try (OthelloModel model = OthelloModel.open(run, Training.LONG, seed)) {
            Readings readings = Readings.of(run, model, seed);
            List<Probe> probes = readings.probes(Games.View.ABSOLUTE, Kind.MLP);
            try {
                return new AfterLong(
                        readings.illegal(),
                        readings.accuracies(probes, Games.View.ABSOLUTE).get(readings.layer()),
                        ProbeEdits.of(run, ProbeEdits.boards(run, model, seed), probes, reachable, seed));
            } finally {
                probes.forEach(Probe::close);
            }
        }
    }

    /// What turning each disc does to the logit of the likeliest move, on one board.
    private static Figure saliency(OthelloModel model, List<Probe> probes, int from, long seed) {
        Games game = new Games(OthelloModel.TASK, 1, seed, "saliency");
        int move = game.boards(0).size() / 2;
        int size = OthelloModel.TASK.size();
        try (Scope _ = Scope.open()) {
            BoardEdits each = BoardEdits.everyDisc(model, game, move);
            int likeliest = (int)
                    each.logits(from, StateChange.NONE).select(0, 0).argmax(0).item();
            List<LatentSaliency> found = LatentSaliency.of(
                    change -> each.logits(from, change)
                            .select(1, likeliest)
                            .to(Dtype.F64)
                            .toDoubles(),
                    each.through(probes, Games.View.ABSOLUTE, ProbeEdit.USUAL),
                    DRAWS,
                    seed);
            List<List<Double>> values = new ArrayList<>();
            for (int row = 0; row < size; row++) {
                values.add(new ArrayList<>(Collections.nCopies(size, Double.NaN)));
            }
            for (int i = 0; i < each.cases().size(); i++) {
                int square = each.cases().get(i).square();
                values.get(square / size).set(square % size, found.get(i).change());
            }
            double random =
                    found.stream().mapToDouble(LatentSaliency::random).average().orElse(Double.NaN);
            return new Figure(
                    "Latent saliency of the move " + OthelloModel.TASK.words().get(likeliest),
                    "What its logit changes by where a disc is turned in the model's state, after move " + (move + 1)
                            + " of a game; empty squares are left out. Random directions of that length change it by "
                            + String.format(Locale.ROOT, "%.2f", random) + " nats on average.",
                    new Figure.Grid(
                            Figure.Axis.of("column"),
                            Figure.Axis.of("row"),
                            IntStream.range(0, size)
                                    .mapToObj(i -> "" + (char) ('a' + i))
                                    .toList(),
                            IntStream.rangeClosed(1, size)
                                    .mapToObj(String::valueOf)
                                    .toList(),
                            values,
                            "nats"));
        }
    }
}
