/// What is asked of heads and MLPs, asked of other directions: a basis writes a value of a run as few of them, each
/// with a code, and a code can be changed alone. Read [cutaway.interp.basis.Basis] first.
@NullMarked
package cutaway.interp.basis;

import org.jspecify.annotations.NullMarked;
