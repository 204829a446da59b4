/// What-if questions about a table: datapoints, a model that scores them between 0 and 1, and what follows
/// from the scores: slices, thresholds under criteria of fairness, nearest counterfactuals, partial
/// dependence (Wexler et al. 2019, "The What-If Tool", arXiv:1907.04135). Read
/// [cutaway.interp.whatif.Datapoints] and [cutaway.interp.whatif.Scorer] first, then
/// [cutaway.interp.whatif.Fairness].
@NullMarked
package cutaway.interp.whatif;

import org.jspecify.annotations.NullMarked;
