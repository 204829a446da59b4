package cutaway.lab.train;

import cutaway.tensor.Optimiser;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import cutaway.tensor.training.Clipping;
import cutaway.tensor.training.LearningRate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// An objective in training: its optimiser, and one step after another.
///
/// It owns the optimiser; parameters stay the objective's.
public final class Training implements AutoCloseable {

    private final Objective objective;
    private final Optimiser optimiser;
    private final LearningRate rate;
    private final long steps;
    private final double clip;
    private final double[] unclipped;
    private final List<String> names;
    private final Pieces pieces;

    /// @param optimiser of the objective's parameters
    /// @param steps of the whole run
    /// @param clip the greatest norm that the gradients of an instance may have, all together, to which longer ones
    ///     are scaled; 0: any
    public Training(Objective objective, Optimiser optimiser, LearningRate rate, long steps, double clip) {
        this.objective = objective;
        this.optimiser = optimiser;
        this.rate = rate;
        this.steps = steps;
        this.clip = clip;
        this.unclipped = new double[objective.instances()];
        Arrays.fill(unclipped, 1);
        this.pieces = new Pieces(objective);
        this.names = List.copyOf(objective.parameters().keySet());
    }

    public Objective objective() {
        return objective;
    }

    /// How many steps were made.
    public long steps() {
        return optimiser.steps();
    }

    /// How many there are to be.
    public long planned() {
        return steps;
    }

    public boolean isDone() {
        return steps() >= steps;
    }

    /// One step.
    ///
    /// @return the sum of all instances' losses before it
    /// @throws Collapse when a loss is not finite, or gradients that are to be clipped are not; nothing has changed
    ///     then
    public double step(Batch batch) {
        try (Scope _ = Scope.openForAll()) {
            Pieces.Slopes slopes = pieces.of(batch);
            double before = slopes.total();
            if (!Double.isFinite(before)) {
                throw collapse(slopes.losses(), batch);
            }
            Map<String, Tensor> gradients = new LinkedHashMap<>();
            for (int i = 0; i < names.size(); i++) {
                gradients.put(names.get(i), slopes.gradients().get(i));
            }
            double[] scales = clip == 0 ? unclipped : scales(slopes.gradients());
            optimiser.step(gradients, rate.at(steps(), steps), scales);
            return before;
        }
    }

    /// What the gradients of each instance are multiplied with.
    private double[] scales(List<Tensor> slopes) {
        int instances = unclipped.length;
        List<Tensor> norms = slopes.stream()
                .map(slope -> slope.reshape(instances, -1).norms(1))
                .toList();
        double[] all = Tensor.stack(norms, 0).toDoubles(); // [parameter, instance]
        double[] scales = new double[instances];
        for (int i = 0; i < instances; i++) {
            double sum = 0;
            for (int p = 0; p < names.size(); p++) {
                double norm = all[p * instances + i];
                if (!Double.isFinite(norm)) {
                    throw new Collapse("the gradient of " + names.get(p) + of(i) + " became " + norm + at());
                }
                sum += norm * norm;
            }
            scales[i] = Clipping.scale(Math.sqrt(sum), clip);
        }
        return scales;
    }

    private Collapse collapse(double[] each, Batch batch) {
        int first = 0;
        while (first < each.length - 1 && Double.isFinite(each[first])) {
            first++;
        }
        return new Collapse("the loss" + of(first) + " became " + each[first] + at() + ": "
                + objective.firstNotFinite(objective.parameters(), batch));
    }

    private String of(int instance) {
        return unclipped.length == 1 ? "" : " of instance " + instance;
    }

    private String at() {
        return String.format(Locale.ROOT, " at step %,d", steps());
    }

    /// @param next a batch that a step could be made on
    /// @throws Collapse when a parameter is not finite, or the loss of the batch is not
    void check(Batch next) {
        checkParameters();
        double[] losses = Objects.requireNonNull(measures(next).get(Progress.LOSS), Progress.LOSS);
        if (!Arrays.stream(losses).allMatch(Double::isFinite)) {
            throw collapse(losses, next);
        }
    }

    /// @throws Collapse when a parameter is not finite
    void checkParameters() {
        try (Scope _ = Scope.open()) {
            objective.parameters().forEach((name, parameter) -> {
                if (!parameter.isFinite().all()) {
                    int first = 0;
                    while (first < unclipped.length - 1
                            && parameter.select(0, first).isFinite().all()) {
                        first++;
                    }
                    throw new Collapse(
                            name + of(first) + String.format(Locale.ROOT, " is not finite after step %,d", steps()));
                }
            });
        }
    }

    /// What a curve shows of a batch at the parameters as they are.
    Map<String, double[]> measures(Batch batch) {
        return Scope.free(() -> objective.measures(objective.parameters(), batch));
    }

    /// All that must be kept to go on exactly, by name.
    Map<String, Tensor> state() {
        Map<String, Tensor> state = new LinkedHashMap<>();
        objective.parameters().forEach((name, tensor) -> state.put("parameter." + name, tensor));
        optimiser.state().forEach((name, tensor) -> state.put("optimiser." + name, tensor));
        return state;
    }

    /// Says that the tensors of [#state] hold what was kept after so many steps.
    void goOnAfter(long made) {
        optimiser.restore(optimiser.state(), made);
    }

    @Override
    public void close() {
        pieces.close();
        optimiser.close();
    }
}
