/// Which parts of a model an answer comes from, by linear means: what each writes towards it, and to first order what
/// it would change, for parts, for the edges between them and for the tokens of a prompt. Read
/// [cutaway.interp.attribution.DirectLogitAttribution] first, then [cutaway.interp.attribution.EdgeAttribution].
@NullMarked
package cutaway.interp.attribution;

import org.jspecify.annotations.NullMarked;
