package cutaway.model.tokenizer;

import java.util.List;

/// A text as tokens.
///
/// @param ids token ids in order
/// @param tokens what each id stands for, as [Tokenizer#token(int)] shows it
/// @param spans the part of the text that each token came from; the bytes of one character can be spread over
/// several tokens, which then share its span
public record Encoding(int[] ids, List<String> tokens, List<Span> spans) {

    /// `[start, end)` in UTF-16 units, as in [String#substring(int, int)].
    public record Span(int start, int end) {}

    public Encoding {
        tokens = List.copyOf(tokens);
        spans = List.copyOf(spans);
        if (ids.length != tokens.size() || ids.length != spans.size()) {
            throw new IllegalArgumentException(
                    ids.length + " ids, " + tokens.size() + " tokens, " + spans.size() + " spans");
        }
    }
}
