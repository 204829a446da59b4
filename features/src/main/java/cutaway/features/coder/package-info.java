/// What is trained until it becomes a dictionary: parameters and a loss, one small file for each kind.
///
/// [cutaway.features.coder.Coder] is the contract that all keep; read it first.
@NullMarked
package cutaway.features.coder;

import org.jspecify.annotations.NullMarked;
