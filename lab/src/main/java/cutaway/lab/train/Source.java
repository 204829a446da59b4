package cutaway.lab.train;

/// Where the batches of a training come from.
@FunctionalInterface
public interface Source {

    /// The batch of a step, from 0: a function of the step's number, the same whenever it is asked for. Its tensors
    /// stay the source's, which may fill them anew when it is asked again.
    Batch batch(long step);
}
