/// Text to token ids and back, exactly as the model's authors did it. Read [Tokenizer] first.
///
/// The work is done by Hugging Face's own tokenizers library (through DJL); what lives here decides what it is told:
/// the tokenizer.json of a model folder, or one built from the metadata of a GGUF file.
@NullMarked
package cutaway.model.tokenizer;

import org.jspecify.annotations.NullMarked;
