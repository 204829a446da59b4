package cutaway.model.tokenizer;

import cutaway.model.gguf.GgufMetadata;
import cutaway.tensor.BadInputException;

/// Reads the tokenizer in the metadata of a GGUF file, by its kind (`tokenizer.ggml.model`).
///
/// Kinds, and what holds where a file does not say: `llama_vocab::impl::load` in src/llama-vocab.cpp of llama.cpp.
final class GgufTokenizer {

    private GgufTokenizer() {}

    static TokenizerFacts read(GgufMetadata metadata) {
        String model = metadata.string(GgufVocabulary.KEY + "model");
        return switch (model) {
            case "gpt2" -> GgufBytePair.read(GgufVocabulary.read(metadata));
            case "llama" -> GgufSentencePiece.readMerges(GgufVocabulary.read(metadata));
            case "t5" -> GgufSentencePiece.readUnigram(GgufVocabulary.read(metadata));
            case "bert" -> GgufWordPiece.read(GgufVocabulary.read(metadata));
            default ->
                throw new BadInputException("the file's tokenizer is of the kind " + model
                        + "; Cutaway reads gpt2 (byte-level BPE), llama (SentencePiece BPE), t5 (SentencePiece unigram)"
                        + " and bert (WordPiece) from GGUF files."
                        + " Open the model's Hugging Face folder, which has a tokenizer.json.");
        };
    }
}
