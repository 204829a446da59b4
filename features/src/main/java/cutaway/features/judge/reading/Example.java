package cutaway.features.judge.reading;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// A short text, and which of its tokens are marked: those on which a latent is active, or, to see whether someone
/// can tell, others.
///
/// @param tokens in the order of the text, each with the spaces that it has
/// @param marked a truth value for each
public record Example(List<String> tokens, List<Boolean> marked) {

    public Example {
        tokens = List.copyOf(tokens);
        marked = List.copyOf(marked);
        if (tokens.size() != marked.size()) {
            throw new IllegalArgumentException(tokens.size() + " tokens and " + marked.size() + " marks");
        }
    }

    public String text() {
        return String.join("", tokens);
    }

    /// The text with marked tokens between `<<` and `>>`, as fuzzing has them.
    String markedText() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < tokens.size(); i++) {
            text.append(marked.get(i) ? "<<" + tokens.get(i) + ">>" : tokens.get(i));
        }
        return text.toString();
    }

    /// Its tokens as keywords are written.
    List<String> words() {
        return tokens.stream().map(Example::word).toList();
    }

    /// The marked ones of them.
    List<String> markedWords() {
        return IntStream.range(0, tokens.size())
                .filter(marked::get)
                .mapToObj(i -> word(tokens.get(i)))
                .toList();
    }

    private static String word(String token) {
        return token.strip().toLowerCase(Locale.ROOT);
    }
}
