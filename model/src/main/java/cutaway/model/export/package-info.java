/// Writes an opened model as a Hugging Face folder or a GGUF file. Read [cutaway.model.export.Export] first, then
/// [cutaway.model.export.Plan].
@NullMarked
package cutaway.model.export;

import org.jspecify.annotations.NullMarked;
