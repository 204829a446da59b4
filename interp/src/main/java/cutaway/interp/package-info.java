/// Reading and changing runs of a model: sites, edits, sweeps, evidence.
@NullMarked
package cutaway.interp;

import org.jspecify.annotations.NullMarked;
