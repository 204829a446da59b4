/// What every training has, whatever it trains: a learning rate over the steps, a bound on gradients, a checkpoint to
/// go on from, a curve. [cutaway.tensor.training.Checkpoint] is the one to read first.
@NullMarked
package cutaway.tensor.training;

import org.jspecify.annotations.NullMarked;
