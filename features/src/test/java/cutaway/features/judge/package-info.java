/// Judges on data whose worth is known.
@NullMarked
package cutaway.features.judge;

import org.jspecify.annotations.NullMarked;
