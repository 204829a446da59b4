package cutaway.interp.explain;

import cutaway.model.tokenizer.Encoding;
import cutaway.model.tokenizer.Encoding.Span;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// The words of a prompt with the tokens that they are made of, and what comes of trading them.
final class Words {

    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}\\p{M}'’-]*");

    /// Words that carry a sentence rather than a subject.
    private static final Set<String> FUNCTION_WORDS = Set.of(
            "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "from", "had", "has", "have", "he", "her",
            "his", "i", "if", "in", "is", "it", "its", "my", "of", "on", "or", "our", "she", "so", "that", "the",
            "their", "then", "they", "this", "to", "was", "we", "were", "what", "when", "where", "which", "while",
            "who", "with", "you", "your");

    /// A prompt with other words in it, of the same length.
    record Variant(String how, int[] ids) {}

    /// @param first its first token
    /// @param last its last token
    private record Word(String text, int first, int last) {
        int length() {
            return last - first + 1;
        }

        boolean isFunctionWord() {
            return FUNCTION_WORDS.contains(text.toLowerCase(Locale.ROOT));
        }

        boolean isCapitalised() {
            return Character.isUpperCase(text.codePointAt(0));
        }
    }

    private Words() {}

    /// One name put in the place of another.
    static List<Variant> namePuts(String text, Encoding prompt) {
        List<Word> names = words(text, prompt).stream()
                .filter(word -> word.isCapitalised() && !word.isFunctionWord())
                .toList();
        List<Variant> variants = new ArrayList<>();
        Set<String> tried = new LinkedHashSet<>();
        for (Word place : names) {
            for (Word put : names) {
                int[] tokens = tokens(prompt, put);
                if (!put.text.equals(place.text)
                        && put.length() == place.length()
                        && tried.add(place.first + put.text)
                        && startsAlike(prompt, place, put)) {
                    int[] ids = prompt.ids().clone();
                    System.arraycopy(tokens, 0, ids, place.first, tokens.length);
                    variants.add(new Variant(
                            "\"%s\" at position %d in the place of \"%s\"".formatted(put.text, place.first, place.text),
                            ids));
                }
            }
        }
        return variants;
    }

    /// Two words exchanged.
    static List<Variant> exchanges(String text, Encoding prompt) {
        List<Word> words = words(text, prompt).stream()
                .filter(word -> !word.isFunctionWord())
                .toList();
        List<Variant> variants = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            for (Word other : words.subList(i + 1, words.size())) {
                Word word = words.get(i);
                if (!word.text.equals(other.text)
                        && word.length() == other.length()
                        && startsAlike(prompt, word, other)) {
                    int[] ids = prompt.ids().clone();
                    System.arraycopy(tokens(prompt, word), 0, ids, other.first, other.length());
                    System.arraycopy(tokens(prompt, other), 0, ids, word.first, word.length());
                    variants.add(new Variant("\"%s\" and \"%s\" exchanged".formatted(word.text, other.text), ids));
                }
            }
        }
        return variants;
    }

    /// Positions of what the prompt is about: its longest run of capitalised words, else of its longest word.
    static int[] subject(String text, Encoding prompt) {
        List<Word> words = words(text, prompt);
        List<Word> best = List.of();
        for (int i = 0; i < words.size(); i++) {
            int end = i;
            while (end < words.size()
                    && words.get(end).isCapitalised()
                    && !words.get(end).isFunctionWord()
                    && (end == i || words.get(end).first == words.get(end - 1).last + 1)) {
                end++;
            }
            if (end - i > best.size()) {
                best = words.subList(i, end);
            }
        }
        if (best.isEmpty()) {
            best = words.stream()
                    .filter(word -> !word.isFunctionWord())
                    .reduce((a, b) -> b.text.length() > a.text.length() ? b : a)
                    .map(List::of)
                    .orElse(List.of());
        }
        return best.isEmpty()
                ? IntStream.range(0, Math.max(1, prompt.ids().length - 1)).toArray()
                : IntStream.rangeClosed(best.getFirst().first, best.getLast().last)
                        .toArray();
    }

    /// Whether both words begin with a space, or neither: else their tokens do not fit in each other's place.
    private static boolean startsAlike(Encoding prompt, Word a, Word b) {
        return prompt.tokens().get(a.first).startsWith(" ")
                == prompt.tokens().get(b.first).startsWith(" ");
    }

    private static int[] tokens(Encoding prompt, Word word) {
        return Arrays.copyOfRange(prompt.ids(), word.first, word.last + 1);
    }

    /// The words that are made of whole tokens.
    private static List<Word> words(String text, Encoding prompt) {
        List<Word> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            int first = -1;
            int last = -1;
            for (int pos = 0; pos < prompt.spans().size(); pos++) {
                Span span = prompt.spans().get(pos);
                if (span.end() > matcher.start() && span.start() < matcher.end() && span.end() > span.start()) {
                    first = first < 0 ? pos : first;
                    last = pos;
                }
            }
            boolean whole = first >= 0
                    && text.substring(
                                    prompt.spans().get(first).start(),
                                    prompt.spans().get(last).end())
                            .strip()
                            .equals(matcher.group());
            if (whole) {
                words.add(new Word(matcher.group(), first, last));
            }
        }
        return words;
    }
}
