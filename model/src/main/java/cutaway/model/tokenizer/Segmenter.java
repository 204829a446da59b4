package cutaway.model.tokenizer;

import java.util.List;

/// Cuts a normalised text into pieces of the vocabulary.
sealed interface Segmenter permits ScoredMerges, Unigram {

    /// One piece, `[start, end)` of the normalised text; what no piece covers has the id of the unknown one.
    record Segment(int id, int start, int end) {}

    List<Segment> segment(String text);
}
