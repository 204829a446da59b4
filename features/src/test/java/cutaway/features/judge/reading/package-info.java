/// Judges explanations on texts whose worth is known.
@NullMarked
package cutaway.features.judge.reading;

import org.jspecify.annotations.NullMarked;
