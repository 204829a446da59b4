package cutaway.model.tokenizer;

import cutaway.tensor.BadInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/// The table by which SentencePiece replaces characters before it cuts a text, such as NFKC.
///
/// The bytes are the size of a trie, the trie, and the replacements, each with a zero behind it. The trie is a double
/// array over UTF-8 bytes: a unit holds the byte that leads to it (bits 0 to 7), whether a key ends here (bit 8), and
/// how far its children lie (bits 10 to 31, times 256 when bit 9 is set); the child for byte `c` is at
/// `own position ^ distance ^ c`, and the value of a key at `own position ^ distance`.
///
/// Source: `Normalizer::DecodePrecompiledCharsMap` in src/normalizer.cc and third_party/darts_clone of SentencePiece.
final class Charsmap {

    /// What the next characters become.
    ///
    /// @param length how many UTF-16 units of the text are replaced
    record Replacement(String text, int length) {}

    private static final int LABEL = 0x8000_00FF;
    private static final int LEAF = 1 << 8;
    private static final int FAR = 1 << 9;

    /// Children of one unit lie in one such block.
    private static final int BLOCK = 256;

    private final int[] units;
    private final byte[] replacements;

    private Charsmap(int[] units, byte[] replacements) {
        this.units = units;
        this.replacements = replacements;
    }

    /// @throws BadInputException when the sizes do not fit
    static Charsmap of(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int size = bytes.length < Integer.BYTES ? -1 : buffer.getInt();
        if (size < Integer.BYTES || size % Integer.BYTES != 0 || size >= buffer.remaining()) {
            throw new BadInputException("the tokenizer's precompiled_charsmap has " + bytes.length
                    + " bytes and a trie of " + size + "; expected a trie that fits: the file is damaged.");
        }
        var units = new int[size / Integer.BYTES];
        buffer.asIntBuffer().get(units);
        buffer.position(Integer.BYTES + size);
        var replacements = new byte[buffer.remaining()];
        buffer.get(replacements);
        return new Charsmap(units, replacements);
    }

    /// The longest key that the text has at a position, before `to`; empty where there is none.
    Optional<Replacement> at(String text, int from, int to) {
        int node = distance(units[0]);
        int value = -1;
        int length = 0;
        for (int unit = from; unit < to; ) {
            int point = text.codePointAt(unit);
            unit += Character.charCount(point);
            for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                node ^= Byte.toUnsignedInt(b);
                if (!inside(node) || (units[node] & LABEL) != Byte.toUnsignedInt(b)) {
                    return replacement(value, length);
                }
                boolean ends = (units[node] & LEAF) != 0;
                node ^= distance(units[node]);
                if (ends && inside(node)) {
                    value = units[node] & Integer.MAX_VALUE;
                    length = unit - from;
                }
            }
        }
        return replacement(value, length);
    }

    private Optional<Replacement> replacement(int value, int length) {
        if (value < 0 || value >= replacements.length) {
            return Optional.empty();
        }
        int end = value;
        while (end < replacements.length && replacements[end] != 0) {
            end++;
        }
        return Optional.of(
                new Replacement(new String(replacements, value, end - value, StandardCharsets.UTF_8), length));
    }

    /// Whether every walk through the trie stays inside of it and every value is the start of a replacement, whatever
    /// the text: a reader that checks nothing while it walks may then take this table.
    boolean isSound() {
        if (units.length % BLOCK != 0 || !inside(distance(units[0])) || !isUtf8(replacements)) {
            return false;
        }
        var seen = new BitSet(units.length); // where children lie: `own position ^ distance`
        var next = new ArrayDeque<Integer>();
        next.add(distance(units[0]));
        while (!next.isEmpty()) {
            int base = next.remove();
            if (seen.get(base)) {
                continue;
            }
            seen.set(base);
            for (int b = 1; b < BLOCK; b++) { // all in the block of 256 that `base` is in
                int unit = units[base ^ b];
                int below = base ^ b ^ distance(unit);
                if ((unit & LABEL) != b) {
                    continue;
                }
                if (!inside(below) || ((unit & LEAF) != 0 && !isStart(units[below] & Integer.MAX_VALUE))) {
                    return false;
                }
                next.add(below);
            }
        }
        return true;
    }

    private boolean isStart(int value) {
        return value < replacements.length && (replacements[value] & 0xC0) != 0x80;
    }

    private static boolean isUtf8(byte[] bytes) {
        return Arrays.equals(new String(bytes, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), bytes);
    }

    private boolean inside(int node) {
        return node >= 0 && node < units.length;
    }

    private static int distance(int unit) {
        return (unit >>> 10) << ((unit & FAR) >>> 6);
    }
}
