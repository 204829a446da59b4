package cutaway.interp.planted;

/// A part of the residual stream of a planted model: twelve numbers, one for each token, position or kind.
public enum Space {
    /// The token at this position.
    TOKEN,
    /// The position, where it is learned (GPT-2).
    POSITION,
    /// What kind of token it is; all of them are of kind 0.
    KIND,
    /// The token at the position before.
    PREVIOUS,
    /// What is known of a token.
    ATTRIBUTE,
    /// What nobody reads: neither a head, nor a neuron, nor the unembedding.
    ELSEWHERE,
    /// What the unembedding reads.
    OUT;

    static final int SIZE = 12;

    /// Where one of its numbers stands in the residual stream.
    int at(int index) {
        return ordinal() * SIZE + index;
    }
}
