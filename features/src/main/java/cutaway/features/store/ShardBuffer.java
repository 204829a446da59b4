package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.interp.table.NumberColumn;
import cutaway.interp.table.Table;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Shape;
import cutaway.tensor.Shuffle;
import cutaway.tensor.Tensor;
import cutaway.tensor.safetensors.SafetensorsWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The shard that is being filled, in native memory, as it will stand in the file.
///
/// A vector goes to its place at once: where a shard is shuffled, that is the next of a random permutation, so that
/// nothing is moved again.
final class ShardBuffer implements AutoCloseable {

    /// Names of the whole numbers of each row, in the shard's file and in its table.
    static final String TOKEN = "token";

    static final String POSITION = "position";
    static final String DOCUMENT = "document";
    static final String CONTEXT = "context";

    private final HarvestSettings settings;
    private final List<Integer> widths;
    private final int capacity;
    private final List<Tensor> tensors = new ArrayList<>();
    private final List<MemorySegment> memory = new ArrayList<>();
    private final List<float[]> norms = new ArrayList<>();
    private final float[] loss;
    private final int[] tokens;
    private final int[] positions;
    private final int[] documents;
    private final int[] contexts;
    private final int[] places;
    private int number;
    private int rows;

    ShardBuffer(HarvestSettings settings, StoreFacts.Layout layout) {
        this.settings = settings;
        this.widths = layout.widths();
        this.capacity = layout.shardRows();
        StoredType type = settings.kept().type();
        for (int width : widths) {
            Shape shape = new Shape(capacity, width);
            Tensor tensor = Scope.detach(Tensor.uninitialised(type == StoredType.F32 ? Dtype.F32 : Dtype.BF16, shape));
            tensors.add(tensor);
            memory.add(tensor.data());
            norms.add(new float[capacity]);
        }
        this.loss = new float[settings.kept().loss() ? capacity : 0];
        this.tokens = new int[capacity];
        this.positions = new int[capacity];
        this.documents = new int[capacity];
        this.contexts = new int[capacity];
        this.places = new int[capacity];
    }

    /// What a vector of each site, and what stands beside them, take in memory and at most on the disk, in bytes: a
    /// table's numbers before they are compressed, and a share of the file of documents.
    static long rowBytes(HarvestSettings settings, List<Integer> widths) {
        long vectors = widths.stream().mapToLong(Integer::longValue).sum()
                * settings.kept().type().bytes();
        return vectors + 4L * (4 + 4 + 2 + widths.size() + 1) + 40;
    }

    /// Begins a shard.
    void begin(int shard) {
        number = shard;
        rows = 0;
        for (int i = 0; i < capacity; i++) {
            places[i] = i;
        }
        if (settings.order() == Order.SHUFFLED) {
            Shuffle.of(places, Draws.of(settings.seed(), shard));
        }
    }

    int number() {
        return number;
    }

    int rows() {
        return rows;
    }

    int room() {
        return capacity - rows;
    }

    /// The vectors of a window as they are stored: what [#add] takes rows of.
    record Stored(List<MemorySegment> vectors, List<float[]> norms, float[] loss) {}

    /// Takes a token's vectors.
    ///
    /// @param from its place in the window
    void add(Stored window, int from, int token, int position, int document, int context) {
        int to = places[rows++];
        for (int site = 0; site < widths.size(); site++) {
            long bytes = (long) widths.get(site) * settings.kept().type().bytes();
            MemorySegment.copy(window.vectors.get(site), from * bytes, memory.get(site), to * bytes, bytes);
            norms.get(site)[to] = window.norms.get(site)[from];
        }
        if (loss.length > 0) {
            loss[to] = window.loss[from];
        }
        tokens[to] = token;
        positions[to] = position;
        documents[to] = document;
        contexts[to] = context;
    }

    /// Vectors `[place, width]` float32 in the type of the store.
    static MemorySegment stored(Tensor vectors, StoredType type, Site site) {
        return switch (type) {
            case F32 -> vectors.data();
            case BF16 -> vectors.to(Dtype.BF16).data();
            case F16 -> halves(vectors, site);
        };
    }

    private static MemorySegment halves(Tensor vectors, Site site) {
        float[] values = vectors.toFloats();
        short[] halves = new short[values.length];
        for (int i = 0; i < values.length; i++) {
            halves[i] = Float.floatToFloat16(values[i]);
        }
        for (int i = 0; i < values.length; i++) {
            if ((halves[i] & 0x7fff) == 0x7c00) { // infinite
                throw new BadInputException("a number of " + site.text() + " is " + values[i]
                        + ", beyond the range of f16; harvest it as bf16 or f32.");
            }
        }
        return MemorySegment.ofArray(halves);
    }

    /// Writes the shard's two files, each whole or not at all.
    ///
    /// @throws java.io.UncheckedIOException when the disk refuses
    /// @throws BadInputException when the disk refuses
    void write(Path folder) {
        closeUp(places);
        SafetensorsWriter writer = new SafetensorsWriter();
        List<NumberColumn> columns = new ArrayList<>();
        int[] shards = new int[rows];
        Arrays.fill(shards, number);
        int[] numbers = new int[rows];
        Arrays.setAll(numbers, i -> i);
        columns.add(new NumberColumn.Whole("shard", shards));
        columns.add(new NumberColumn.Whole("row", numbers));
        Map<String, int[]> whole = new LinkedHashMap<>();
        whole.put(TOKEN, tokens);
        whole.put(POSITION, positions);
        whole.put(DOCUMENT, documents);
        whole.put(CONTEXT, contexts);
        for (int site = 0; site < widths.size(); site++) {
            Site of = settings.sites().get(site);
            long bytes = (long) rows * widths.get(site) * settings.kept().type().bytes();
            writer.add(
                    of.text(),
                    settings.kept().type().dtype(),
                    List.of((long) rows, (long) widths.get(site)),
                    memory.get(site).asSlice(0, bytes));
        }
        whole.forEach((name, all) -> {
            int[] used = Arrays.copyOf(all, rows);
            writer.add(name, cutaway.tensor.safetensors.Dtype.I32, List.of((long) rows), MemorySegment.ofArray(used));
            columns.add(new NumberColumn.Whole(name, used));
        });
        for (int site = 0; site < widths.size(); site++) {
            columns.add(new NumberColumn.Single(
                    StoreFacts.normColumn(settings.sites().get(site)), Arrays.copyOf(norms.get(site), rows)));
        }
        if (loss.length > 0) {
            columns.add(new NumberColumn.Single("loss", Arrays.copyOf(loss, rows)));
        }
        writer.write(StoreFacts.vectors(folder, number));
        Table.write(StoreFacts.tokens(folder, number), columns, Map.of());
    }

    /// Moves the rows of a shard that is not full together, in their order.
    private void closeUp(int[] places) {
        int[] used = Arrays.copyOf(places, rows);
        Arrays.sort(used);
        for (int to = 0; to < rows; to++) {
            int from = used[to];
            if (from == to) {
                continue;
            }
            for (int site = 0; site < widths.size(); site++) {
                long bytes = (long) widths.get(site) * settings.kept().type().bytes();
                MemorySegment.copy(memory.get(site), from * bytes, memory.get(site), to * bytes, bytes);
                norms.get(site)[to] = norms.get(site)[from];
            }
            if (loss.length > 0) {
                loss[to] = loss[from];
            }
            tokens[to] = tokens[from];
            positions[to] = positions[from];
            documents[to] = documents[from];
            contexts[to] = contexts[from];
        }
    }

    @Override
    public void close() {
        tensors.forEach(Tensor::close);
    }
}
