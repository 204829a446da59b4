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
                        + " player to move, beside a model that was not trained; then x + a |x| (p_wanted - p_there),"
                        + " with a chosen on other boards, beside random directions of equal length.");
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
            double scale,
            double unchanged,
            double edited,
            double random) {
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
                        "wrong moves after adding a vector, of those without",
                        "0.04 (2.68 falls to 0.10)",
                        Goal.atMost(0.5),
                        each(all, one -> one.edited / one.unchanged))
                .against(
                        "random directions of equal length",
                        Goal.atLeast(0.9),
                        each(all, one -> one.random / one.unchanged)));
        Measured first = all.getFirst();
        double[] layers =
                IntStream.rangeClosed(1, first.relative.size()).asDoubleStream().toArray();
        Figure byLayer = new Figure(
                "Squares that linear probes read rightly",
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
                                flat("colours as they are", layers, first.absolute.accuracy()),
                                flat("untrained model", layers, first.untrained.accuracy()),
                                flat("commonest class", layers, first.bar().majority()))));
        Figure edits = new Figure(
                "Moves that are wrong on a board with one disc turned",
                "Mean over boards.",
                new Figure.Bars(
                        Figure.Axis.of("wrong moves"),
                        List.of("unchanged", "random direction", "vector added"),
                        List.of(first.unchanged, first.random, first.edited)));
        return new Findings(
                bars,
                List.of(byLayer, edits),
                List.of(
                        "One model (3 layers, width 96, 384,000 games) comes with Cutaway, and seeds are of probes,"
                            + " games and edits; --full trains one for each seed. The bar of edits is the paper's, for"
                            + " a model with far fewer illegal moves than this one: weak edits are what a small model"
                            + " was expected to show.",
                        String.format(
                                Locale.ROOT,
                                "Wrong moves (first seed): unchanged %.2f, vector added %.2f (a = %s, chosen on other"
                                        + " boards), random %.2f.",
                                first.unchanged,
                                first.edited,
                                first.scale,
                                first.random)));
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
            try {
                int count = run.count("edits");
                int from = run.count("edit-from");
                BoardEdits chosenOn = edits(model, Math.max(30, count / 4), seed, "boards to choose on");
                double scale = SCALES.stream()
                        .min(Comparator.comparingDouble(a ->
                                Readings.mean(chosenOn.errors(from, chosenOn.along(probes, Games.View.RELATIVE, a)))))
                        .orElseThrow();
                BoardEdits edits = edits(model, count, seed, "edited games");
                BoardEdits.Change change = edits.along(probes, Games.View.RELATIVE, scale);
                return new Measured(
                        readings.planted(),
                        relative,
                        readings.trial(true, layer, Games.View.ABSOLUTE, Kind.LOGISTIC),
                        readings.trial(false, layer, Games.View.RELATIVE, Kind.LOGISTIC),
                        layer,
                        scale,
                        Readings.mean(edits.errors(from, BoardEdits.nothing())),
                        Readings.mean(edits.errors(from, change)),
                        Readings.mean(edits.errors(from, edits.randomLike(change, seed))));
            } finally {
                probes.forEach(Probe::close);
            }
        }
    }

    private static BoardEdits edits(OthelloModel model, int count, long seed, String purpose) {
        return new BoardEdits(model, new Games(OthelloModel.TASK, 2 * count, seed, purpose), count, seed);
    }
}
