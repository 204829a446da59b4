/// Continuing a prompt token by token. Read [cutaway.model.generation.Generator] first.
@NullMarked
package cutaway.model.generation;

import org.jspecify.annotations.NullMarked;
