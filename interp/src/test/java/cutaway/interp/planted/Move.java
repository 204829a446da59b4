package cutaway.interp.planted;

/// What a planted head moves: `write * read` times the code in one space, into another.
///
/// @param read factor of the value weights
/// @param write factor of the output weights
record Move(Space from, Space to, double read, double write) {

    static Move of(Space from, Space to, double factor) {
        return new Move(from, to, 1, factor);
    }

    /// Gathers, and writes nothing: its output weights are 0.
    static Move unwritten(Space from) {
        return new Move(from, Space.OUT, 1, 0);
    }

    /// Gathers nothing: its value weights are 0.
    static Move unread(Space from) {
        return new Move(from, Space.OUT, 0, 1);
    }
}
