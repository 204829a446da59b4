package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Reads the members of a zip file into memory, of any size, and believes none of the sizes that it claims.
final class ZipTensors {

    private static final int CHUNK = 1 << 20;

    /// Deflate makes nothing larger than this many times what it read.
    private static final long MOST = 1040;

    private ZipTensors() {}

    /// A member's bytes, as many as it says it has.
    static MemorySegment read(Path file, ZipFile zip, ZipEntry entry, Arena memory) throws IOException {
        long size = entry.getSize();
        long packed = entry.getCompressedSize();
        if (size < 0 || packed < 0 || packed > file.toFile().length() || size > MOST * Math.max(packed, 1)) {
            throw new BadInputException(file + ": " + entry.getName() + " claims " + size + " bytes out of " + packed
                    + "; the file is damaged.");
        }
        MemorySegment bytes = memory.allocate(Math.max(size, 1), 8).asSlice(0, size);
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = zip.getInputStream(entry)) {
            long at = 0;
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (at + read > size) {
                    throw new BadInputException(
                            file + ": " + entry.getName() + " holds more than the " + size + " bytes that it claims.");
                }
                MemorySegment.copy(MemorySegment.ofArray(chunk), 0, bytes, at, read);
                at += read;
            }
            if (at != size) {
                throw new BadInputException(file + ": " + entry.getName() + " holds " + at + " bytes and claims " + size
                        + "; the file is cut short.");
            }
        }
        return bytes;
    }
}
