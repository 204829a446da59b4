package cutaway.fuzz;

import java.util.random.RandomGenerator;

/// Damage that knows nothing of the format, and damage to a text.
final class RandomBytes {

    /// Cut characters, overlong forms, what no UTF-8 has, and characters that a terminal obeys.
    private static final int[] NASTY = {0xff, 0xc0, 0x80, 0xfe, 0x00, 0x0a, 0x0d, 0x1b, 0x22, 0x5c, 0xed, 0xf4, 0x2e};

    private RandomBytes() {}

    /// Up to 16 bytes, anywhere.
    static byte[] in(byte[] file, RandomGenerator random) {
        byte[] bytes = file.clone();
        for (int times = random.nextInt(1, 17); times > 0 && bytes.length > 0; times--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    static void spoil(byte[] bytes, int at, int length, RandomGenerator random) {
        for (int times = random.nextInt(1, 4); times > 0; times--) {
            bytes[at + random.nextInt(length)] = (byte) NASTY[random.nextInt(NASTY.length)];
        }
    }
}
