/// Certifies a model: its sites, its ways of running, and its agreement with another implementation; and
/// measures how far
/// it is from another model ([cutaway.interp.check.Against]). Read
/// [cutaway.interp.check.Check] first.
@NullMarked
package cutaway.interp.check;

import org.jspecify.annotations.NullMarked;
