package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.safetensors.Dtype;
import cutaway.tensor.safetensors.Entry;
import cutaway.tensor.safetensors.SafetensorsFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A shard, mapped into memory.
final class Shard implements AutoCloseable {

    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final SafetensorsFile file;
    private final List<MemorySegment> vectors = new ArrayList<>();
    private final MemorySegment tokens;
    private final MemorySegment positions;
    private final MemorySegment documents;
    private final MemorySegment contexts;

    private Shard(SafetensorsFile file, StoreFacts facts, int rows) {
        this.file = file;
        List<Site> sites = facts.settings().sites();
        for (int i = 0; i < sites.size(); i++) {
            List<Long> shape =
                    List.of((long) rows, (long) facts.layout().widths().get(i));
            vectors.add(
                    bytes(sites.get(i).text(), facts.settings().kept().type().dtype(), shape));
        }
        List<Long> shape = List.of((long) rows);
        tokens = bytes(ShardBuffer.TOKEN, Dtype.I32, shape);
        positions = bytes(ShardBuffer.POSITION, Dtype.I32, shape);
        documents = bytes(ShardBuffer.DOCUMENT, Dtype.I32, shape);
        contexts = bytes(ShardBuffer.CONTEXT, Dtype.I32, shape);
    }

    private MemorySegment bytes(String name, Dtype dtype, List<Long> shape) {
        Entry entry = file.entry(name);
        if (entry.dtype() != dtype || !entry.shape().equals(shape)) {
            throw new BadInputException(name + " is " + entry.dtype() + " " + entry.shape() + " where the store has "
                    + dtype + " " + shape + ".");
        }
        return entry.bytes();
    }

    /// @throws BadInputException when its file is missing, damaged, or another than the store says
    static Shard open(Path folder, StoreFacts facts, int number) {
        Path path = StoreFacts.vectors(folder, number);
        if (!Files.exists(path)) {
            throw new BadInputException("the store " + folder + " lacks its shard " + path.getFileName()
                    + "; copy it back, or harvest again into another folder.");
        }
        SafetensorsFile file = null;
        try {
            file = SafetensorsFile.open(path);
            Shard shard = new Shard(file, facts, facts.contents().shards().get(number));
            file = null;
            return shard;
        } catch (BadInputException e) {
            throw new BadInputException(
                    "a shard of the store " + folder + " is damaged: " + e.getMessage()
                            + " Copy it back, or harvest again into another folder.",
                    e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    /// All vectors of a site, row by row.
    MemorySegment vectors(int site) {
        return vectors.get(site);
    }

    int token(int row) {
        return number(tokens, row);
    }

    int position(int row) {
        return number(positions, row);
    }

    int document(int row) {
        return number(documents, row);
    }

    int context(int row) {
        return number(contexts, row);
    }

    private static int number(MemorySegment numbers, int row) {
        return numbers.get(I32, (long) row * Integer.BYTES);
    }

    @Override
    public void close() {
        file.close();
    }
}
