/// Pooled search (adaptive group testing): finds the few items among many whose edit moves a metric, with
/// far fewer runs than one for each, and says what it may have missed.
///
/// Read [cutaway.interp.pool.PooledSearch] first, then [cutaway.interp.pool.Splitting] for how a pool with
/// an effect is taken apart and [cutaway.interp.pool.Outcome] for what is reported.
/// [cutaway.interp.pool.SweepOracle] asks a model.
@NullMarked
package cutaway.interp.pool;

import org.jspecify.annotations.NullMarked;
