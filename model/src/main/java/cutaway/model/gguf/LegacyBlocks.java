package cutaway.model.gguf;

/// Blocks of 32 numbers with one scale `d` (float16) and, in the `_1` types, one offset `m` (float16).
///
///     Q4_0: d, q[16]             x = d (q - 8)
///     Q4_1: d, m, q[16]          x = d q + m
///     Q5_0: d, h[4], q[16]       x = d (q + 16 h - 16)
///     Q5_1: d, m, h[4], q[16]    x = d (q + 16 h) + m
///     Q8_0: d, q[32]             x = d q
///
/// Byte j of `q[16]` holds the codes of elements j (low half) and j + 16; bit i of `h` belongs to element i.
final class LegacyBlocks {

    private LegacyBlocks() {}

    static void q4_0(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 18, to += 32) {
            for (int j = 0; j < 16; j += 8) {
                long q = Lanes.load(piece.packed, at + 2 + j);
                Lanes.store(piece.codes, to + j, Lanes.minus(Lanes.field(q, 0, 4), 8));
                Lanes.store(piece.codes, to + 16 + j, Lanes.minus(Lanes.field(q, 4, 4), 8));
            }
            piece.run32(piece.codes, to, to, piece.half(at));
        }
    }

    static void q4_1(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 20, to += 32) {
            for (int j = 0; j < 16; j += 8) {
                long q = Lanes.load(piece.packed, at + 4 + j);
                Lanes.store(piece.codes, to + j, Lanes.field(q, 0, 4));
                Lanes.store(piece.codes, to + 16 + j, Lanes.field(q, 4, 4));
            }
            piece.run32(to, piece.half(at), piece.half(at + 2));
        }
    }

    static void q5_0(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 22, to += 32) {
            for (int j = 0; j < 16; j += 8) {
                Lanes.store(piece.codes, to + j, Lanes.minus(fiveBits(piece, at + 2, j, 0), 16));
                Lanes.store(piece.codes, to + 16 + j, Lanes.minus(fiveBits(piece, at + 2, j, 4), 16));
            }
            piece.run32(piece.codes, to, to, piece.half(at));
        }
    }

    static void q5_1(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 24, to += 32) {
            for (int j = 0; j < 16; j += 8) {
                Lanes.store(piece.codes, to + j, fiveBits(piece, at + 4, j, 0));
                Lanes.store(piece.codes, to + 16 + j, fiveBits(piece, at + 4, j, 4));
            }
            piece.run32(to, piece.half(at), piece.half(at + 2));
        }
    }

    /// `q + 16 h` of eight elements: from j on for shift 0, from 16 + j on for shift 4. `h[4]` lies at `at`.
    private static long fiveBits(Piece piece, int at, int j, int shift) {
        long low = Lanes.field(Lanes.load(piece.packed, at + 4 + j), shift, 4);
        return low | (Lanes.spread(piece.packed[at + (shift * 4 + j) / 8]) << 4);
    }

    static void q8_0(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 34, to += 32) {
            piece.run32(piece.packed, at + 2, to, piece.half(at));
        }
    }
}
