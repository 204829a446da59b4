/// Text to token ids and back, exactly as the model's authors did it. Read [Tokenizer] first.
///
/// Hugging Face's own tokenizers library (through DJL) works with the tokenizer.json of a model folder, or with one
/// built from the metadata of a GGUF file: [GgufTokenizer] says by which kind. SentencePiece tokenizers in GGUF files
/// are Cutaway's own, see [SentencePiece].
@NullMarked
package cutaway.model.tokenizer;

import org.jspecify.annotations.NullMarked;
