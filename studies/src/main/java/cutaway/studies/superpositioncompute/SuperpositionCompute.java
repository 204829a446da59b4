package cutaway.studies.superpositioncompute;

import cutaway.lab.built.AndNetwork;
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
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// How many neurons compute how many ANDs: the construction built and measured, from 100 outputs to 6,400.
public final class SuperpositionCompute implements Study {

    private static final int FEWEST = 100;
    private static final double STEP = 1.1;
    static final double WRONG = 0.01;

    /// Outputs from which fewer neurons than outputs are to do.
    private static final int FROM = 400;

    /// What one seed needs.
    ///
    /// @param neurons for each number of outputs
    /// @param errors there, on inputs that did not choose the number
    /// @param ofInputs the same of codes that belong to inputs
    /// @param toRepresent neurons that hold the inputs, without computing anything
    private record Needed(double[] neurons, double[] errors, double[] ofInputs, double[] toRepresent) {}

    @Override
    public Card card() {
        return new Card(
                "superposition-compute",
                "On the Complexity of Neural Computation in Superposition",
                2024,
                "arXiv:2409.15318",
                "Computing m' outputs needs of the order of sqrt(m' log m') neurons, and pairwise ANDs are computed"
                        + " with sqrt(m') log m'; to hold the inputs alone, log m' are enough.",
                "The construction is built for m' ANDs of m' inputs that arrive compressed, two of them set. The"
                        + " fewest neurons with which fewer than 1 % of inputs have any output wrong are counted.");
    }

    @Override
    public int seeds() {
        return 5;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("most", "outputs; a slope is fitted from " + FROM + " on", 1600, 6400, 12_800)
                        .atLeast(2 * FROM),
                Parameter.of("trials", "inputs that an error is measured on", 400, 600, 2000),
                Parameter.of("steps", "of nets and dictionaries trained beside", 300, 1000, 3000));
    }

    @Override
    public Findings run(StudyRun run) {
        int[] outputs = IntStream.iterate(FEWEST, m -> m <= run.count("most"), m -> 2 * m)
                .toArray();
        List<Needed> all = run.each("building networks", seed -> needed(outputs, run.count("trials"), seed));
        String training = "training beside";
        List<Beside> beside = run.each(
                training,
                seed -> Beside.of(
                        FEWEST,
                        (int) all.get((int) seed).neurons[0],
                        run.count("steps"),
                        run.count("trials"),
                        seed,
                        done -> run.progress(training + ", seed " + seed, (seed + done) / run.seedCount())));
        double[] medians = IntStream.range(0, outputs.length)
                .mapToDouble(
                        i -> Bar.median(all.stream().map(one -> one.neurons[i]).toList()))
                .toArray();
        double[] ratios = IntStream.range(0, outputs.length)
                .mapToDouble(i -> medians[i] / (Math.sqrt(outputs[i]) * log2(outputs[i])))
                .toArray();
        double rise = IntStream.range(1, ratios.length)
                .mapToDouble(i -> ratios[i] / ratios[i - 1] - 1)
                .max()
                .orElse(Double.NaN);
        return new Findings(
                List.of(
                        Bar.instrument(
                                        "inputs with a wrong output, most of all sizes",
                                        Goal.atMost(0.03),
                                        each(all, one -> max(one.errors)))
                                .against(
                                        "least, with codes of inputs",
                                        Goal.atLeast(0.2),
                                        each(all, one -> min(one.ofInputs))),
                        Bar.claim(
                                "largest rise of neurons / (sqrt(m') log2 m'), of itself",
                                "none",
                                Goal.atMost(0),
                                rise),
                        Bar.claim(
                                "slope of log neurons over log m', from 400",
                                "0.5",
                                Goal.between(0.35, 0.65),
                                each(all, one -> slope(outputs, one.neurons))),
                        Bar.claim(
                                "neurons for each output, most from 400 on",
                                "< 1",
                                Goal.atMost(1),
                                each(all, one -> most(outputs, one.neurons))),
                        Bar.claim(
                                "neurons / sqrt(m' log2 m'), least",
                                "above the bound",
                                Goal.atLeast(1),
                                each(all, one -> least(outputs, one.neurons))),
                        Bar.claim(
                                "to represent alone: neurons at the most outputs, of those at 100",
                                "log m'",
                                Goal.atMost(2.5),
                                each(all, one -> one.toRepresent[outputs.length - 1] / one.toRepresent[0]))),
                List.of(
                        figure(outputs, all.getFirst()),
                        ratio(outputs, ratios),
                        Beside.trainedFigure(beside, FEWEST),
                        Beside.foundFigure(beside),
                        Beside.layersFigure(beside, FEWEST)),
                notes(beside, run.count("steps")));
    }

    private static List<String> notes(List<Beside> beside, int steps) {
        List<String> notes = new ArrayList<>(List.of(
                "Every input is in two ANDs, so that the paper's splitting of inputs that are in many has nothing to"
                        + " do, and is not built. Numbers of neurons are steps of a tenth.",
                "Two inputs are set, drawn otherwise than at random: every other draw is the pair of an AND, so that"
                        + " half have an AND that is true; at random one in (m' - 1) / 2 would, and an AND that is"
                        + " missed would hardly be seen."));
        notes.addAll(Beside.notes(beside, FEWEST, steps));
        return notes;
    }

    private interface OfNeeded {
        double read(Needed one);
    }

    private static double[] each(List<Needed> all, OfNeeded read) {
        return all.stream().mapToDouble(read::read).toArray();
    }

    private static double max(double[] values) {
        return Arrays.stream(values).max().orElse(Double.NaN);
    }

    private static double min(double[] values) {
        return Arrays.stream(values).min().orElse(Double.NaN);
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    private static Needed needed(int[] outputs, int trials, long seed) {
        double[] neurons = new double[outputs.length];
        double[] errors = new double[outputs.length];
        double[] ofInputs = new double[outputs.length];
        double[] toRepresent = new double[outputs.length];
        double from = 100;
        for (int i = 0; i < outputs.length; i++) {
            int m = outputs[i];
            from = fewest(from, n -> error(m, n, AndNetwork.Codes.OF_OUTPUTS, trials, seed));
            neurons[i] = from;
            errors[i] = error(m, (int) from, AndNetwork.Codes.OF_OUTPUTS, trials, seed + 1000);
            ofInputs[i] = error(m, (int) from, AndNetwork.Codes.OF_INPUTS, trials, seed);
            toRepresent[i] = fewest(20, n -> notHeld(m, n, trials, seed));
            from /= STEP * STEP; // more outputs never need much fewer
        }
        return new Needed(neurons, errors, ofInputs, toRepresent);
    }

    private interface ErrorOf {
        double at(int neurons);
    }

    /// The first number of neurons, in steps of a tenth, with an error below 1 %.
    private static double fewest(double from, ErrorOf error) {
        double n = from;
        while (error.at((int) n) >= WRONG) {
            n *= STEP;
        }
        return Math.floor(n);
    }

    private static double error(int m, int neurons, AndNetwork.Codes codes, int trials, long seed) {
        try (AndNetwork network = AndNetwork.of(m, neurons, codes, seed)) {
            return network.error(trials, new Random(seed + 7).generator());
        }
    }

    /// The share of inputs whose two set bits are not the two largest of `C^T C x`.
    private static double notHeld(int m, int neurons, int trials, long seed) {
        RandomGenerator random = new Random(seed + 13).generator();
        return Scope.free(() -> {
            Tensor compression = AndNetwork.signs(neurons, m, random);
            long[] first = random.ints(trials, 0, m / 2).asLongStream().toArray();
            long[] second = random.ints(trials, m / 2, m).asLongStream().toArray();
            Tensor columns = compression.transpose(0, 1).contiguous(); // [m, n]
            Tensor y = columns.gatherRows(0, Tensor.of(first, trials))
                    .plus(columns.gatherRows(0, Tensor.of(second, trials)));
            long[] found = y.matmul(compression).top(2).indices().toLongs();
            long wrong = IntStream.range(0, trials)
                    .filter(trial -> Math.min(found[2 * trial], found[2 * trial + 1]) != first[trial]
                            || Math.max(found[2 * trial], found[2 * trial + 1]) != second[trial])
                    .count();
            return (double) wrong / trials;
        });
    }

    /// Least squares.
    private static double slope(int[] outputs, double[] neurons) {
        int[] large = IntStream.range(0, outputs.length)
                .filter(i -> outputs[i] >= FROM)
                .toArray();
        double meanX = Arrays.stream(large)
                .mapToDouble(i -> Math.log(outputs[i]))
                .average()
                .orElse(Double.NaN);
        double meanY = Arrays.stream(large)
                .mapToDouble(i -> Math.log(neurons[i]))
                .average()
                .orElse(Double.NaN);
        double products = 0;
        double squares = 0;
        for (int i : large) {
            double x = Math.log(outputs[i]) - meanX;
            products += x * (Math.log(neurons[i]) - meanY);
            squares += x * x;
        }
        return products / squares;
    }

    private static double most(int[] outputs, double[] neurons) {
        return IntStream.range(0, outputs.length)
                .filter(i -> outputs[i] >= FROM)
                .mapToDouble(i -> neurons[i] / outputs[i])
                .max()
                .orElse(Double.NaN);
    }

    private static double least(int[] outputs, double[] neurons) {
        return IntStream.range(0, outputs.length)
                .mapToDouble(i -> neurons[i] / Math.sqrt(outputs[i] * log2(outputs[i])))
                .min()
                .orElse(Double.NaN);
    }

    private static Figure figure(int[] outputs, Needed one) {
        double[] x = Arrays.stream(outputs).asDoubleStream().toArray();
        List<Figure.Series> series = new ArrayList<>();
        series.add(Figure.Series.line("to compute", x, one.neurons));
        series.add(Figure.Series.line("to represent", x, one.toRepresent));
        series.add(Figure.Series.reference("one each", x, x));
        series.add(Figure.Series.reference(
                "sqrt(m' log m')",
                x,
                Arrays.stream(x).map(m -> Math.sqrt(m * log2(m))).toArray()));
        return new Figure(
                "Neurons that are needed",
                "The fewest with which fewer than 1 % of inputs have any output wrong; below the dashed bound no"
                        + " network does.",
                new Figure.Curves(Figure.Axis.log("outputs m'"), Figure.Axis.log("neurons"), series));
    }

    private static Figure ratio(int[] outputs, double[] ratios) {
        double[] x = Arrays.stream(outputs).asDoubleStream().toArray();
        return new Figure(
                "Against the order that the paper proves",
                "Neurons over sqrt(m') log2 m', the median over seeds: it should not rise.",
                new Figure.Curves(
                        Figure.Axis.log("outputs m'"),
                        Figure.Axis.of("neurons / (sqrt(m') log2 m')"),
                        List.of(Figure.Series.line("ratio", x, ratios))));
    }
}
