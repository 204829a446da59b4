/// Toy models of superposition: more sparse features than dimensions.
@NullMarked
package cutaway.studies.toysuperposition;

import org.jspecify.annotations.NullMarked;
