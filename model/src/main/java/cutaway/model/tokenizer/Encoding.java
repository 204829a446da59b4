package cutaway.model.tokenizer;

import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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

    /// This text behind ids that stand for no part of it, such as BOS.
    ///
    /// @param token what an id stands for
    public Encoding after(List<Integer> before, IntFunction<String> token) {
        int[] allIds = IntStream.concat(before.stream().mapToInt(Integer::intValue), IntStream.of(ids))
                .toArray();
        Stream<String> added = before.stream().map(token::apply);
        Stream<Span> nowhere = before.stream().map(id -> new Span(0, 0));
        return new Encoding(
                allIds,
                Stream.concat(added, tokens.stream()).toList(),
                Stream.concat(nowhere, spans.stream()).toList());
    }
}
