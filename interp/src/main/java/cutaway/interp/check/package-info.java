/// Certifies a model: its sites, its ways of running, and its agreement with another implementation. Read
/// [cutaway.interp.check.Check] first.
@NullMarked
package cutaway.interp.check;

import org.jspecify.annotations.NullMarked;
