/// One intervention and its control: what edits do to a metric, beside random changes as large.
///
/// [cutaway.interp.intervention.Intervention] measures; read it first.
@NullMarked
package cutaway.interp.intervention;

import org.jspecify.annotations.NullMarked;
