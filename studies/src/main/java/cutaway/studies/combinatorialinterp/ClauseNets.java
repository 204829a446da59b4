package cutaway.studies.combinatorialinterp;

import cutaway.interp.codes.Marks;
import cutaway.interp.codes.SignCodes;
import cutaway.interp.statistics.Separation;
import cutaway.lab.Recipe;
import cutaway.lab.Snapshots;
import cutaway.lab.Trained;
import cutaway.lab.net.Activation;
import cutaway.lab.net.Mlp;
import cutaway.lab.net.Tap;
import cutaway.lab.task.Clauses;
import cutaway.lab.task.Strip;
import cutaway.lab.task.Task;
import cutaway.lab.task.TaskData;
import cutaway.studies.StudyRun;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Nets of one hidden layer that were trained on formulas, one a seed.
final class ClauseNets implements AutoCloseable {

    private static final String WEIGHT = "hidden.0.weight";
    private static final String BIAS = "hidden.0.bias";

    /// What an edit of the codes of every clause in turn does to one net, means over clauses.
    ///
    /// @param stillYes answers of yes where the clause that was edited is the only one that holds
    /// @param othersRight right answers where it does not hold
    record Edited(double stillYes, double othersRight) {}

    /// What is learned, as a formula.
    ///
    /// @param ofSeed the clauses of a seed, each of the inputs that it reads
    /// @param sign 1 where it is a disjunction, -1 where it is a conjunction
    private record Formula(Task task, LongFunction<List<List<Integer>>> ofSeed, int sign) {
        int inputs() {
            return task.input().flat();
        }
    }

    private final Trained trained;
    private final Formula formula;
    private final int first;

    private ClauseNets(Trained trained, Formula formula, int first) {
        this.trained = trained;
        this.formula = formula;
        this.first = first;
    }

    /// @param hidden neurons
    static ClauseNets train(StudyRun run, Clauses task, int hidden) {
        return train(run, new Formula(task, task::formula, task.form() == Clauses.Form.DISJUNCTIVE ? 1 : -1), hidden);
    }

    /// @param hidden neurons
    static ClauseNets train(StudyRun run, Strip task, int hidden) {
        return train(run, new Formula(task, task::formula, 1), hidden);
    }

    private static ClauseNets train(StudyRun run, Formula formula, int hidden) {
        long steps = run.count("steps");
        int first = run.count("first");
        Recipe recipe = Recipe.usual(formula.task)
                .with(Map.of(
                        "net",
                        new Mlp(List.of(hidden), Activation.RELU),
                        "steps",
                        steps,
                        "batch",
                        256,
                        "rate.rate",
                        0.01,
                        "rate.warmUp",
                        Math.min(100, steps / 10),
                        "rate.decay",
                        steps * 4 / 5,
                        "every",
                        Math.max(1, steps / 20),
                        "snapshots",
                        new Snapshots(List.of(0L), 0),
                        "seeds",
                        LongStream.range(first, first + run.seedCount()).boxed().toList()));
        return new ClauseNets(run.train(hidden + " neurons", recipe), formula, first);
    }

    /// @param seed as everywhere here, counted from the first
    List<List<Integer>> formula(int seed) {
        return formula.ofSeed.apply(first + seed);
    }

    double[] accuracies() {
        return Objects.requireNonNull(trained.test().get("accuracy"), "accuracy");
    }

    /// Of a seed's net. A conjunction is a disjunction of opposites: signs and outputs are read the other way round.
    SignCodes codes(int seed) {
        return codes(trained.parameters(), seed);
    }

    /// Before it was trained.
    SignCodes codesAtTheStart(int seed) {
        return Scope.free(() -> codes(trained.snapshot(0), seed));
    }

    private SignCodes codes(Map<String, Tensor> parameters, int seed) {
        return Scope.free(() -> SignCodes.of(
                of(parameters, WEIGHT, seed).times(formula.sign),
                of(parameters, "head.weight", seed).times(formula.sign).toDoubles(),
                SignCodes.Settings.USUAL));
    }

    /// The weights with those of every neuron in another order.
    SignCodes shuffled(int seed) {
        return Scope.free(() -> {
            Tensor weights = of(trained.parameters(), WEIGHT, seed);
            return SignCodes.of(
                    Shuffle.withinRows(weights, new Random(seed + 17L).generator()),
                    of(trained.parameters(), "head.weight", seed).toDoubles(),
                    SignCodes.Settings.USUAL);
        });
    }

    private static Tensor of(Map<String, Tensor> parameters, String name, int seed) {
        return Objects.requireNonNull(parameters.get(name), name)
                .select(0, seed)
                .contiguous();
    }

    /// How well overlaps tell pairs of one clause from others.
    static double auc(SignCodes codes, List<List<Integer>> formula) {
        return auc(codes, formula, codes.marks().inputs());
    }

    /// The same of pairs that are no further apart, so that being near is not what tells them.
    ///
    /// @param reach the most that the numbers of two inputs differ by
    static double auc(SignCodes codes, List<List<Integer>> formula, int reach) {
        Marks marks = codes.marks();
        Set<List<Integer>> together = new HashSet<>();
        formula.forEach(clause -> clause.forEach(one -> clause.forEach(other -> together.add(List.of(one, other)))));
        List<Double> same = new ArrayList<>();
        List<Double> apart = new ArrayList<>();
        for (int i = 0; i < marks.inputs(); i++) {
            for (int j = Math.max(0, i - reach); j < i; j++) {
                (together.contains(List.of(i, j)) ? same : apart).add(marks.excess(i, j));
            }
        }
        return Separation.auc(
                same.stream().mapToDouble(Double::doubleValue).toArray(),
                apart.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /// The share of clauses that are a group, no input more or less.
    static double recovered(SignCodes codes, List<List<Integer>> formula) {
        Set<List<Integer>> groups = new HashSet<>(
                codes.groups().stream().map(SignCodes.Group::inputs).toList());
        return (double) formula.stream().filter(groups::contains).count() / formula.size();
    }

    /// Edits the code of each clause in turn, in all nets at once: pluses of its inputs on the neurons of its code
    /// become 0, and what they added on average, over the examples, goes into the neurons' biases.
    ///
    /// @param elsewhere whether, instead of those, as many other pluses of the same neurons become 0
    /// @return of each seed
    List<Edited> edited(boolean elsewhere) {
        int seeds = accuracies().length;
        int clauses = formula(0).size();
        double[][] sums = new double[seeds][2];
        try (TaskData data = trained.data()) {
            Tensor x = data.test().orElseThrow().x();
            double[] bits = x.toDoubles();
            int examples = Math.toIntExact(x.dim(1));
            for (int clause = 0; clause < clauses; clause++) {
                double[] outputs = outputs(clause, x, elsewhere);
                for (int seed = 0; seed < seeds; seed++) {
                    Edited one = judged(formula(seed), clause, bits, outputs, seed * examples, examples);
                    sums[seed][0] += one.stillYes / clauses;
                    sums[seed][1] += one.othersRight / clauses;
                }
            }
        }
        return Arrays.stream(sums).map(sum -> new Edited(sum[0], sum[1])).toList();
    }

    private Edited judged(
            List<List<Integer>> formula, int clause, double[] bits, double[] outputs, int first, int examples) {
        int only = 0;
        int yes = 0;
        int others = 0;
        int right = 0;
        for (int n = first; n < first + examples; n++) {
            int at = n * this.formula.inputs();
            List<List<Integer>> hold = formula.stream()
                    .filter(one -> one.stream().allMatch(variable -> bits[at + variable] == 1))
                    .toList();
            boolean isYes = outputs[n] > 0;
            if (!hold.contains(formula.get(clause))) {
                others++;
                right += isYes == !hold.isEmpty() ? 1 : 0;
            } else if (hold.size() == 1) {
                only++;
                yes += isYes ? 1 : 0;
            }
        }
        return new Edited((double) yes / only, (double) right / others);
    }

    private double[] outputs(int clause, Tensor x, boolean elsewhere) {
        return Scope.free(() -> {
            Map<String, Tensor> parameters = new LinkedHashMap<>(trained.parameters());
            Tensor weights = Objects.requireNonNull(parameters.get(WEIGHT), WEIGHT); // [seed, neuron, input]
            double[] kept = new double[Math.toIntExact(weights.shape().count())];
            Arrays.fill(kept, 1);
            int neurons = Math.toIntExact(weights.dim(1));
            for (int seed = 0; seed < weights.dim(0); seed++) {
                SignCodes codes = codes(seed);
                List<Integer> inputs = formula(seed).get(clause);
                RandomGenerator random = new Random(31L * clause + seed).generator();
                for (int neuron : codes.code(inputs)) {
                    int at = (seed * neurons + neuron) * formula.inputs();
                    pluses(codes, neuron, inputs, elsewhere, random).forEach(input -> kept[at + input] = 0);
                }
            }
            Tensor edited =
                    weights.times(Tensor.of(kept, weights.shape().dims()).to(weights.dtype()));
            Tensor means = x.mean(1, true); // [seed, 1, input]
            Tensor taken = weights.minus(edited).times(means).sum(-1, false); // [seed, neuron]
            parameters.put(WEIGHT, edited);
            parameters.merge(BIAS, taken, Tensor::plus);
            return trained.outputs(parameters, x, Tap.NONE).toDoubles();
        });
    }

    private static List<Integer> pluses(
            SignCodes codes, int neuron, List<Integer> inputs, boolean elsewhere, RandomGenerator random) {
        List<Integer> mine = inputs.stream()
                .filter(input -> codes.signs().at(neuron, input) > 0)
                .toList();
        if (!elsewhere) {
            return mine;
        }
        List<Integer> others = new ArrayList<>(IntStream.range(0, codes.signs().inputs())
                .filter(input -> !inputs.contains(input) && codes.signs().at(neuron, input) > 0)
                .boxed()
                .toList());
        Collections.shuffle(others, java.util.Random.from(random));
        return others.subList(0, Math.min(mine.size(), others.size()));
    }

    @Override
    public void close() {
        trained.close();
    }
}
