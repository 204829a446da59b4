package cutaway.model.generation;

import cutaway.model.parts.Tap;

/// The tap of each pass of a generation: the prompt first, then each new token.
public interface Taps {

    /// Changes nothing.
    Taps NONE = (first, length) -> Tap.NONE;

    /// Called before each pass through the blocks, and again before the unembedding, which is computed for the last
    /// position of the pass alone.
    ///
    /// @param first position of the pass's first token, from 0
    /// @param length its positions
    Tap over(int first, int length);
}
