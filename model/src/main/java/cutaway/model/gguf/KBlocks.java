package cutaway.model.gguf;

/// Blocks of 256 numbers whose runs of 16 or 32 have small whole scales `s`, and offsets `o` in some types, that are
/// multiples of the block's own `d` and `m` (float16).
///
///     Q2_K: so[16], q[64], d, m               runs of 16   x = (d s) q - m o
///     Q3_K: h[32], q[64], s[12], d            runs of 16   x = (d (s - 32)) (q + 4 h - 4)
///     Q4_K: d, m, so[12], q[128]              runs of 32   x = (d s) q - m o
///     Q5_K: d, m, so[12], h[32], q[128]       runs of 32   x = (d s) (q + 16 h) - m o
///     Q6_K: q[128], h[64], s[16], d           runs of 16   x = (d s) (q + 16 h - 32)
///
/// Codes of 2 or 4 bits lie in lines of 32 bytes: the lowest bits of the line's bytes are 32 consecutive elements,
/// the next bits the 32 elements after those, and so on.
final class KBlocks {

    private KBlocks() {}

    static void q2(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 84, to += 256) {
            for (int line = 0; line < 8; line++) {
                for (int j = 0; j < 32; j += 8) {
                    long q = Lanes.load(piece.packed, at + 16 + line / 4 * 32 + j);
                    Lanes.store(piece.codes, to + line * 32 + j, Lanes.field(q, line % 4 * 2, 2));
                }
            }
            float d = piece.half(at + 80);
            float m = piece.half(at + 82);
            for (int run = 0; run < 16; run++) {
                int so = piece.packed[at + run];
                piece.scale16(to + run * 16, d * (so & 15));
                piece.offset16(to + run * 16, -(m * ((so >> 4) & 15)));
            }
        }
        piece.scaleAndShift(count);
    }

    static void q3(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 110, to += 256) {
            for (int line = 0; line < 8; line++) {
                for (int j = 0; j < 32; j += 8) {
                    long q = Lanes.load(piece.packed, at + 32 + line / 4 * 32 + j);
                    long h = Lanes.load(piece.packed, at + j);
                    long code = Lanes.field(q, line % 4 * 2, 2) | (Lanes.field(h, line, 1) << 2);
                    Lanes.store(piece.codes, to + line * 32 + j, Lanes.minus(code, 4));
                }
            }
            float d = piece.half(at + 108);
            for (int run = 0; run < 16; run++) {
                piece.scale16(to + run * 16, d * (sixBits(piece, at + 96, run) - 32));
            }
        }
        piece.scale(count);
    }

    /// Scale `run` of sixteen in twelve bytes: the first eight hold the four low bits, the last four the two high ones.
    private static int sixBits(Piece piece, int at, int run) {
        int low = piece.packed[at + run % 8] >> (run / 8 * 4) & 15;
        int high = piece.packed[at + 8 + run % 4] >> (run / 4 * 2) & 3;
        return low | (high << 4);
    }

    static void q4(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 144, to += 256) {
            for (int line = 0; line < 8; line++) {
                for (int j = 0; j < 32; j += 8) {
                    long q = Lanes.load(piece.packed, at + 16 + line / 2 * 32 + j);
                    Lanes.store(piece.codes, to + line * 32 + j, Lanes.field(q, line % 2 * 4, 4));
                }
            }
            runs(piece, at, to);
        }
    }

    static void q5(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 176, to += 256) {
            for (int line = 0; line < 8; line++) {
                for (int j = 0; j < 32; j += 8) {
                    long q = Lanes.load(piece.packed, at + 48 + line / 2 * 32 + j);
                    long h = Lanes.load(piece.packed, at + 16 + j);
                    long code = Lanes.field(q, line % 2 * 4, 4) | (Lanes.field(h, line, 1) << 4);
                    Lanes.store(piece.codes, to + line * 32 + j, code);
                }
            }
            runs(piece, at, to);
        }
    }

    /// Numbers from the codes of the eight runs of a Q4_K or Q5_K block.
    ///
    /// The twelve bytes of scales and offsets: six bits each for the first four runs; of the last four runs, four
    /// bits in the last four bytes and two in the bits that the first runs leave over.
    private static void runs(Piece piece, int at, int to) {
        float d = piece.half(at);
        float m = piece.half(at + 2);
        for (int run = 0; run < 4; run++) {
            int s = piece.u8(at + 4 + run);
            int o = piece.u8(at + 8 + run);
            int both = piece.u8(at + 12 + run);
            piece.run32(to + run * 32, d * (s & 63), -(m * (o & 63)));
            piece.run32(
                    to + run * 32 + 128, d * ((both & 15) | ((s >> 6) << 4)), -(m * ((both >> 4) | ((o >> 6) << 4))));
        }
    }

    /// Here a line of `q` is 64 bytes, two lines of 32 side by side.
    static void q6(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 210, to += 256) {
            for (int line = 0; line < 8; line++) {
                for (int j = 0; j < 32; j += 8) {
                    long q = Lanes.load(piece.packed, at + line / 4 * 64 + line % 2 * 32 + j);
                    long h = Lanes.load(piece.packed, at + 128 + line / 4 * 32 + j);
                    long code = Lanes.field(q, line % 4 / 2 * 4, 4) | (Lanes.field(h, line % 4 * 2, 2) << 4);
                    Lanes.store(piece.codes, to + line * 32 + j, Lanes.minus(code, 32));
                }
            }
            float d = piece.half(at + 208);
            for (int run = 0; run < 16; run++) {
                piece.scale16(to + run * 16, d * piece.packed[at + 192 + run]);
            }
        }
        piece.scale(count);
    }
}
