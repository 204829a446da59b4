/// Computing many ANDs in few neurons, by a construction whose features and circuit are known.
@NullMarked
package cutaway.studies.superpositioncompute;

import org.jspecify.annotations.NullMarked;
