package cutaway.model.gguf;

/// Blocks whose 4-bit codes are places in a table of 16 whole numbers `t`; byte j holds the codes of elements j (low
/// half) and j + 16 of a run of 32.
///
///     IQ4_NL: d, q[16]                    32 numbers    x = d t[q]             d float16
///     MXFP4:  e, q[16]                    32 numbers    x = 2^(e - 128) t[q]   e a byte
///     IQ4_XS: d, sh[2], sl[4], q[128]     256 numbers   x = (d (s - 32)) t[q]  s six bits a run, two of them in sh
final class TableBlocks {

    /// `kvalues_iq4nl`: codes lie closer together near zero, where most weights do.
    private static final byte[] NON_LINEAR = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    /// Twice the values of a float of one sign, two exponent and one mantissa bit (OCP Microscaling Formats 1.0, E2M1).
    private static final byte[] E2M1 = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

    private TableBlocks() {}

    static void iq4Nl(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 18, to += 32) {
            lookUp(piece, at + 2, to, NON_LINEAR);
            piece.run32(piece.codes, to, to, piece.half(at));
        }
    }

    static void iq4Xs(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 136, to += 256) {
            float d = piece.half(at);
            int high = piece.u16(at + 2);
            for (int run = 0; run < 8; run++) {
                int low = piece.packed[at + 4 + run / 2] >> (run % 2 * 4) & 15;
                int s = low | (((high >> (2 * run)) & 3) << 4);
                int first = to + run * 32;
                lookUp(piece, at + 8 + run * 16, first, NON_LINEAR);
                piece.run32(piece.codes, first, first, d * (s - 32));
            }
        }
    }

    static void mxfp4(Piece piece, int count) {
        for (int at = 0, to = 0; to < count; at += 17, to += 32) {
            lookUp(piece, at + 1, to, E2M1);
            piece.run32(piece.codes, to, to, powerOfTwo(piece.u8(at)));
        }
    }

    /// `2^(e - 128)`, exactly: below `2^-126` a float32 has no exponent left and its mantissa says it.
    private static float powerOfTwo(int e) {
        return Float.intBitsToFloat(e < 2 ? 0x0020_0000 << e : (e - 1) << 23);
    }

    private static void lookUp(Piece piece, int at, int to, byte[] table) {
        byte[] packed = piece.packed;
        byte[] codes = piece.codes;
        for (int j = 0; j < 16; j++) {
            int q = packed[at + j];
            codes[to + j] = table[q & 15];
            codes[to + 16 + j] = table[(q >> 4) & 15];
        }
    }
}
