package cutaway.model.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Bytes as GGUF lays them out: little endian, strings as a u64 length and UTF-8.
final class LittleEndian extends ByteArrayOutputStream {

    /// The lowest `bytes` bytes of a value.
    void whole(long value, int bytes) {
        for (int i = 0; i < bytes; i++) {
            write((int) (value >>> (8 * i)));
        }
    }

    void u32(int value) {
        whole(value, Integer.BYTES);
    }

    void u64(long value) {
        whole(value, Long.BYTES);
    }

    void string(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        u64(bytes.length);
        writeBytes(bytes);
    }

    void zeros(long count) {
        for (long i = 0; i < count; i++) {
            write(0);
        }
    }
}
