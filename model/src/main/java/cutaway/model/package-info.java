/// A transformer opened from its own files, and its forward pass.
@NullMarked
package cutaway.model;

import org.jspecify.annotations.NullMarked;
