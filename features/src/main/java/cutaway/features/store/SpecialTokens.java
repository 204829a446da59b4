package cutaway.features.store;

import cutaway.model.tokenizer.Tokenizer;
import java.util.BitSet;

/// The tokens that are no text: BOS and the like, and what the model's recipe puts around a text.
final class SpecialTokens {

    private final BitSet special = new BitSet();

    SpecialTokens(Tokenizer tokenizer) {
        for (int id = 0; id < tokenizer.vocabSize(); id++) {
            special.set(id, tokenizer.isSpecial(id));
        }
        tokenizer.before().forEach(special::set);
        tokenizer.after().forEach(special::set);
    }

    boolean has(int id) {
        return special.get(id);
    }
}
