package cutaway.studies.combinatorialinterp;

import cutaway.interp.codes.SignCodes;
import cutaway.lab.task.Clauses;
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
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Whether the clauses of a formula can be read from the signs of a net's weights, and edited there.
public final class CombinatorialInterp implements Study {

    private static final int VARIABLES = 32;
    private static final int CLAUSES = 8;
    private static final int WIDTH = 4;

    /// Of the widest nets, one neuron a variable.
    private static final int WIDEST = VARIABLES;

    /// Neurons of planted codes.
    private static final int PLANTED = 64;

    private static final double RIGHT = 0.95;

    private static final List<String> NOTES = List.of(
            "The paper's figures are not in its abstract, so that none is set beside ours.",
            "Guessed before the first run, and kept: the range of the ratio of neurons, 0.1 for what an"
                    + " edited clause still says, and 0.9 for the conjunctive form.",
            "After the first run two definitions were mended: an edit puts the mean of what it takes into"
                    + " the bias (before, 0.84 of answers elsewhere were right, and 0.07 of an edited clause's"
                    + " were still yes), and predicted collisions take the mean length of codes (before, one"
                    + " input without a code collided with all, and no ratio came out).",
            "How nets are trained was chosen on seeds 0 to 4, of eight recipes, by accuracy and AUC: two"
                    + " others that were as accurate had a median AUC of 0.92 and 0.87, so that 0.9 is not met"
                    + " by every good net. The agreement from which inputs are one group, 0.6, and how"
                    + " agreement is measured were chosen there too. Nets and formulas are therefore of seeds"
                    + " from 5 on, which chose nothing.");

    /// Nets of one width, all seeds.
    private record OfWidth(int neurons, double[] accuracies, double[] collisions) {}

    @Override
    public Card card() {
        return new Card(
                "combinatorial-interp",
                "Towards Combinatorial Interpretability of Neural Computation",
                2025,
                "arXiv:2504.08842",
                "Inputs of one clause share a code of signs over neurons: a net is read from the signs of its weights"
                        + " alone, and how much fits into it follows from collisions of codes.",
                "Nets of one hidden layer learn formulas of 8 disjoint clauses of 4 of 32 variables. Inputs that share"
                        + " pluses on the neurons that say yes, more than by chance, are taken for one clause.");
    }

    @Override
    public int seeds() {
        return 5;
    }

    @Override
    public List<Parameter> parameters() {
        return List.of(
                Parameter.of("first", "seed of nets and formulas; the others follow it", 5),
                Parameter.of("steps", "of each training", 5000, 5000, 20_000),
                Parameter.of(
                        "widths", "of nets, up to 32 neurons, that a fall of the accuracy is looked for in", 3, 6, 8));
    }

    @Override
    public Findings run(StudyRun run) {
        int[] widths = widths(run.count("widths"));
        List<OfWidth> narrow = new ArrayList<>();
        for (int width : widths) {
            if (width < WIDEST) {
                try (ClauseNets nets = ClauseNets.train(run, formulas(Clauses.Form.DISJUNCTIVE), width)) {
                    narrow.add(ofWidth(nets, width, run.seedCount()));
                }
            }
        }
        OtherFormulas others = OtherFormulas.train(run);
        Vision vision = Vision.train(run);
        try (ClauseNets nets = ClauseNets.train(run, formulas(Clauses.Form.DISJUNCTIVE), WIDEST);
                ClauseNets conjunctive = ClauseNets.train(run, formulas(Clauses.Form.CONJUNCTIVE), WIDEST)) {
            narrow.add(ofWidth(nets, WIDEST, run.seedCount()));
            return found(run, nets, conjunctive, narrow, others, vision);
        }
    }

    private static Clauses formulas(Clauses.Form form) {
        return new Clauses(VARIABLES, CLAUSES, WIDTH, false, form);
    }

    /// From 8 neurons to the widest, evenly on a logarithmic axis.
    private static int[] widths(int count) {
        return IntStream.range(0, count)
                .map(i -> (int) Math.round(WIDEST * Math.pow(2, -2.0 * (count - 1 - i) / Math.max(1, count - 1))))
                .toArray();
    }

    private static OfWidth ofWidth(ClauseNets nets, int width, int seeds) {
        return new OfWidth(
                width, nets.accuracies(), each(seeds, seed -> nets.codes(seed).collisions(CLAUSES)));
    }

    private static double[] each(int seeds, IntToDoubleFunction ofSeed) {
        return IntStream.range(0, seeds).mapToDouble(ofSeed).toArray();
    }

    private static Findings found(
            StudyRun run,
            ClauseNets nets,
            ClauseNets conjunctive,
            List<OfWidth> widths,
            OtherFormulas others,
            Vision vision) {
        int seeds = run.seedCount();
        run.progress("editing codes", 0.9);
        List<ClauseNets.Edited> edited = nets.edited(false);
        List<ClauseNets.Edited> elsewhere = nets.edited(true);
        double[] aucs = each(seeds, seed -> ClauseNets.auc(nets.codes(seed), nets.formula(seed)));
        double[] shuffled = each(seeds, seed -> ClauseNets.auc(nets.shuffled(seed), nets.formula(seed)));
        List<Figure> figures = new ArrayList<>(List.of(signs(nets), falls(widths)));
        figures.addAll(others.figures(median(aucs), median(shuffled)));
        figures.add(vision.figure());
        List<String> notes = new ArrayList<>(NOTES);
        notes.addAll(others.notes());
        notes.add(vision.note());
        return new Findings(
                List.of(
                        Bar.instrument(
                                        "planted groups that are found",
                                        Goal.atLeast(1),
                                        each(seeds, seed -> ClauseNets.recovered(planted(seed, true), groups())))
                                .against(
                                        "random signs",
                                        Goal.atMost(0),
                                        each(seeds, seed -> ClauseNets.recovered(planted(seed, false), groups()))),
                        Bar.instrument(
                                "p of random signs",
                                Goal.atLeast(0.05),
                                each(seeds, seed -> planted(seed, false).pValue())),
                        Bar.claim("AUC of overlaps for pairs of one clause", "", Goal.atLeast(0.9), aucs)
                                .against(
                                        "before training",
                                        Goal.atMost(0.65),
                                        each(
                                                seeds,
                                                seed -> ClauseNets.auc(
                                                        nets.codesAtTheStart(seed), nets.formula(seed)))),
                        Bar.claim("the same", "", Goal.atLeast(0.9), aucs)
                                .against("each neuron's weights shuffled", Goal.atMost(0.65), shuffled),
                        Bar.claim(
                                "the same, of formulas in conjunctive form",
                                "",
                                Goal.atLeast(0.9),
                                each(
                                        seeds,
                                        seed -> ClauseNets.auc(conjunctive.codes(seed), conjunctive.formula(seed)))),
                        Bar.claim(
                                "p of the overlaps",
                                "",
                                Goal.atMost(0.05),
                                each(seeds, seed -> nets.codes(seed).pValue())),
                        Bar.claim(
                                        "clauses recovered exactly",
                                        "",
                                        Goal.atLeast(0.7),
                                        each(seeds, seed -> ClauseNets.recovered(nets.codes(seed), nets.formula(seed))))
                                .against(
                                        "each neuron's weights shuffled",
                                        each(
                                                seeds,
                                                seed -> ClauseNets.recovered(nets.shuffled(seed), nets.formula(seed)))),
                        Bar.claim(
                                "neurons at accuracy 0.95, over neurons at one predicted collision",
                                "1",
                                Goal.between(0.7, 1.43),
                                each(seeds, seed -> fall(widths, seed) / passing(widths, seed))),
                        Bar.claim(
                                "right answers elsewhere, a clause's code edited",
                                "",
                                Goal.atLeast(0.95),
                                each(seeds, seed -> edited.get(seed).othersRight())),
                        Bar.claim(
                                        "yes where only the edited clause holds",
                                        "",
                                        Goal.atMost(0.1),
                                        each(seeds, seed -> edited.get(seed).stillYes()))
                                .against(
                                        "as many other weights of the same neurons",
                                        Goal.atLeast(0.5),
                                        each(seeds, seed -> elsewhere.get(seed).stillYes()))),
                figures,
                notes);
    }

    private static double median(double[] values) {
        return Bar.median(Arrays.stream(values).boxed().toList());
    }

    private static List<List<Integer>> groups() {
        return IntStream.range(0, CLAUSES)
                .mapToObj(clause -> IntStream.range(clause * WIDTH, (clause + 1) * WIDTH)
                        .boxed()
                        .toList())
                .toList();
    }

    /// Weights of random signs, of which inputs of a group have the same, or not.
    static SignCodes planted(long seed, boolean inGroups) {
        RandomGenerator random = new Random(seed + 71).generator();
        double[] weights = new double[PLANTED * VARIABLES];
        for (int neuron = 0; neuron < PLANTED; neuron++) {
            double[] signs =
                    random.ints(VARIABLES, 0, 2).mapToDouble(bit -> 2 * bit - 1).toArray();
            for (int input = 0; input < VARIABLES; input++) {
                weights[neuron * VARIABLES + input] =
                        (inGroups ? signs[input / WIDTH] : signs[input]) * random.nextDouble(0.5, 1.5);
            }
        }
        double[] outputs = IntStream.range(0, PLANTED)
                .mapToDouble(i -> i % 2 == 0 ? 1 : -1)
                .toArray();
        return Scope.free(
                () -> SignCodes.of(Tensor.of(weights, PLANTED, VARIABLES), outputs, SignCodes.Settings.USUAL));
    }

    /// The number of neurons at which the accuracy passes 0.95, NaN where it never does.
    private static double fall(List<OfWidth> widths, int seed) {
        return crossing(widths, width -> width.accuracies[seed] - RIGHT);
    }

    /// The number of neurons at which predicted collisions pass 1.
    private static double passing(List<OfWidth> widths, int seed) {
        return crossing(widths, width -> -Math.log(width.collisions[seed]));
    }

    private interface OfOneWidth {
        double at(OfWidth width);
    }

    /// Where a value rises above 0 for good, by a line between widths on a logarithmic axis.
    private static double crossing(List<OfWidth> widths, OfOneWidth value) {
        for (int i = widths.size() - 1; i > 0; i--) {
            double above = value.at(widths.get(i));
            double below = value.at(widths.get(i - 1));
            if (above > 0 && below <= 0) {
                double part = Double.isInfinite(above) || Double.isInfinite(below) ? 0.5 : -below / (above - below);
                return widths.get(i - 1).neurons
                        * Math.pow((double) widths.get(i).neurons / widths.get(i - 1).neurons, part);
            }
        }
        return Double.NaN;
    }

    private static Figure signs(ClauseNets nets) {
        SignCodes codes = nets.codes(0);
        List<Integer> columns = nets.formula(0).stream().flatMap(List::stream).toList();
        List<Integer> rows = codes.readers();
        return new Figure(
                "Signs of the neurons that say yes",
                "The first seed. Columns are the inputs, clause by clause: four of a clause have the same signs.",
                new Figure.Grid(
                        Figure.Axis.of("input"),
                        Figure.Axis.of("neuron"),
                        columns.stream().map(String::valueOf).toList(),
                        rows.stream().map(String::valueOf).toList(),
                        rows.stream()
                                .map(neuron -> columns.stream()
                                        .map(input -> (double) codes.signs().at(neuron, input))
                                        .toList())
                                .toList(),
                        "sign"));
    }

    private static Figure falls(List<OfWidth> widths) {
        double[] neurons = widths.stream().mapToDouble(OfWidth::neurons).toArray();
        return new Figure(
                "Accuracy and collisions over width",
                "Medians over seeds. Predicted collisions, from the lengths of codes, are held at 1 where they are"
                        + " more.",
                new Figure.Curves(
                        Figure.Axis.log("neurons"),
                        Figure.Axis.of("share, or collisions"),
                        List.of(
                                Figure.Series.line("accuracy", neurons, medians(widths, OfWidth::accuracies, 1)),
                                Figure.Series.line(
                                        "predicted collisions", neurons, medians(widths, OfWidth::collisions, 1)))));
    }

    private interface Values {
        double[] of(OfWidth width);
    }

    private static double[] medians(List<OfWidth> widths, Values values, double most) {
        return widths.stream()
                .mapToDouble(width -> Math.min(
                        most, Bar.median(Arrays.stream(values.of(width)).boxed().toList())))
                .toArray();
    }
}
