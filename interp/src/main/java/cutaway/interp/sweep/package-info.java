/// Many variants of one run, planned and batched together; read [cutaway.interp.sweep.Sweep] first.
@NullMarked
package cutaway.interp.sweep;

import org.jspecify.annotations.NullMarked;
