/// Path patching: what one part of the model tells another, and nothing else. Read [cutaway.interp.path.PathPatching]
/// first.
@NullMarked
package cutaway.interp.path;

import org.jspecify.annotations.NullMarked;
