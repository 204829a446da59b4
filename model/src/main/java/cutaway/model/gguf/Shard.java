package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/// One file as it lies on the disk: a whole model, or a part of one.
///
///     "GGUF" | u32 version | u64 tensors | u64 keys | keys and values | tensor directory | padding | tensor data
record Shard(Path path, GgufMetadata metadata, Map<String, GgufTensor> tensors) {

    private static final int VERSION = 3;

    /// Maps the file into `arena` and checks its whole directory.
    ///
    /// @throws BadInputException, with the path, when the file cannot be read or does not keep to the format
    static Shard open(Path path, Arena arena) {
        RegularFile.check(path, "a GGUF file");
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return read(path, channel.map(MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (BadInputException e) {
            throw new BadInputException(path + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BadInputException("cannot read " + path + " (" + e + "); expected a GGUF file.", e);
        }
    }

    private static Shard read(Path path, MemorySegment file) {
        if (file.byteSize() < 4 || !isMagic(file)) {
            throw new BadInputException("the file does not start with \"GGUF\"; expected a GGUF file.");
        }
        var cursor = new Cursor(file, 4);
        int version = cursor.u32("the version");
        if (version != VERSION) {
            throw new BadInputException("the file is GGUF version " + Integer.toUnsignedString(version)
                    + (Integer.reverseBytes(version) <= VERSION && Integer.reverseBytes(version) > 0
                            ? " in big-endian order"
                            : "")
                    + "; Cutaway reads version 3, little endian. Convert the model again with a current llama.cpp.");
        }
        long tensors = cursor.count(Directory.SMALLEST_ENTRY, "the number of tensors");
        long pairs = cursor.count(GgufMetadata.SMALLEST_PAIR, "the number of metadata keys");
        GgufMetadata metadata = GgufMetadata.read(file, cursor, pairs);
        return new Shard(path, metadata, Directory.read(file, cursor, tensors, metadata));
    }

    private static boolean isMagic(MemorySegment file) {
        return file.get(ValueLayout.JAVA_BYTE, 0) == 'G'
                && file.get(ValueLayout.JAVA_BYTE, 1) == 'G'
                && file.get(ValueLayout.JAVA_BYTE, 2) == 'U'
                && file.get(ValueLayout.JAVA_BYTE, 3) == 'F';
    }
}
