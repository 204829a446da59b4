/// Clauses of a boolean formula, read from the signs of a trained net's weights.
@NullMarked
package cutaway.studies.combinatorialinterp;

import org.jspecify.annotations.NullMarked;
