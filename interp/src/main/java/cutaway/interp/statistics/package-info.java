/// What effects over many prompts say, and how surely: intervals, tests, corrections for the number of
/// questions, held-out
/// prompts, and how far two methods agree. Plain numbers in, plain records out: nothing here knows of models. Read
/// [cutaway.interp.statistics.Summaries] first.
///
/// Throughout, a *question* is what was asked of every prompt (what if this head had said something else?), and its
/// *effects* are the answers, one a prompt; NaN stands where a prompt has no such question, because it is shorter.
/// Everything drawn at random comes from a seed by a named algorithm, so the same seed gives the same numbers anywhere,
/// and the order of the questions changes none.
@NullMarked
package cutaway.interp.statistics;

import org.jspecify.annotations.NullMarked;
