package cutaway.studies.iclrgraphs;

import cutaway.interp.geometry.Breakpoint;
import cutaway.interp.geometry.Graph;
import cutaway.interp.geometry.GraphMatch;
import cutaway.lab.context.ContextGeometry;
import cutaway.lab.context.ContextGeometry.Half;
import cutaway.lab.context.WordGraph;
import cutaway.model.Model;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Walks on graphs of words, and whether a language model's states become these graphs as the context grows.
public final class IclrGraphs implements Study {

    private static final List<String> GRAPHS = List.of("grid:3x3", "grid:4x4", "ring:10");
    private static final String[] WEEKDAYS = {
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"
    };
    private static final List<Integer> LENGTHS = List.of(50, 100, 200, 400, 600, 800, 1200, 1600);
    private static final int SHORT = 50;
    private static final int WINDOW = 100;
    private static final int STEPS = 3;

    /// A graph of one seed with the layer that half of its walks chose: that of the least energy at the end.
    private record Traced(ContextGeometry geometry, int layer) {

        static Traced of(ContextGeometry geometry) {
            int length = geometry.settings().lengths().getLast();
            Graph graph = geometry.words().graph();
            int layer = geometry.settings().layers().stream()
                    .reduce((a, b) -> geometry.energy(b, length, Half.FIRST, graph)
                                    < geometry.energy(a, length, Half.FIRST, graph)
                            ? b
                            : a)
                    .orElseThrow();
            return new Traced(geometry, layer);
        }

        int length() {
            return geometry.settings().lengths().getLast();
        }

        ContextGeometry.Row row(int length) {
            return geometry.row(layer, length, Half.SECOND);
        }

        double shuffledSpearman() {
            return Scope.free(() -> GraphMatch.of(
                            geometry.shuffledStates(layer, length(), Half.SECOND)
                                    .means(),
                            geometry.words().graph())
                    .spearman());
        }
    }

    /// One seed.
    ///
    /// @param graphs of words that have nothing to do with each other
    /// @param weekdays empty where they are left out
    private record Measured(List<Traced> graphs, List<Traced> weekdays) {

        double mean(ToDoubleFunction<Traced> of) {
            return graphs.stream().mapToDouble(of).average().orElse(Double.NaN);
        }

        /// Energy on the ring that the context walks on, less that on the ring of the week, each over chance.
        double weekdaysLead() {
            Traced traced = weekdays.getFirst();
            Graph week = Graph.ring(WEEKDAYS.length, 1);
            return traced.row(traced.length()).energy()
                    - traced.geometry.energy(traced.layer, traced.length(), Half.SECOND, week);
        }
    }

    @Override
    public Card card() {
        return new Card(
                "iclr-graphs",
                "ICLR: In-Context Learning of Representations",
                2024,
                "arXiv:2501.00070",
                "With enough context that walks on a graph of words, a model's states of these words go over from what"
                        + " was learned in training to the graph; words that belong together keep their own order.",
                "Walks on grids and a ring of unrelated words, and on a ring of weekdays out of order, are run through"
                        + " the default model. Energy of the words' mean states over that of permuted words, with the"
                        + " echo of the word before taken out, by length of context.");
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("graphs", "of " + String.join(", ", GRAPHS) + ", then the ring of weekdays", 1, 4, 4)
                        .atMost(GRAPHS.size() + 1),
                Parameter.of("walks", "on each, run twice", 2, 4, 20),
                Parameter.of("words", "of context", 400, 800, 1600),
                Parameter.of("every", "how many layers one is read of", 6, 3, 1));
    }

    @Override
    public Findings run(StudyRun run) {
        List<double[]> planted = run.each("planted walks", seed -> new double[] {
            PlantedWalks.energy(PlantedWalks.Truth.GRAPH, true, seed),
            PlantedWalks.energy(PlantedWalks.Truth.WORDS, true, seed),
            PlantedWalks.energy(PlantedWalks.Truth.ECHO, true, seed),
            PlantedWalks.energy(PlantedWalks.Truth.ECHO, false, seed)
        });
        List<Measured> all = run.each("walks", seed -> measure(run, seed));
        String end = run.count("words") + " words";
        List<Bar> bars = new ArrayList<>(List.of(
                Bar.instrument(
                                "energy of a planted graph, its echo taken out, over permuted",
                                Goal.atMost(0.3),
                                each(planted, one -> one[0]))
                        .against("words without a graph", Goal.atLeast(0.9), each(planted, one -> one[1])),
                Bar.instrument(
                                "energy of a planted echo once it is taken out",
                                Goal.atLeast(0.9),
                                each(planted, one -> one[2]))
                        .against("left in", Goal.atMost(0.85), each(planted, one -> one[3])),
                Bar.claim(
                                "energy at " + end + ", over permuted",
                                "falls",
                                Goal.atMost(0.7),
                                each(
                                        all,
                                        one -> one.mean(
                                                it -> it.row(it.length()).energy())))
                        .against(
                                "walks out of order",
                                each(
                                        all,
                                        one -> one.mean(
                                                it -> it.row(it.length()).shuffled()))),
                Bar.claim(
                        "the same, the echo of the word before taken out",
                        "-",
                        Goal.atMost(0.7),
                        each(all, one -> one.mean(it -> it.row(it.length()).withoutEcho()))),
                Bar.claim(
                        "energy at " + SHORT + " words, over permuted",
                        "near 1",
                        Goal.atLeast(0.95),
                        each(all, one -> one.mean(it -> it.row(SHORT).energy()))),
                Bar.claim(
                                "probability of a neighbour next, at " + end,
                                "rises",
                                Goal.atLeast(0.8),
                                each(all, one -> one.mean(it -> it.geometry.neighbourMass(it.length()))))
                        .against(
                                "walks out of order",
                                each(all, one -> one.mean(it -> it.geometry.shuffledMass(it.length())))),
                Bar.claim(
                                "steps on the graph with distances in two components (Spearman)",
                                "a picture of it",
                                Goal.atLeast(0.5),
                                each(
                                        all,
                                        one -> one.mean(
                                                it -> it.row(it.length()).spearman())))
                        .against("walks out of order", each(all, one -> one.mean(Traced::shuffledSpearman)))));
        if (!all.getFirst().weekdays.isEmpty()) {
            bars.add(Bar.claim(
                    "weekdays: energy on the context's ring less that on the week's",
                    "the week stays",
                    Goal.atLeast(0),
                    each(all, Measured::weekdaysLead)));
        }
        return new Findings(bars, figures(all.getFirst()), notes(all));
    }

    private static <T> double[] each(List<T> all, ToDoubleFunction<T> read) {
        return all.stream().mapToDouble(read).toArray();
    }

    private static Measured measure(StudyRun run, long seed) {
        Model model = run.model();
        int count = run.count("graphs");
        List<Traced> graphs = GRAPHS.stream()
                .limit(count)
                .map(name -> traced(run, WordGraph.parse(name, List.of(), model.tokenizer(), seed), seed))
                .toList();
        if (count <= GRAPHS.size()) {
            return new Measured(graphs, List.of());
        }
        WordGraph week = WordGraph.of("weekdays", Graph.ring(WEEKDAYS.length, 2), List.of(WEEKDAYS), model.tokenizer());
        return new Measured(graphs, List.of(traced(run, week, seed)));
    }

    private static Traced traced(StudyRun run, WordGraph words, long seed) {
        Model model = run.model();
        int most = run.count("words");
        int layers = model.sizes().layers();
        int every = run.count("every");
        ContextGeometry.Settings settings = new ContextGeometry.Settings(
                run.count("walks"),
                Stream.concat(LENGTHS.stream().filter(length -> length < most), Stream.of(most))
                        .toList(),
                IntStream.range(0, layers)
                        .filter(layer -> (layers - 1 - layer) % every == 0)
                        .boxed()
                        .toList(),
                WINDOW,
                STEPS,
                seed);
        return Traced.of(ContextGeometry.of(
                model, words, settings, done -> run.progress("walks on " + words.name() + ", seed " + seed, done)));
    }

    private static List<Figure> figures(Measured first) {
        List<Figure.Series> byLength = new ArrayList<>();
        List<Figure.Series> byLayer = new ArrayList<>();
        List<Figure.Series> mass = new ArrayList<>();
        Stream.concat(first.graphs.stream(), first.weekdays.stream()).forEach(traced -> {
            List<Integer> lengths = traced.geometry.settings().lengths();
            List<Integer> layers = traced.geometry.settings().layers();
            String name = traced.geometry.words().name();
            byLength.add(Figure.Series.line(
                    name,
                    numbers(lengths),
                    each(lengths, length -> traced.row(length).energy())));
            byLayer.add(Figure.Series.line(
                    name,
                    numbers(layers),
                    each(
                            layers,
                            layer -> traced.geometry
                                    .row(layer, traced.length(), Half.BOTH)
                                    .energy())));
            mass.add(Figure.Series.line(
                    name, numbers(lengths), each(lengths, length -> traced.geometry.neighbourMass(length))));
        });
        Traced one = first.graphs.getFirst();
        List<Integer> lengths = one.geometry.settings().lengths();
        double[] x = numbers(lengths);
        byLength.add(Figure.Series.line(
                one.geometry.words().name() + ", no echo",
                x,
                each(lengths, length -> one.row(length).withoutEcho())));
        byLength.add(Figure.Series.reference(
                one.geometry.words().name() + ", out of order",
                x,
                each(lengths, length -> one.row(length).shuffled())));
        return List.of(
                new Figure(
                        "Energy as the context grows",
                        "Over that of permuted words, so that 1 is chance: at the layer that one half of the walks"
                                + " chose, on the other half. The first seed.",
                        new Figure.Curves(
                                Figure.Axis.log("words of context"), Figure.Axis.of("energy / permuted"), byLength)),
                new Figure(
                        "Energy by layer, at the end",
                        "All walks of the first seed.",
                        new Figure.Curves(Figure.Axis.of("layer"), Figure.Axis.of("energy / permuted"), byLayer)),
                new Figure(
                        "Probability of the neighbours",
                        "All together, of the next word, over the last 20 words of a context.",
                        new Figure.Curves(Figure.Axis.log("words of context"), Figure.Axis.of("probability"), mass)),
                picture(one, 0, "first"),
                picture(one, 1, "second"));
    }

    /// A line a word.
    private static Figure picture(Traced traced, int axis, String name) {
        List<ContextGeometry.Picture> pictures = traced.geometry.pictures(traced.layer, Half.BOTH);
        List<String> words = traced.geometry.words().words();
        return new Figure(
                "Where words stand in the " + name + " component",
                "The mean states of the words of " + traced.geometry.words().name() + ", node by node, at layer "
                        + traced.layer + ", over all walks of the first seed; the component is that of the longest"
                        + " context. A picture proves nothing: the bars are what counts.",
                new Figure.Curves(
                        Figure.Axis.log("words of context"),
                        Figure.Axis.of(name + " component"),
                        IntStream.range(0, words.size())
                                .mapToObj(word -> place(words.get(word), pictures, word, axis))
                                .toList()));
    }

    /// At each length at which walks stood on the word.
    private static Figure.Series place(String name, List<ContextGeometry.Picture> pictures, int word, int axis) {
        List<ContextGeometry.Picture> there = pictures.stream()
                .filter(picture -> !picture.places().get(word).isEmpty())
                .toList();
        return Figure.Series.line(
                name,
                each(there, ContextGeometry.Picture::length),
                each(there, picture -> picture.places().get(word).get(axis)));
    }

    private static double[] numbers(List<Integer> values) {
        return values.stream().mapToDouble(Integer::doubleValue).toArray();
    }

    private static List<String> notes(List<Measured> all) {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < all.getFirst().graphs.size(); i++) {
            int graph = i;
            List<Traced> seeds = all.stream().map(one -> one.graphs.get(graph)).toList();
            notes.add(seeds.getFirst().geometry.words().name() + ", by seed: layer "
                    + seeds.stream().map(it -> Integer.toString(it.layer)).collect(Collectors.joining(", "))
                    + "; energy " + join(seeds, it -> it.row(it.length()).energy()) + "; without the echo of "
                    + STEPS + " words "
                    + join(seeds, it -> it.geometry.withoutEcho(it.layer, it.length(), Half.SECOND, STEPS))
                    + "; smaller angle of two components to the two smoothest functions "
                    + join(seeds, IclrGraphs::angle) + " degrees" + bend(seeds) + ".");
        }
        notes.add(
                "Layers are chosen by the energy of one half of the walks, and all else is of the other half. Words are"
                        + " separated by spaces alone, as in the paper.");
        return notes;
    }

    private static double angle(Traced traced) {
        return Scope.free(() -> Math.toDegrees(GraphMatch.of(
                        traced.geometry
                                .states(traced.layer, traced.length(), Half.SECOND)
                                .means(),
                        traced.geometry.words().graph())
                .angles()[0]));
    }

    private static String bend(List<Traced> seeds) {
        List<Integer> lengths = seeds.getFirst().geometry.settings().lengths();
        if (lengths.size() < 5) {
            return "";
        }
        double[] x = lengths.stream().mapToDouble(Math::log).toArray();
        return "; a line over log words bends at "
                + join(
                        seeds,
                        it -> Math.exp(Breakpoint.of(
                                        x,
                                        each(lengths, length -> it.row(length).energy()))
                                .at()))
                + " words";
    }

    private static String join(List<Traced> all, ToDoubleFunction<Traced> read) {
        return all.stream()
                .map(one -> String.format(Locale.ROOT, "%.3g", read.applyAsDouble(one)))
                .collect(Collectors.joining(", "));
    }
}
