/// The training loop. It needs nothing of a net but an [cutaway.lab.train.Objective]: parameters, and a loss of
/// parameters and batch; read that first, then [cutaway.lab.train.Training], which is one step, and
/// [cutaway.lab.train.Trainer], which makes all of them.
@NullMarked
package cutaway.lab.train;

import org.jspecify.annotations.NullMarked;
