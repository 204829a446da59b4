/// Which parts of a model an answer comes from, by linear means: what each writes towards it, and to first order what
/// it would change. Read [cutaway.interp.attribution.DirectLogitAttribution] first.
@NullMarked
package cutaway.interp.attribution;

import org.jspecify.annotations.NullMarked;
