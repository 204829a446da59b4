package cutaway.features.pages;

import cutaway.tensor.BadInputException;
import cutaway.tensor.SparseRows;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The codes of a whole text, 8 bytes each, in a file that is read as memory: they are computed once and read several
/// times. Beside it lie the ends of rows, and after each part of the text how far both reach: what was written after
/// that by a process that was ended does not count, and another goes on from there.
final class StoredCodes implements AutoCloseable {

    private static final String CODES = "codes";
    private static final String ENDS = "ends";
    private static final String PARTS = "parts";

    /// What goes through the encoder, a row each; an entry is a latent's number and its activation.
    static final class Writer implements AutoCloseable {

        private final FileChannel codes;
        private final FileChannel ends;
        private final FileChannel parts;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.nativeOrder());
        private long[] starts = new long[1 << 12];
        private int rows;

        private Writer(Path folder) throws IOException {
            codes = open(folder.resolve(CODES));
            ends = open(folder.resolve(ENDS));
            parts = open(folder.resolve(PARTS));
            long whole = parts.size() / PART * PART;
            if (whole > 0) {
                ByteBuffer last = read(parts, whole - PART, PART);
                rows = Math.toIntExact(last.getLong());
                long entries = last.getLong();
                starts = new long[rows + 1];
                read(ends, 0, Math.multiplyExact(rows, Long.BYTES))
                        .asLongBuffer()
                        .get(starts, 1, rows);
                if (starts[rows] != entries || codes.size() < entries * ENTRY) {
                    throw new IOException("the codes are damaged; remove " + folder);
                }
            }
            parts.truncate(whole).position(whole);
            ends.truncate((long) rows * Long.BYTES).position((long) rows * Long.BYTES);
            codes.truncate(starts[rows] * ENTRY).position(starts[rows] * ENTRY);
        }

        private static FileChannel open(Path file) throws IOException {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }

        private static ByteBuffer read(FileChannel channel, long from, int bytes) throws IOException {
            ByteBuffer read = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
            while (read.hasRemaining()) {
                if (channel.read(read, from + read.position()) < 0) {
                    throw new IOException("the codes are damaged: a file of theirs is too short");
                }
            }
            return read.flip();
        }

        /// How many rows there are; of a writer that goes on, at first those of the run before.
        int rows() {
            return rows;
        }

        /// Adds a part of the text; of its entries those above 0.
        void add(SparseRows some) {
            int first = rows;
            starts = Arrays.copyOf(starts, Math.max(starts.length, grown(rows + some.rows() + 1)));
            for (int row = 0; row < some.rows(); row++) {
                long end = starts[rows];
                for (int i = some.starts()[row]; i < some.starts()[row + 1]; i++) {
                    float value = (float) some.values()[i];
                    if (value > 0) {
                        put(codes, ENTRY);
                        buffer.putInt(some.columns()[i]).putFloat(value);
                        end++;
                    }
                }
                starts[++rows] = end;
            }
            flush(codes);
            for (int row = first + 1; row <= rows; row++) {
                put(ends, Long.BYTES);
                buffer.putLong(starts[row]);
            }
            flush(ends);
            buffer.putLong(rows).putLong(starts[rows]);
            flush(parts);
        }

        /// Makes room for so many bytes.
        private void put(FileChannel channel, int bytes) {
            if (buffer.remaining() < bytes) {
                flush(channel);
            }
        }

        private int grown(int least) {
            return least <= starts.length ? least : Math.max(least, (int) Math.min(1L << 30, 2L * starts.length));
        }

        private void flush(FileChannel channel) {
            buffer.flip();
            try {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            } catch (IOException e) {
                throw new BadInputException(
                        "the latents' activations cannot be kept on the disk (" + e.getMessage()
                                + "); pages need 8 bytes for each: make room, or harvest fewer tokens.",
                        e);
            }
            buffer.clear();
        }

        /// What was added, to be closed by the caller.
        StoredCodes stored() {
            Arena arena = Arena.ofShared();
            try {
                return new StoredCodes(
                        arena,
                        codes.map(FileChannel.MapMode.READ_ONLY, 0, codes.size(), arena),
                        Arrays.copyOf(starts, rows + 1));
            } catch (IOException e) {
                arena.close();
                throw new BadInputException("the latents' activations cannot be read back (" + e + ").", e);
            }
        }

        @Override
        public void close() {
            try (codes;
                    ends) {
                parts.close();
            } catch (IOException e) {
                throw new BadInputException("the latents' activations cannot be kept (" + e + ").", e);
            }
        }
    }

    private static final int ENTRY = Integer.BYTES + Float.BYTES;
    private static final int PART = 2 * Long.BYTES;

    private final Arena arena;
    private final MemorySegment entries;
    private final long[] starts;

    private StoredCodes(Arena arena, MemorySegment entries, long[] starts) {
        this.arena = arena;
        this.entries = entries;
        this.starts = starts;
    }

    /// Goes on with the codes that a folder has, or begins them.
    ///
    /// @param folder where there is room
    static Writer in(Path folder) {
        try {
            return new Writer(folder);
        } catch (IOException e) {
            throw new BadInputException("cannot write into " + folder + " (" + e + ").", e);
        }
    }

    static void remove(Path folder) throws IOException {
        for (String file : new String[] {PARTS, ENDS, CODES}) {
            Files.deleteIfExists(folder.resolve(file));
        }
    }

    int rows() {
        return starts.length - 1;
    }

    /// Where the entries of a row begin; those of the last row end where one more would begin.
    long start(int row) {
        return starts[row];
    }

    int latent(long entry) {
        return entries.get(ValueLayout.JAVA_INT, entry * ENTRY);
    }

    float value(long entry) {
        return entries.get(ValueLayout.JAVA_FLOAT, entry * ENTRY + Integer.BYTES);
    }

    /// What a latent has at a row, 0 where it is silent.
    float value(int row, int latent) {
        long from = starts[row];
        long to = starts[row + 1];
        while (from < to) {
            long middle = (from + to) >>> 1;
            int found = latent(middle);
            if (found == latent) {
                return value(middle);
            }
            if (found < latent) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
