package cutaway.interp.probe;

import cutaway.interp.edit.Placebo;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.List;

/// How the state of a run is changed on its way, layer by layer: each layer is given what the changes before it led to.
@FunctionalInterface
public interface StateChange {

    StateChange NONE = (_, x) -> x;

    /// @param layer whose state it is, by its place in the list of probes
    /// @param x `[row, d]`
    /// @return the state that the run goes on with, `[row, d]`
    Tensor at(int layer, Tensor x);

    /// Gradient steps, in each row, until the probe of the layer reads one of its questions as wanted.
    ///
    /// @param probes by layer
    /// @param question of each row
    /// @param wanted class of each row
    static StateChange through(List<Probe> probes, int[] question, int[] wanted, ProbeEdit how) {
        return (layer, x) -> how.apply(probes.get(layer), x, question, wanted);
    }

    /// Random directions, as long as another change would make its own there.
    static StateChange randomLike(StateChange other, long seed) {
        return (layer, x) ->
                Scope.keep(() -> x.plus(Placebo.like(other.at(layer, x).minus(x), new Random(seed + layer))));
    }
}
