package cutaway.interp.heads;

import cutaway.model.Model;
import cutaway.model.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

/// Tokens that are text: letters, with or without a space before them. What steers a model, fills up its
/// vocabulary or is half a character is left out. Where a model came without a tokenizer, every id counts.
final class OrdinaryTokens {

    private static final Pattern LETTERS = Pattern.compile(" ?\\p{L}+");

    private OrdinaryTokens() {}

    /// Different ids, in random order.
    ///
    /// @param most how many are wanted; there may be fewer
    static int[] draw(Model model, int most, SplittableRandom random) {
        int vocab = model.hasTokenizer()
                ? Math.min(model.sizes().vocab(), model.tokenizer().vocabSize())
                : model.sizes().vocab();
        int[] ids = new int[vocab];
        List<Integer> drawn = new ArrayList<>();
        for (int i = 0; i < vocab; i++) {
            ids[i] = i;
        }
        for (int i = 0; i < vocab && drawn.size() < most; i++) {
            int other = random.nextInt(i, vocab);
            int id = ids[other];
            ids[other] = ids[i];
            if (isOrdinary(model, id)) {
                drawn.add(id);
            }
        }
        return drawn.stream().mapToInt(Integer::intValue).toArray();
    }

    private static boolean isOrdinary(Model model, int id) {
        if (!model.hasTokenizer()) {
            return true;
        }
        Tokenizer tokenizer = model.tokenizer();
        return LETTERS.matcher(tokenizer.token(id)).matches() && !tokenizer.isSpecial(id);
    }
}
