/// Model families: which settings a family has, under which names its weights are stored, and which parts they make.
///
/// A family is one file; read [cutaway.model.family.Llama] first. [cutaway.model.family.Settings] and
/// [cutaway.model.family.Weights] remember what was read, so that nothing in a file is passed over in silence.
@NullMarked
package cutaway.model.family;

import org.jspecify.annotations.NullMarked;
