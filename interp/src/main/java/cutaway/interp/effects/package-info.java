/// The effects of many interventions on many prompts: which sites, which method, which metric, and a row for each
/// answer. Read [cutaway.interp.effects.EffectSweep] first.
@NullMarked
package cutaway.interp.effects;

import org.jspecify.annotations.NullMarked;
