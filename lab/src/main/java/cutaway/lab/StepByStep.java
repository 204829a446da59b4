package cutaway.lab;

import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Training;
import cutaway.tensor.Tensor;
import java.util.Collections;
import java.util.Map;

/// A recipe's training by hand, a step at a time: for who wants to look at each, or to time them. Nothing is written,
/// and nothing goes on from a checkpoint; [Lab] does both.
///
/// It owns native memory until it is closed.
public final class StepByStep implements AutoCloseable {

    private final Recipe recipe;
    private final SmallNet net;
    private final TaskData data;
    private final Training training;

    private StepByStep(Recipe recipe, SmallNet net) {
        this.recipe = recipe;
        this.net = net;
        this.data = new TaskData(
                recipe.task(),
                recipe.instances(),
                recipe.batch(),
                recipe.precision().dtype());
        this.training = new Training(
                net,
                recipe.descent().optimiser(net.parameters(), net.matrices()),
                recipe.rate(),
                recipe.steps(),
                recipe.clip());
    }

    public static StepByStep of(Recipe recipe) {
        return new StepByStep(recipe, SmallNet.start(recipe));
    }

    /// By name, each `[instance, ...]`; every step changes them in place.
    public Map<String, Tensor> parameters() {
        return Collections.unmodifiableMap(net.parameters());
    }

    /// The examples of a step; the same tensors, filled anew, each time.
    public Batch batch(long step) {
        return data.batch(step);
    }

    /// One step.
    ///
    /// @return the sum of all instances' losses before it
    public double step(Batch batch) {
        return training.step(batch);
    }

    /// The learning rate of a step, from 0.
    public double rate(long step) {
        return recipe.rate().at(step, recipe.steps());
    }

    @Override
    public void close() {
        training.close();
        data.close();
        net.close();
    }
}
