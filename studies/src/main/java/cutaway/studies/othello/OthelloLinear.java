package cutaway.studies.othello;

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
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The board is linear in the model's state once squares are called mine and theirs.
public final class OthelloLinear implements Study {

    private static final List<Double> SCALES = List.of(0.1, 0.25, 0.5, 1.0, 2.0);

    @Override
    public Card card() {
        return new Card(
                "othello-linear",
                "Emergent Linear Representations in World Models of Self-Supervised Sequence Models",
                2023,
                "arXiv:2309.00941",
                "Othello-GPT holds the board linearly, as mine and theirs from the view of who moves next; adding a"
                        + " vector turns a disc.",
                "Linear probes of the residual stream for each square, with colours as they are and as seen by the"
                    + " player to move, beside a model that was not trained; then x + a |x| (p_wanted - p_there), with"
                    + " a chosen on other boards, where a disc is turned and where one is erased, beside random"
                    + " directions of equal length and gradient steps through MLP probes. Also the layer that each"
                    + " square is read from, and the heads that keep the moves of the two players apart.");
    }

    @Override
    public List<Parameter> parameters() {
        return Readings.PARAMETERS;
    }

    /// Mean wrong moves where a disc is taken away.
    private record Erased(double scale, double unchanged, double edited, double random) {}

    private record Measured(
            double planted,
            List<ProbeTrial> relative,
            ProbeTrial absolute,
            ProbeTrial untrained,
            int layer,
            double scale,
            double commonest,
            List<Double> mlp,
            double unchanged,
            double edited,
            double random,
            double throughMlp,
            Erased erased,
            LayersAndHeads inside) {

        ProbeTrial bar() {
            return relative.get(layer);
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
                each(all, one -> one.bar().shuffled() - one.bar().majority())));
        bars.add(Bar.claim(
                "accuracy as mine and theirs, beyond colours as they are",
                "about 0.99 against 0.75",
                Goal.atLeast(0.08),
                each(all, one -> one.bar().accuracy() - one.absolute.accuracy())));
        bars.add(Bar.claim(
                "accuracy as mine and theirs, beyond a model without training",
                "",
                Goal.atLeast(0.12),
                each(all, one -> one.bar().accuracy() - one.untrained.accuracy())));
        bars.add(Bar.claim(
                "accuracy as mine and theirs, beyond the commonest class of each square after each move",
                "",
                Goal.atLeast(0),
                each(all, one -> one.bar().accuracy() - one.commonest)));
        bars.add(Bar.claim(
                        "wrong moves after adding a vector, of those without",
                        "0.04 (2.68 falls to 0.10)",
                        Goal.atMost(0.5),
                        each(all, one -> one.edited / one.unchanged))
                .against(
                        "random directions of equal length",
                        Goal.atLeast(0.9),
                        each(all, one -> one.random / one.unchanged)));
        bars.add(Bar.claim(
                "wrong moves after adding a vector, of those after editing through MLP probes",
                "",
                Goal.atMost(1.1),
                each(all, one -> one.edited / one.throughMlp)));
        bars.add(Bar.claim(
                        "wrong moves after erasing a disc by a vector, of those without",
                        "",
                        Goal.atMost(0.5),
                        each(all, one -> one.erased.edited / one.erased.unchanged))
                .against(
                        "random directions of equal length",
                        Goal.atLeast(0.9),
                        each(all, one -> one.erased.random / one.erased.unchanged)));
        Measured first = all.getFirst();
        double[] layers =
                IntStream.rangeClosed(1, first.relative.size()).asDoubleStream().toArray();
        Figure byLayer = new Figure(
                "Squares that probes read rightly",
                "On held-out games, by the block that the residual stream is read after.",
                new Figure.Curves(
                        Figure.Axis.of("block"),
                        Figure.Axis.of("accuracy"),
                        List.of(
                                Figure.Series.line(
                                        "mine and theirs",
                                        layers,
                                        first.relative.stream()
                                                .mapToDouble(ProbeTrial::accuracy)
                                                .toArray()),
                                Figure.Series.line(
                                        "mine and theirs, MLP",
                                        layers,
                                        first.mlp.stream()
                                                .mapToDouble(Double::doubleValue)
                                                .toArray()),
                                flat("colours as they are", layers, first.absolute.accuracy()),
                                flat("untrained model", layers, first.untrained.accuracy()),
                                flat("commonest class", layers, first.bar().majority()),
                                flat("commonest class after the move", layers, first.commonest))));
        Figure edits = new Figure(
                "Moves that are wrong on a board with one disc turned",
                "Mean over boards.",
                new Figure.Bars(
                        Figure.Axis.of("wrong moves"),
                        List.of("unchanged", "random direction", "vector added", "through MLP probes"),
                        List.of(first.unchanged, first.random, first.edited, first.throughMlp)));
        List<Figure> figures = new ArrayList<>(List.of(byLayer, edits));
        figures.addAll(first.inside.figures());
        List<String> notes = new ArrayList<>(List.of(
                "One model (3 layers, width 96, 384,000 games) comes with Cutaway, and seeds are of probes,"
                        + " games and edits; --full trains one for each seed. The bar of edits is the paper's, for"
                        + " a model with far fewer illegal moves than this one: weak edits are what a small model"
                        + " was expected to show.",
                String.format(
                        Locale.ROOT,
                        "Wrong moves (first seed): unchanged %.2f, vector added %.2f (a = %s, chosen on other"
                                + " boards), random %.2f, through MLP probes of mine and theirs %.2f. With a disc"
                                + " erased: unchanged %.2f, vector added %.2f (a = %s), random %.2f.",
                        first.unchanged,
                        first.edited,
                        first.scale,
                        first.random,
                        first.throughMlp,
                        first.erased.unchanged,
                        first.erased.edited,
                        first.erased.scale,
                        first.erased.random)));
        notes.addAll(first.inside.notes());
        return new Findings(bars, figures, notes);
    }

    private static Figure.Series flat(String name, double[] x, double y) {
        return Figure.Series.reference(
                name, x, IntStream.range(0, x.length).mapToDouble(_ -> y).toArray());
    }

    private static double[] each(List<Measured> all, ToDoubleFunction<Measured> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    private static Measured measure(StudyRun run, long seed) {
        try (OthelloModel model = OthelloModel.open(run, seed)) {
            Readings readings = Readings.of(run, model, seed);
            int layer = readings.layer();
            List<ProbeTrial> relative = IntStream.range(0, model.layers())
                    .mapToObj(at -> readings.trial(true, at, Games.View.RELATIVE, Kind.LOGISTIC))
                    .toList();
            List<Probe> probes = readings.probes(Games.View.RELATIVE, Kind.LOGISTIC);
            List<Probe> mlp = readings.probes(Games.View.RELATIVE, Kind.MLP);
            try {
                int from = run.count("edit-from");
                double scale = scale(run, model, probes, BoardEdits.Kind.TURNED, seed);
                BoardEdits edits = edits(model, BoardEdits.Kind.TURNED, run.count("edits"), seed, "edited games");
                StateChange change = edits.along(probes, Games.View.RELATIVE, scale);
                StateChange through = edits.through(mlp, Games.View.RELATIVE, ProbeEdit.USUAL);
                return new Measured(
                        readings.planted(),
                        relative,
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.LOGISTIC),
                        readings.trial(false, layer, Games.View.RELATIVE, Kind.LOGISTIC),
                        layer,
                        scale,
                        readings.commonest(Games.View.RELATIVE),
                        readings.accuracies(mlp, Games.View.RELATIVE),
                        Readings.mean(edits.errors(from, StateChange.NONE)),
                        Readings.mean(edits.errors(from, change)),
                        Readings.mean(edits.errors(from, StateChange.randomLike(change, seed))),
                        Readings.mean(edits.errors(from, through)),
                        erased(run, model, probes, seed),
                        LayersAndHeads.of(readings, probes));
            } finally {
                probes.forEach(Probe::close);
                mlp.forEach(Probe::close);
            }
        }
    }

    private static Erased erased(StudyRun run, OthelloModel model, List<Probe> probes, long seed) {
        int from = run.count("edit-from");
        double scale = scale(run, model, probes, BoardEdits.Kind.ERASED, seed);
        BoardEdits edits = edits(model, BoardEdits.Kind.ERASED, run.count("edits"), seed, "erased discs");
        StateChange change = edits.along(probes, Games.View.RELATIVE, scale);
        return new Erased(
                scale,
                Readings.mean(edits.errors(from, StateChange.NONE)),
                Readings.mean(edits.errors(from, change)),
                Readings.mean(edits.errors(from, StateChange.randomLike(change, seed))));
    }

    /// The best one on other boards.
    private static double scale(StudyRun run, OthelloModel model, List<Probe> probes, BoardEdits.Kind kind, long seed) {
        int count = Math.max(30, run.count("edits") / 4);
        BoardEdits chosenOn = edits(model, kind, count, seed, "boards to choose on");
        return SCALES.stream()
                .min(Comparator.comparingDouble(a -> Readings.mean(
                        chosenOn.errors(run.count("edit-from"), chosenOn.along(probes, Games.View.RELATIVE, a)))))
                .orElseThrow();
    }

    private static BoardEdits edits(OthelloModel model, BoardEdits.Kind kind, int count, long seed, String purpose) {
        return new BoardEdits(model, new Games(OthelloModel.TASK, 2 * count, seed, purpose), kind, count, seed);
    }
}
