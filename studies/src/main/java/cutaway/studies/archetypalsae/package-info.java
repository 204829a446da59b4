/// Archetypal SAE: whether a dictionary that stays in the data is found again, and what of that is its start.
@NullMarked
package cutaway.studies.archetypalsae;

import org.jspecify.annotations.NullMarked;
