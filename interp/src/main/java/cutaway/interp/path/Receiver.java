package cutaway.interp.path;

/// What is told something in path patching: it reads the residual stream.
public sealed interface Receiver {

    /// The block that reads; the number of blocks for what comes after them.
    int layer();

    /// A head's queries.
    record Queries(int layer, int head) implements Receiver {}

    /// The keys of a key/value head.
    record Keys(int layer, int kvHead) implements Receiver {}

    /// The values of a key/value head.
    record Values(int layer, int kvHead) implements Receiver {}

    /// An MLP.
    record MlpInput(int layer) implements Receiver {}

    /// The logits, after all blocks.
    ///
    /// @param layer the number of blocks
    record Logits(int layer) implements Receiver {}
}
