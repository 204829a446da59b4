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
    private record Measured(
            double illegal,
            double planted,
            ProbeTrial linear,
            ProbeTrial mlp,
            ProbeTrial untrained,
            double commonest,
            List<Double> layers,
            double[] unchanged,
            double[] edited,
            double[] random,
            List<Reachable.Answer> reachable,
            Figure saliency) {

        /// Mean over the boards of which one thing is known.
        double of(double[] errors, Reachable.Answer answer) {
            return IntStream.range(0, errors.length)
                    .filter(i -> reachable.get(i) == answer)
                    .mapToDouble(i -> errors[i])
                    .average()
                    .orElse(Double.NaN);
        }

        long count(Reachable.Answer answer) {
            return reachable.stream().filter(answer::equals).count();
        }

        double gain() {
            return Readings.mean(unchanged) - Readings.mean(edited);
        }

        /// Two standard errors below the mean of what edits gain, case by case.
        double leastGain() {
            double mean = gain();
            double squares = 0;
            for (int i = 0; i < edited.length; i++) {
                squares += Math.pow(unchanged[i] - edited[i] - mean, 2);
            }
            return mean - 1.96 * Math.sqrt(squares / edited.length / (edited.length - 1));
        }
    }

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
                        each(all, Measured::leastGain))
                .against(
                        "random directions of equal length: wrong moves saved",
                        Goal.atMost(0),
                        each(all, one -> Readings.mean(one.unchanged) - Readings.mean(one.random))));
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
        Figure edits = new Figure(
                "Moves that are wrong on a board with one disc turned",
                "Mean over boards: moves taken for legal that are not, and the other way round.",
                new Figure.Bars(
                        Figure.Axis.of("wrong moves"),
                        List.of("unchanged", "random direction", "edited through the probe"),
                        List.of(
                                Readings.mean(first.unchanged),
                                Readings.mean(first.random),
                                Readings.mean(first.edited))));
        Figure apart = new Figure(
                "Wrong moves where legal play leads to the changed board, and where it does not",
                "Mean over boards; those whose games were not searched to the end are left out.",
                new Figure.Bars(
                        Figure.Axis.of("wrong moves"),
                        List.of("natural, unchanged", "natural, edited", "unnatural, unchanged", "unnatural, edited"),
                        List.of(
                                first.of(first.unchanged, Reachable.Answer.NATURAL),
                                first.of(first.edited, Reachable.Answer.NATURAL),
                                first.of(first.unchanged, Reachable.Answer.UNNATURAL),
                                first.of(first.edited, Reachable.Answer.UNNATURAL))));
        return new Findings(
                bars,
                List.of(accuracies, edits, apart, first.saliency),
                List.of(
                        "One model (3 layers, width 96, 384,000 games) comes with Cutaway, and seeds are of probes,"
                                + " games and edits; --full trains one for each seed (15 minutes each)."
                                + " The long training that strong edits would need was not made, so the paper's size of"
                                + " edits is no bar here.",
                        "Wrong moves: unchanged " + rounded(Readings.mean(first.unchanged)) + ", edited "
                                + rounded(Readings.mean(first.edited)) + ", random "
                                + rounded(Readings.mean(first.random)) + " (first seed).",
                        "Of them, on boards that legal play leads to: " + apart(first, Reachable.Answer.NATURAL)
                                + "; on boards that it does not: " + apart(first, Reachable.Answer.UNNATURAL)
                                + "; undecided after " + BoardEdits.MOST + " boards of search: "
                                + apart(first, Reachable.Answer.UNDECIDED) + ".",
                        "MLP probes by layer: "
                                + first.layers.stream()
                                        .map(accuracy -> String.format(Locale.ROOT, "%.3f", accuracy))
                                        .collect(Collectors.joining(", "))
                                + "; the commonest class of each square after each move: "
                                + String.format(Locale.ROOT, "%.3f", first.commonest) + "."));
    }

    private static String apart(Measured one, Reachable.Answer answer) {
        return one.count(answer) == 0
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "unchanged %.2f, edited %.2f, random %.2f (%d)",
                        one.of(one.unchanged, answer),
                        one.of(one.edited, answer),
                        one.of(one.random, answer),
                        one.count(answer));
    }

    private static String rounded(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    private static double[] each(List<Measured> all, ToDoubleFunction<Measured> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    private static Measured measure(StudyRun run, long seed) {
        try (OthelloModel model = OthelloModel.open(run, seed)) {
            Readings readings = Readings.of(run, model, seed);
            int layer = readings.layer();
            List<Probe> probes = readings.probes(Games.View.ABSOLUTE, Kind.MLP);
            try {
                BoardEdits edits = new BoardEdits(
                        model,
                        new Games(OthelloModel.TASK, 2 * run.count("edits"), seed, "edited games"),
                        BoardEdits.Kind.TURNED,
                        run.count("edits"),
                        seed);
                int from = run.count("edit-from");
                StateChange change = edits.through(probes, Games.View.ABSOLUTE, ProbeEdit.USUAL);
                return new Measured(
                        readings.illegal(),
                        readings.planted(),
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.LOGISTIC),
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.MLP),
                        readings.trial(false, layer, Games.View.ABSOLUTE, Kind.MLP),
                        readings.commonest(Games.View.ABSOLUTE),
                        readings.accuracies(probes, Games.View.ABSOLUTE),
                        edits.errors(from, StateChange.NONE),
                        edits.errors(from, change),
                        edits.errors(from, StateChange.randomLike(change, seed)),
                        edits.reachable(),
                        saliency(model, probes, from, seed));
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
                            + rounded(random) + " nats on average.",
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
