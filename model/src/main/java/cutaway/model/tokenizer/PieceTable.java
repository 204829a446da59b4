package cutaway.model.tokenizer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The vocabulary of a SentencePiece model.
///
/// @param pieces the text of each id, with [#SPACE] for a space
/// @param kinds what each id is for
/// @param scores what a piece is worth: the order of merges, or the logarithm of a probability
/// @param ids the pieces that text can be cut into; those of other kinds are recognised, or are bytes
/// @param bytes the id of each byte, -1 where there is none
/// @param unknown the id of what no piece covers
record PieceTable(
        List<String> pieces, List<Kind> kinds, float[] scores, Map<String, Integer> ids, int[] bytes, int unknown) {

    /// U+2581, which stands for a space inside of pieces.
    static final char SPACE = '\u2581';

    /// In the order of SentencePiece's own numbers, which GGUF files hold (`llama_token_type` in llama.cpp).
    enum Kind {
        UNDEFINED,
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE;

        /// Steers the model rather than being text.
        boolean special() {
            return this == UNKNOWN || this == CONTROL;
        }
    }

    static PieceTable of(List<String> pieces, List<Kind> kinds, float[] scores, int unknown) {
        var ids = new HashMap<String, Integer>();
        var bytes = new int[256];
        Arrays.fill(bytes, -1);
        for (int id = 0; id < pieces.size(); id++) {
            switch (kinds.get(id)) {
                case NORMAL, UNUSED -> ids.putIfAbsent(pieces.get(id), id);
                case BYTE -> {
                    int value = byteOf(pieces.get(id));
                    if (value >= 0) {
                        bytes[value] = id;
                    }
                }
                default -> {}
            }
        }
        return new PieceTable(pieces, kinds, scores, ids, bytes, unknown);
    }

    @Nullable
    Integer id(String piece) {
        return ids.get(piece);
    }

    boolean unused(int id) {
        return kinds.get(id) == Kind.UNUSED;
    }

    /// Whether what no piece covers is spelled in bytes.
    boolean fallsBackToBytes() {
        return Arrays.stream(bytes).allMatch(id -> id >= 0);
    }

    /// The byte that `<0x41>` names, or -1.
    static int byteOf(String piece) {
        if (piece.length() != 6 || !piece.startsWith("<0x") || !piece.endsWith(">")) {
            return -1;
        }
        int high = Character.digit(piece.charAt(3), 16);
        int low = Character.digit(piece.charAt(4), 16);
        return high < 0 || low < 0 ? -1 : 16 * high + low;
    }
}
