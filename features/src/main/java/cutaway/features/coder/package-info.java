/// What is trained until it becomes a dictionary: parameters and a loss, one small file for each kind.
///
/// [cutaway.features.coder.Coder] is the contract that all keep; read it first. A coder is made from
/// [cutaway.features.coder.CoderSettings]: a [cutaway.features.coder.Sparsity], whose equation stands in the coder of
/// that name (such as `TopKCoder`), and a [cutaway.features.coder.Wiring], whose maps are those of `PlainMaps` unless
/// they have a file of their own.
@NullMarked
package cutaway.features.coder;

import org.jspecify.annotations.NullMarked;
