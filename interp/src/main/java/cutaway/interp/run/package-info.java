/// One run of a model, read and edited; read [cutaway.interp.run.Runs] first.
@NullMarked
package cutaway.interp.run;

import org.jspecify.annotations.NullMarked;
