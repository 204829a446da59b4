package cutaway.studies.toysuperposition;

import cutaway.features.dictionary.Geometry;
import cutaway.lab.task.Superposition;
import cutaway.studies.Bar;
import cutaway.studies.Card;
import cutaway.studies.Figure;
import cutaway.studies.Findings;
import cutaway.studies.Goal;
import cutaway.studies.Parameter;
import cutaway.studies.Study;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;

/// Features that are rarely there share dimensions: what toys learn, beside theory, PCA and random directions.
public final class ToySuperposition implements Study {

    private static final List<Double> DENSITIES = List.of(1.0, 0.3, 0.1, 0.03, 0.01);
    private static final int DENSE = 0;
    private static final int SPARSE = 3;
    private static final double LONG = 0.9;
    private static final double[] POLYTOPES = {1, 3.0 / 4, 2.0 / 3, 1.0 / 2, 2.0 / 5, 3.0 / 8};
    private static final double CLOSE = 0.03;

    @Override
    public Card card() {
        return new Card(
                "toy-superposition",
                "Toy Models of Superposition",
                2022,
                "arXiv:2209.10652",
                "Models store more features than they have dimensions where the features are sparse; how is decided by"
                    + " a phase change, the directions form uniform polytopes, and such models are easier to attack.",
                "Toys y = ReLU(W^T W x + b) at several sparsities, all seeds and settings stacked into one tensor: 5"
                        + " features in 2 dimensions, many in a few, and 2 in 1 over a grid of importance and sparsity"
                        + " against the closed forms.");
    }

    @Override
    public int seeds() {
        return 5;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("steps", "of training the small toys", 4000, 10_000, 20_000),
                Parameter.of("wide-steps", "of training the wide toy", 600, 6000, 10_000),
                Parameter.of("features", "of the wide toy", 100, 400, 400),
                Parameter.of("dimensions", "of the wide toy", 10, 30, 30),
                Parameter.of("cells", "of a side of the grid of phases", 6, 9, 11));
    }

    @Override
    public Findings run(StudyRun run) {
        List<Bar> bars = new ArrayList<>();
        List<Figure> figures = new ArrayList<>();
        small(run, bars, figures);
        phases(run, bars, figures);
        wide(run, bars, figures);
        return new Findings(
                bars,
                figures,
                List.of("A feature counts as stored where |W_i| > 0.9. Cells of the grid where two phases are within"
                        + " a tenth of each other count as borders and are left out."));
    }

    private static double[] each(StudyRun run, LongToDoubleFunction ofSeed) {
        return run.seeds().mapToDouble(ofSeed).toArray();
    }

    private static void small(StudyRun run, List<Bar> bars, List<Figure> figures) {
        Superposition task = new Superposition(5, DENSITIES, List.of(0.9));
        long steps = run.count("steps");
        try (Toy toy = Toy.train(run, "5 features in 2 dimensions", task, 2, false, steps);
                Toy linear = Toy.train(run, "linear toys", task, 2, true, steps)) {
            double pca = task.weights(0)[2] / 12 + task.weights(0)[3] / 12 + task.weights(0)[4] / 12;
            bars.add(Bar.instrument(
                    "loss of always dense features, of what PCA leaves",
                    Goal.between(0.98, 1.02),
                    each(run, seed -> toy.loss(seed, DENSE) / pca)));
            bars.add(Bar.claim(
                    "features stored where all are dense",
                    "2",
                    Goal.between(2, 2),
                    each(run, seed -> toy.geometry(seed, DENSE).longerThan(LONG))));
            bars.add(Bar.claim(
                            "features stored at a density of 0.03",
                            "5",
                            Goal.atLeast(3),
                            each(run, seed -> toy.geometry(seed, SPARSE).longerThan(LONG)))
                    .against(
                            "most at any density, without the ReLU",
                            Goal.atMost(2),
                            each(
                                    run,
                                    seed -> IntStream.range(0, DENSITIES.size())
                                            .map(density -> linear.geometry(seed, density)
                                                    .longerThan(LONG))
                                            .max()
                                            .orElse(0))));
            double[] x = DENSITIES.stream().mapToDouble(Double::doubleValue).toArray();
            LongFunction<double[]> stored = seed -> IntStream.range(0, x.length)
                    .mapToDouble(density -> toy.geometry(seed, density).longerThan(LONG))
                    .toArray();
            figures.add(new Figure(
                    "Features stored in two dimensions",
                    "Of five, by the share of inputs that a feature is in: the dashed line is what PCA can store.",
                    new Figure.Curves(
                            Figure.Axis.log("density"),
                            Figure.Axis.of("features"),
                            List.of(
                                    Figure.Series.line("with a ReLU", x, stored.apply(0)),
                                    Figure.Series.reference(
                                            "dimensions", new double[] {0.01, 1}, new double[] {2, 2})))));
        }
    }

    private static void phases(StudyRun run, List<Bar> bars, List<Figure> figures) {
        int cells = run.count("cells");
        List<Double> densities = logarithmic(0.01, 1, cells);
        List<Double> importances = logarithmic(0.1, 10, cells);
        Superposition task = new Superposition(2, densities, importances);
        try (Toy toy = Toy.train(run, "2 features in 1 dimension", task, 1, false, run.count("steps"))) {
            bars.add(Bar.claim(
                            "cells of the phase diagram as theory has them, off the borders",
                            "a phase change",
                            Goal.atLeast(0.85),
                            each(run, seed -> agreement(toy, seed, densities, importances)))
                    .against(
                            "where rows are taken for columns",
                            Goal.atMost(0.7),
                            each(run, seed -> agreement(toy, seed, densities.reversed(), importances))));
            figures.add(new Figure(
                    "What two features in one dimension become",
                    "1: the first alone is stored; 2: the second alone; 3: both, opposite each other.",
                    new Figure.Grid(
                            Figure.Axis.of("importance of the second"),
                            Figure.Axis.of("density"),
                            words(importances),
                            words(densities.reversed()),
                            IntStream.range(0, cells)
                                    .mapToObj(row -> IntStream.range(0, cells)
                                            .mapToObj(column -> 1.0
                                                    + Phases.of(toy.geometry(0, (cells - 1 - row) * cells + column))
                                                            .ordinal())
                                            .toList())
                                    .toList(),
                            "phase")));
        }
    }

    private static double agreement(Toy toy, long seed, List<Double> densities, List<Double> importances) {
        int right = 0;
        int all = 0;
        for (int row = 0; row < densities.size(); row++) {
            for (int column = 0; column < importances.size(); column++) {
                double density = densities.get(row);
                double importance = importances.get(column);
                if (!Phases.isBorder(density, importance, 0.1)) {
                    all++;
                    right += Phases.of(toy.geometry(seed, row * importances.size() + column))
                                    == Phases.best(density, importance)
                            ? 1
                            : 0;
                }
            }
        }
        return (double) right / all;
    }

    private static void wide(StudyRun run, List<Bar> bars, List<Figure> figures) {
        Superposition task = new Superposition(run.count("features"), DENSITIES, List.of(1.0));
        int dimensions = run.count("dimensions");
        try (Toy toy = Toy.train(run, "the wide toy", task, dimensions, false, run.count("wide-steps"))) {
            bars.add(Bar.claim(
                    "dimensionalities at a polytope's, of those of random directions (ratio of shares)",
                    "sticky fractions",
                    Goal.atLeast(2),
                    each(run, seed -> atPolytopes(toy, seed) / Math.max(1e-9, random(toy, seed)))));
            bars.add(Bar.claim(
                    "what an attack adds to the error, superposed over dense (ratio)",
                    "> 3",
                    Goal.atLeast(2),
                    each(
                            run,
                            seed -> toy.vulnerability(seed, SPARSE, 0.03, 0.1)
                                    / toy.vulnerability(seed, DENSE, 0.03, 0.1))));
            double[] x = IntStream.range(0, DENSITIES.size())
                    .flatMap(density -> IntStream.range(0, task.features()).map(_ -> density))
                    .mapToDouble(DENSITIES::get)
                    .toArray();
            double[] y = IntStream.range(0, DENSITIES.size())
                    .boxed()
                    .flatMapToDouble(
                            density -> Arrays.stream(toy.geometry(0, density).dimensionality()))
                    .toArray();
            figures.add(new Figure(
                    "Dimensions that a feature has to itself",
                    "Each feature of the wide toy: 1/2 is a pair of opposites, 2/3 a triangle, 2/5 a pentagon, 3/4 a"
                            + " tetrahedron.",
                    new Figure.Curves(
                            Figure.Axis.log("density"),
                            Figure.Axis.of("dimensionality"),
                            List.of(
                                    Figure.Series.points("features", x, y),
                                    line(1.0 / 2),
                                    line(2.0 / 3),
                                    line(2.0 / 5)))));
        }
    }

    private static Figure.Series line(double dimensionality) {
        return Figure.Series.reference(
                String.format(Locale.ROOT, "%.2f", dimensionality),
                new double[] {0.01, 1},
                new double[] {dimensionality, dimensionality});
    }

    /// The share of stored features, at all sparsities but the densest, whose dimensionality is that of a polytope.
    private static double atPolytopes(Toy toy, long seed) {
        return IntStream.range(1, DENSITIES.size())
                .mapToDouble(density -> close(toy.geometry(seed, density)))
                .average()
                .orElse(Double.NaN);
    }

    /// The same of random directions with the same norms.
    private static double random(Toy toy, long seed) {
        return IntStream.range(1, DENSITIES.size())
                .mapToDouble(density -> {
                    try (Scope _ = Scope.open()) {
                        Tensor rows = toy.directions(seed, density);
                        Tensor drawn = new Random(seed + 17).normal(rows.shape().dims());
                        Tensor sizes = rows.norms(1).over(drawn.norms(1)).unsqueeze(1);
                        return close(Geometry.of(drawn.times(sizes)));
                    }
                })
                .average()
                .orElse(Double.NaN);
    }

    private static double close(Geometry geometry) {
        int[] stored = IntStream.range(0, geometry.norms().length)
                .filter(i -> geometry.norms()[i] > 0.5)
                .toArray();
        long close = Arrays.stream(stored)
                .filter(i -> Arrays.stream(POLYTOPES)
                        .anyMatch(polytope -> Math.abs(geometry.dimensionality()[i] - polytope) <= CLOSE))
                .count();
        return stored.length == 0 ? 0 : (double) close / stored.length;
    }

    private static List<Double> logarithmic(double from, double to, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> from * Math.pow(to / from, (double) i / (count - 1)))
                .toList();
    }

    private static List<String> words(List<Double> values) {
        return values.stream()
                .map(value -> String.format(Locale.ROOT, "%.2g", value))
                .toList();
    }
}
