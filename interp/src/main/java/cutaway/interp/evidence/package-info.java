/// Claims about a model, and what they stand on: an intervention, its control, prompts that were held out, seeds, an
/// interval, a scope.
///
/// [cutaway.interp.evidence.Claim] is the record; [cutaway.interp.evidence.Standing] says what it lacks;
/// [cutaway.interp.evidence.ClaimTest] measures it. Read them in this order.
@NullMarked
package cutaway.interp.evidence;

import org.jspecify.annotations.NullMarked;
