/// Which optimiser makes the steps, as a value: [cutaway.lab.descent.Descent].
@NullMarked
package cutaway.lab.descent;

import org.jspecify.annotations.NullMarked;
