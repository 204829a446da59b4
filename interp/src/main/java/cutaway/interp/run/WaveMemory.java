package cutaway.interp.run;

import cutaway.model.Sizes;

/// How much native memory it takes, at most, to bring rows of a sweep through a block: what is alive at once, at its
/// fullest, in bytes, and half as much again for what the C library holds back between one and the next.
///
/// Counted after the blocks' own arithmetic, as if nothing were freed before a block's end: norms keep their square,
/// their quotient and their product; a rotation takes five values of its size, one before and four on the way;
/// attention, which takes packed rows as rows of one length, keeps the products, the scaled ones, the masked ones and
/// the pattern.
///
/// @param length tokens of the prompt
/// @param bytes of a number
record WaveMemory(Sizes sizes, int length, int bytes) {

    /// Of rows that go through a block together.
    ///
    /// @param positions of all rows together
    /// @param longest of the row that has most
    long ofBlock(int rows, long positions, int longest) {
        long d = sizes.dModel();
        long queries = (long) sizes.heads() * sizes.dHead();
        long keys = (long) sizes.kvHeads() * sizes.dHead();
        long norms = 2 * 3 * d;
        long stream = 5 * d; // before and between and after, and what attention and the MLP add
        long attention = 5 * queries + 6 * keys + 2 * queries; // turned; gathered and packed again
        long mlp = (sizes.isGated() ? 4L : 2L) * sizes.dMlp();
        long packed = positions * (norms + stream + attention + mlp);
        long whole = (long) rows * (longest * 3L * queries + length * 4L * keys);
        long pairs = 4L * rows * sizes.heads() * longest * length;
        return bytes * (packed + whole + pairs) * 3 / 2;
    }

    /// Of what a base run leaves for its variants: the residual stream before each block and after all, keys and
    /// values.
    long ofCheckpoints() {
        long stream = (sizes.layers() + 1L) * sizes.dModel();
        long attention = 2L * sizes.layers() * sizes.kvHeads() * sizes.dHead();
        return bytes * length * (stream + attention);
    }
}
