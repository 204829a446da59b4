package cutaway.model.generation;

import java.util.List;

/// What a model wrote after a prompt.
///
/// @param ids the new tokens, without the one that ended them
/// @param stop why it ended
/// @param promptSeconds until the first token was chosen
/// @param decodeSeconds from the first token to the last
/// @param steps passes of one token each in that time
public record Generated(List<Integer> ids, Stop stop, double promptSeconds, double decodeSeconds, int steps) {

    public Generated {
        ids = List.copyOf(ids);
    }

    /// Why a text ended.
    public enum Stop {
        /// The model chose a token that ends the text.
        END,
        /// As many tokens as were asked for.
        MAX,
        /// The model's context is full.
        CONTEXT,
        /// The thread was interrupted.
        INTERRUPTED
    }

    /// Tokens a second once the prompt is read; 0 when there was but one.
    public double tokensPerSecond() {
        return steps == 0 ? 0 : steps / decodeSeconds;
    }
}
