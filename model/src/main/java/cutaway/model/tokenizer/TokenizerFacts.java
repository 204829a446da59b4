package cutaway.model.tokenizer;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a model's files say about its tokenizer.
///
/// @param engine what turns text into ids and back
/// @param added tokens that are recognised in the text before anything else
/// @param before ids that the model's own recipe puts before a text, such as BOS
/// @param after ids that it puts after a text
record TokenizerFacts(
        EngineSource engine,
        int vocabSize,
        List<Added> added,
        OptionalInt bos,
        OptionalInt eos,
        OptionalInt eot,
        List<Integer> before,
        List<Integer> after,
        Optional<String> chatTemplate) {

    /// Ends of a turn that llama.cpp looks for where a file names none (src/llama-vocab.cpp).
    private static final List<String> TURN_ENDS = List.of("<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>");

    /// @param special steers the model rather than being text: `<|im_start|>`, not a run of spaces
    /// @param normalized is looked for in the normalised text, not in the given one
    record Added(int id, String content, boolean special, boolean normalized) {

        /// Whether a text may hold this token.
        boolean mayBeIn(String text) {
            return normalized || text.contains(content);
        }
    }

    /// Made when asked for: the variant that reads special tokens as plain text is seldom needed.
    interface EngineSource {
        Engine open(boolean withSpecialTokens);
    }

    OptionalInt idOf(String content) {
        return added.stream()
                .filter(token -> token.content.equals(content))
                .mapToInt(Added::id)
                .findFirst();
    }

    static OptionalInt endOfTurn(List<Added> added) {
        return added.stream()
                .filter(token -> TURN_ENDS.contains(token.content))
                .mapToInt(Added::id)
                .findFirst();
    }
}
