package cutaway.lab;

import cutaway.lab.net.Tap;
import cutaway.lab.task.TaskData;
import cutaway.lab.train.Batch;
import cutaway.lab.train.Objective;
import cutaway.lab.train.Progress;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/// A model of the lab after its training: all instances, with the curve and the snapshots.
public final class Trained implements AutoCloseable {

    private final Recipe recipe;
    private final LabFolder folder;
    private final SmallNet net;
    private final List<Progress> curve;

    Trained(Recipe recipe, LabFolder folder) {
        this.recipe = recipe;
        this.folder = folder;
        this.curve = folder.curve(recipe.steps());
        this.net = new SmallNet(SmallNet.Parts.of(recipe), recipe.instances().size(), folder.read(folder.model()));
    }

    public Recipe recipe() {
        return recipe;
    }

    /// Where it is kept.
    public Path folder() {
        return folder.path();
    }

    /// Its loss as a function of parameters, to put an adapter over ([cutaway.lab.lora.Lora]) or to measure other
    /// parameters by. To train it itself would change this model's parameters in place.
    public Objective objective() {
        return net;
    }

    /// By name, each `[instance, ...]` in the order of [Recipe#instances]; they stay this model's.
    public Map<String, Tensor> parameters() {
        return net.parameters();
    }

    /// What the training said of itself, in order.
    public List<Progress> curve() {
        return curve;
    }

    /// The steps after which parameters were kept.
    public SortedSet<Long> snapshots() {
        return recipe.snapshots().of(recipe.steps());
    }

    /// The parameters after a step; they are the caller's to free.
    ///
    /// @throws BadInputException when none were kept then
    public Map<String, Tensor> snapshot(long step) {
        if (!snapshots().contains(step)) {
            throw new BadInputException(
                    "no snapshot was kept after step " + step + "; there are those after " + snapshots() + ".");
        }
        return folder.read(folder.snapshot(step));
    }

    /// What the net makes of inputs.
    ///
    /// @param x `[instance, n, ...]`
    /// @param tap reads or replaces activations
    /// @return `[instance, n, out]`
    public Tensor outputs(Tensor x, Tap tap) {
        return outputs(net.parameters(), x, tap);
    }

    /// The same with other parameters, such as those of a snapshot, or edited ones.
    public Tensor outputs(Map<String, Tensor> parameters, Tensor x, Tap tap) {
        return Scope.keep(() -> net.outputs(parameters, x, tap));
    }

    /// The examples that it was trained on and those that were held out, for all instances.
    public TaskData data() {
        return new TaskData(
                recipe.task(),
                recipe.instances(),
                recipe.batch(),
                recipe.precision().dtype());
    }

    /// Loss and accuracy on a batch, by name a number for each instance.
    public Map<String, double[]> measures(Batch batch) {
        return net.measures(net.parameters(), batch);
    }

    /// Loss and accuracy on what was held out.
    ///
    /// @throws BadInputException when nothing was
    public Map<String, double[]> test() {
        try (TaskData data = data()) {
            return measures(data.test()
                    .orElseThrow(() -> new BadInputException(
                            "the task " + recipe.task().name() + " holds nothing out; measure a batch of its own.")));
        }
    }

    @Override
    public void close() {
        net.close();
    }
}
