package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.RegularFile;
import cutaway.tensor.safetensors.Entry;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// What `torch.save` writes of a state dict since PyTorch 1.6: a zip file with `NAME/data.pkl`, see [TensorPickle],
/// and the bytes of each storage in `NAME/data/KEY`.
final class TorchFile {

    private static final long LONGEST_PICKLE = 10_000_000;

    private TorchFile() {}

    static StoredTensors read(Path file) {
        RegularFile.check(file, "a file of PyTorch");
        Arena memory = Arena.ofShared();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            StoredTensors tensors = StoredTensors.of(file, entries(file, zip, memory), memory);
            memory = null;
            return tensors;
        } catch (BadInputException e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith(file.toString()) ? e : new BadInputException(file + ": " + message, e);
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot read " + file + " (" + e
                            + "); expected the zip file that torch.save writes since PyTorch 1.6.",
                    e);
        } finally {
            if (memory != null) {
                memory.close();
            }
        }
    }

    private static Map<String, Entry> entries(Path file, ZipFile zip, Arena memory) throws IOException {
        ZipEntry pickle = Collections.list(zip.entries()).stream()
                .filter(entry -> entry.getName().endsWith("/data.pkl"))
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException("the zip file holds no data.pkl; expected what torch.save writes."));
        String root = pickle.getName().replaceFirst("data\\.pkl$", "");
        if (pickle.getSize() > LONGEST_PICKLE) {
            throw new BadInputException(
                    "data.pkl has " + pickle.getSize() + " bytes; that of a dictionary has a few thousand.");
        }
        ZipEntry order = zip.getEntry(root + "byteorder");
        if (order != null
                && !text(ZipTensors.read(file, zip, order, memory)).strip().equals("little")) {
            throw new BadInputException("its numbers are not in little-endian order; save it on another machine.");
        }
        byte[] program = ZipTensors.read(file, zip, pickle, memory).toArray(ValueLayout.JAVA_BYTE);
        Map<String, MemorySegment> storages = new HashMap<>();
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, TensorPickle.Located> located :
                TensorPickle.read(program).entrySet()) {
            TensorPickle.Located at = located.getValue();
            MemorySegment storage = storages.get(at.key());
            if (storage == null) {
                ZipEntry member = zip.getEntry(root + "data/" + at.key());
                if (member == null) {
                    throw new BadInputException("the zip file holds no data/" + at.key() + ", where " + located.getKey()
                            + " lies; it is damaged.");
                }
                storage = ZipTensors.read(file, zip, member, memory);
                storages.put(at.key(), storage);
            }
            if (at.elements() > storage.byteSize() / at.dtype().bytes()) {
                throw new BadInputException("data/" + at.key() + ", where " + located.getKey() + " lies, has "
                        + storage.byteSize() + " bytes; " + at.elements() + " numbers were expected. It is damaged.");
            }
            entries.put(
                    located.getKey(),
                    Strided.copy(located.getKey(), at.dtype(), at.shape(), at.strides(), at.offset(), storage, memory));
        }
        return entries;
    }

    private static String text(MemorySegment bytes) {
        return new String(bytes.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
