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
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// The codes of a whole text, 8 bytes each, in a file that is read as memory: they are computed once and read several
/// times. The file has no name from the moment that it is made (on Linux and macOS), so that nothing of it stays,
/// whatever happens to the process.
final class StoredCodes implements AutoCloseable {

    /// What goes through the encoder, a row each; an entry is a latent's number and its activation.
    static final class Writer implements AutoCloseable {

        private final FileChannel channel;
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.nativeOrder());
        private long[] starts = new long[1 << 12];
        private int rows;

        private Writer(FileChannel channel) {
            this.channel = channel;
        }

        /// Adds rows; of their entries those above 0.
        void add(SparseRows codes) {
            starts = Arrays.copyOf(starts, Math.max(starts.length, grown(rows + codes.rows() + 1)));
            for (int row = 0; row < codes.rows(); row++) {
                long end = starts[rows];
                for (int i = codes.starts()[row]; i < codes.starts()[row + 1]; i++) {
                    float value = (float) codes.values()[i];
                    if (value > 0) {
                        put(codes.columns()[i], value);
                        end++;
                    }
                }
                starts[++rows] = end;
            }
        }

        private int grown(int least) {
            return least <= starts.length ? least : Math.max(least, (int) Math.min(1L << 30, 2L * starts.length));
        }

        private void put(int latent, float value) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            buffer.putInt(latent).putFloat(value);
        }

        private void flush() {
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
            flush();
            Arena arena = Arena.ofShared();
            try {
                return new StoredCodes(
                        arena,
                        channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena),
                        Arrays.copyOf(starts, rows + 1));
            } catch (IOException e) {
                arena.close();
                throw new BadInputException("the latents' activations cannot be read back (" + e + ").", e);
            }
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new BadInputException("the latents' activations cannot be kept (" + e + ").", e);
            }
        }
    }

    private static final int ENTRY = Integer.BYTES + Float.BYTES;

    private final Arena arena;
    private final MemorySegment entries;
    private final long[] starts;

    private StoredCodes(Arena arena, MemorySegment entries, long[] starts) {
        this.arena = arena;
        this.entries = entries;
        this.starts = starts;
    }

    /// @param folder where there is room
    static Writer in(Path folder) {
        try {
            return new Writer(FileChannel.open(
                    folder.resolve("codes"),
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw new BadInputException("cannot write into " + folder + " (" + e + ").", e);
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
