/// The parts that transformers are built from, each under the name that the papers give it.
///
/// Read [cutaway.model.parts.Transformer] first, then [cutaway.model.parts.Block] and
/// [cutaway.model.parts.Attention]. No architecture's name appears here: a family picks its parts when it builds a
/// model.
@NullMarked
package cutaway.model.parts;

import org.jspecify.annotations.NullMarked;
