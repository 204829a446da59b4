package cutaway.model.tokenizer;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Tokens that are recognised in a text before it is cut: the leftmost one first, of those the longest.
final class AddedTokens {

    /// @param text what is looked for
    /// @param spaces whether U+2581 and a space are one: SentencePiece meets only the former
    /// @param stripsRight takes the white space behind it along
    record Pattern(int id, String text, boolean spaces, boolean stripsRight) {

        private boolean at(String given, int from) {
            if (!spaces) {
                return given.startsWith(text, from);
            }
            for (int i = 0; i < text.length(); i++) {
                if (from + i >= given.length() || spaced(given.charAt(from + i)) != spaced(text.charAt(i))) {
                    return false;
                }
            }
            return true;
        }
    }

    /// A token in a text, `[start, end)`.
    record Match(int id, int start, int end) {}

    private final Map<Character, List<Pattern>> byFirst = new HashMap<>();

    AddedTokens(List<Pattern> patterns) {
        for (Pattern pattern : patterns) {
            if (!pattern.text.isEmpty()) {
                byFirst.computeIfAbsent(spaced(pattern.text.charAt(0)), first -> new ArrayList<>())
                        .add(pattern);
            }
        }
        byFirst.values()
                .forEach(patternsOfOne ->
                        patternsOfOne.sort(Comparator.comparingInt((Pattern pattern) -> pattern.text.length())
                                .reversed()));
    }

    /// The first token at a position or behind it.
    Optional<Match> find(String text, int from) {
        for (int at = from; at < text.length(); at++) {
            for (Pattern pattern : byFirst.getOrDefault(spaced(text.charAt(at)), List.of())) {
                if (pattern.at(text, at)) {
                    int end = at + pattern.text.length();
                    return Optional.of(new Match(pattern.id, at, pattern.stripsRight ? afterSpace(text, end) : end));
                }
            }
        }
        return Optional.empty();
    }

    private static char spaced(char c) {
        return c == PieceTable.SPACE ? ' ' : c;
    }

    /// White space as C's `isspace` has it.
    private static int afterSpace(String text, int from) {
        int at = from;
        while (at < text.length() && " \t\n\u000B\f\r".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }
}
