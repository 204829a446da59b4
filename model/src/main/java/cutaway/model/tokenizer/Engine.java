package cutaway.model.tokenizer;

import cutaway.model.tokenizer.Encoding.Span;
import java.util.List;

/// What turns text into ids and back: Hugging Face's library, or Cutaway's own SentencePiece.
sealed interface Engine extends AutoCloseable permits NativeTokenizer, SentencePiece {

    /// Ids, each with the part of the text that it came from, in UTF-16 units.
    record Pieces(int[] ids, List<Span> spans) {}

    Pieces encode(String text);

    /// @param ids ids of the vocabulary
    /// @param skipSpecial leaves out special tokens
    String decode(int[] ids, boolean skipSpecial);

    @Override
    void close();
}
