package cutaway.model.tokenizer;

import cutaway.model.tokenizer.Charsmap.Replacement;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What SentencePiece does to a text before it cuts it: replace characters, merge spaces, put one in front, and write
/// U+2581 for each.
///
/// Source: `Normalizer::Normalize` in src/normalizer.cc of SentencePiece.
///
/// @param charsmap replacements of characters, if any
/// @param prefix a space goes before the text (`add_space_prefix`)
/// @param merge spaces at both ends go, and a run of them becomes one (`remove_extra_whitespaces`)
record SpaceRules(@Nullable Charsmap charsmap, boolean prefix, boolean merge) {

    /// @param origins for each UTF-16 unit of the text, and for its end, where it begins in the given text
    record Normalised(String text, int[] origins) {}

    /// The part `[from, to)` of a text, normalised; origins count from the beginning of the whole text.
    Normalised normalise(String text, int from, int to) {
        var out = new Output(to - from);
        int at = merge ? afterSpaces(text, from, to) : from;
        if (at == to) {
            return out.end(to);
        }
        if (prefix) {
            out.append(" ", at);
        }
        boolean afterSpace = merge;
        while (at < to) {
            Replacement next = next(text, at, to);
            String replaced = next.text();
            while (afterSpace && replaced.startsWith(" ")) {
                replaced = replaced.substring(1);
            }
            if (!replaced.isEmpty()) {
                out.append(replaced, at);
                afterSpace = merge && replaced.endsWith(" ");
            }
            at += next.length();
        }
        return merge ? out.endWithoutSpaces(to) : out.end(to);
    }

    private int afterSpaces(String text, int from, int to) {
        int at = from;
        while (at < to) {
            Replacement next = next(text, at, to);
            if (!next.text().equals(" ")) {
                break;
            }
            at += next.length();
        }
        return at;
    }

    private Replacement next(String text, int at, int to) {
        if (charsmap != null) {
            var found = charsmap.at(text, at, to);
            if (found.isPresent()) {
                return found.get();
            }
        }
        String itself = Character.toString(text.codePointAt(at));
        return new Replacement(itself, itself.length());
    }

    private static final class Output {

        private final StringBuilder text;
        private int[] origins;

        Output(int room) {
            text = new StringBuilder(room + 1);
            origins = new int[room + 2];
        }

        void append(String replaced, int origin) {
            int start = text.length();
            text.append(replaced.replace(' ', PieceTable.SPACE));
            if (text.length() >= origins.length) {
                origins = Arrays.copyOf(origins, 2 * text.length());
            }
            Arrays.fill(origins, start, text.length(), origin);
        }

        Normalised end(int to) {
            int[] all = Arrays.copyOf(origins, text.length() + 1);
            all[text.length()] = to;
            return new Normalised(text.toString(), all);
        }

        Normalised endWithoutSpaces(int to) {
            int end = to;
            while (!text.isEmpty() && text.charAt(text.length() - 1) == PieceTable.SPACE) {
                end = origins[text.length() - 1];
                text.setLength(text.length() - 1);
            }
            return end(end);
        }
    }
}
