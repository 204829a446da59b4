package cutaway.studies.othello;

import cutaway.interp.probe.Probe;
import cutaway.interp.probe.ProbeSettings.Kind;
import cutaway.interp.probe.ProbeTrial;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.studies.othello.OthelloModel.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The board is linear in the model's state once squares are called mine and theirs.
public final class OthelloLinear implements Study {

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

    private record Measured(
            double planted,
            List<ProbeTrial> relative,
            ProbeTrial absolute,
            ProbeTrial untrained,
            int layer,
            double commonest,
            List<Double> mlp,
            Edits edits,
            LayersAndHeads inside,
            AfterLong afterLong) {

        ProbeTrial bar() {
            return relative.get(layer);
        }
    }

    /// Wrong moves where a disc is turned along linear probes, where one is taken away so, and where one is turned
    /// through MLP probes, on the boards of `turned`.
    private record Edits(VectorEdits turned, VectorEdits erased, double throughMlp) {

        String words() {
            return String.format(
                    Locale.ROOT,
                    "%s, through MLP probes of mine and theirs %.2f; with a disc erased: %s",
                    turned.words(),
                    throughMlp,
                    erased.words());
        }
    }

    /// Of the model that was trained for long, what bars ask for.
    ///
    /// @param accuracy as mine and theirs
    private record AfterLong(double illegal, double accuracy, Edits edits) {}

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
                "long training: accuracy as mine and theirs",
                "about 0.99",
                Goal.atLeast(0.95),
                each(all, one -> one.afterLong.accuracy)));
        bars.add(left(all, "after adding a vector", "0.04 (2.68 falls to 0.10)", Edits::turned));
        bars.add(Bar.claim(
                        "long training: wrong moves after adding a vector, of those after editing through MLP probes",
                        "",
                        Goal.atMost(1.1),
                        each(all, one -> one.afterLong.edits.turned.edited() / one.afterLong.edits.throughMlp))
                .against(
                        "random directions of equal length",
                        Goal.atLeast(1.2),
                        each(all, one -> one.afterLong.edits.turned.random() / one.afterLong.edits.throughMlp)));
        bars.add(left(all, "after erasing a disc by a vector", "", Edits::erased));
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
        List<Figure> figures = new ArrayList<>(
                List.of(byLayer, figure("", first.edits), figure(", long training", first.afterLong.edits)));
        figures.addAll(first.inside.figures());
        List<String> notes = new ArrayList<>(List.of(
                "Two models come with Cutaway, and seeds are of probes, games and edits: one of 3 layers, width 96 and"
                        + " 384,000 games (--full trains one for each seed), and one of 4 layers, width 128 and 1.5"
                        + " million games, which bars of \"long training\" are of.",
                "Wrong moves (first seed): " + first.edits.words() + ".",
                String.format(
                        Locale.ROOT,
                        "After the long training (first seed), which leaves %.4f of likeliest moves illegal: %s.",
                        first.afterLong.illegal,
                        first.afterLong.edits.words())));
        notes.addAll(first.inside.notes());
        return new Findings(bars, figures, notes);
    }

    private static Bar left(List<Measured> all, String after, String paper, Function<Edits, VectorEdits> which) {
        return Bar.claim(
                        "long training: wrong moves " + after + ", of those without",
                        paper,
                        Goal.atMost(0.5),
                        each(all, one -> which.apply(one.afterLong.edits).left()))
                .against(
                        "random directions of equal length",
                        Goal.atLeast(0.9),
                        each(all, one -> which.apply(one.afterLong.edits).leftByRandom()));
    }

    private static Figure figure(String ofWhich, Edits edits) {
        return new Figure(
                "Moves that are wrong on a board with one disc turned" + ofWhich,
                "Mean over boards.",
                new Figure.Bars(
                        Figure.Axis.of("wrong moves"),
                        List.of("unchanged", "random direction", "vector added", "through MLP probes"),
                        List.of(
                                edits.turned.unchanged(),
                                edits.turned.random(),
                                edits.turned.edited(),
                                edits.throughMlp)));
    }

    private static Figure.Series flat(String name, double[] x, double y) {
        return Figure.Series.reference(
                name, x, IntStream.range(0, x.length).mapToDouble(_ -> y).toArray());
    }

    private static double[] each(List<Measured> all, ToDoubleFunction<Measured> of) {
        return all.stream().mapToDouble(of).toArray();
    }

    private static Measured measure(StudyRun run, long seed) {
        try (OthelloModel model = OthelloModel.open(run, Training.SHORT, seed)) {
            Readings readings = Readings.of(run, model, seed);
            int layer = readings.layer();
            List<ProbeTrial> relative = IntStream.range(0, model.layers())
                    .mapToObj(at -> readings.trial(true, at, Games.View.RELATIVE, Kind.LOGISTIC))
                    .toList();
            List<Probe> probes = readings.probes(Games.View.RELATIVE, Kind.LOGISTIC);
            List<Probe> mlp = readings.probes(Games.View.RELATIVE, Kind.MLP);
            try {
                return new Measured(
                        readings.planted(),
                        relative,
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.LOGISTIC),
                        readings.trial(false, layer, Games.View.RELATIVE, Kind.LOGISTIC),
                        layer,
                        readings.commonest(Games.View.RELATIVE),
                        readings.accuracies(mlp, Games.View.RELATIVE),
                        edits(run, model, probes, mlp, seed),
                        LayersAndHeads.of(readings, probes),
                        afterLong(run, seed));
            } finally {
                probes.forEach(Probe::close);
                mlp.forEach(Probe::close);
            }
        }
    }

    private static AfterLong afterLong(StudyRun run, long seed) {
        try (OthelloModel model = OthelloModel.open(run, Training.LONG, seed)) {
            Readings readings = Readings.of(run, model, seed);
            List<Probe> probes = readings.probes(Games.View.RELATIVE, Kind.LOGISTIC);
            List<Probe> mlp = readings.probes(Games.View.RELATIVE, Kind.MLP);
            try {
                return new AfterLong(
                        readings.illegal(),
                        readings.accuracies(probes, Games.View.RELATIVE).get(readings.layer()),
                        edits(run, model, probes, mlp, seed));
            } finally {
                probes.forEach(Probe::close);
                mlp.forEach(Probe::close);
            }
        }
    }

    private static Edits edits(StudyRun run, OthelloModel model, List<Probe> probes, List<Probe> mlp, long seed) {
        return new Edits(
                VectorEdits.of(run, model, probes, BoardEdits.Kind.TURNED, seed),
                VectorEdits.of(run, model, probes, BoardEdits.Kind.ERASED, seed),
                VectorEdits.throughMlp(run, model, mlp, seed));
    }
}
