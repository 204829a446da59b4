package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Random;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// The first-letter task, on which absorption is measured (Chanin et al. 2024, arXiv:2409.14507): words of one
/// token, each in a prompt that makes the model think of its first letter; the class is the letter.
///
///      tartan has the first letter: T
///      mirth has the first letter: M
///      lion has the first letter:
///
/// The activation is that of the last word's token. Examples are the same in all prompts, so that nothing else
/// differs.
public final class FirstLetter {

    public static final int CLASSES = 26;

    private static final Pattern WORD = Pattern.compile(" [a-z]{3,}");
    private static final List<String> EXAMPLES = List.of(" tartan", " mirth", " above", " window", " green");
    private static final String QUESTION = " has the first letter:";

    private FirstLetter() {}

    /// Words that are one token with the space before them, in an order drawn by the seed.
    public static List<String> words(Model model, int most, long seed) {
        List<String> words = new ArrayList<>();
        for (int id = 0; id < model.tokenizer().vocabSize(); id++) {
            String token = model.tokenizer().token(id);
            if (WORD.matcher(token).matches()
                    && !EXAMPLES.contains(token)
                    && model.tokenizer().idOf(token).isPresent()) {
                words.add(token);
            }
        }
        Collections.shuffle(words, java.util.Random.from(new Random(seed).generator()));
        return words.subList(0, Math.min(most, words.size()));
    }

    /// Their activations; a group is a word. The caller closes the activations.
    ///
    /// @param words each one token, with the space before it
    /// @throws BadInputException when there are too few, or the dictionary does not fit the model
    public static Labelled activations(Model model, Dictionary dictionary, List<String> words) {
        if (words.size() < CLASSES) {
            throw new BadInputException("the first-letter task has " + words.size()
                    + " words of one token in this model's vocabulary; expected at least " + CLASSES + ".");
        }
        Splice splice = new Splice(model, dictionary.origin(), dictionary.dIn(), dictionary.dOut());
        StringBuilder before = new StringBuilder();
        EXAMPLES.forEach(word -> before.append(word)
                .append(QUESTION)
                .append(' ')
                .append(Character.toUpperCase(word.charAt(1)))
                .append('\n'));
        int[] shown = model.encode(before.toString()).ids();
        int[] question = model.tokenizer().encode(QUESTION).ids();
        List<Tensor> rows = new ArrayList<>();
        for (int from = 0; from < words.size(); from += 8) {
            List<int[]> prompts = words.subList(from, Math.min(from + 8, words.size())).stream()
                    .map(word -> prompt(shown, model.tokenizer().idOf(word).orElseThrow(), question))
                    .toList();
            try (Splice.Values values = splice.read(prompts);
                    Scope _ = Scope.open()) {
                Tensor whole = values.inputs().reshape(prompts.size(), -1, dictionary.dIn());
                rows.add(Scope.detach(whole.select(1, shown.length).copy())); // the word's own token
            }
        }
        Tensor x = Scope.detach(Tensor.cat(rows, 0));
        rows.forEach(Tensor::close);
        return new Labelled(
                x,
                words.stream().mapToInt(word -> word.charAt(1) - 'a').toArray(),
                IntStream.range(0, words.size()).toArray());
    }

    private static int[] prompt(int[] shown, int word, int[] question) {
        return IntStream.concat(IntStream.concat(IntStream.of(shown), IntStream.of(word)), IntStream.of(question))
                .toArray();
    }
}
