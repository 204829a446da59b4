package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.tensor.Dtype;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.List;

/// Some vectors of a store, with the tokens that they belong to; read when they are asked for.
///
/// A tensor that it gives is a new one, which belongs to the scope that is open.
public final class Batch {

    private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ActivationStore store;
    private final List<Site> sites;
    private final int[] shards;
    private final int[] rows;

    /// @param shards by vector
    /// @param rows of each in its shard
    Batch(ActivationStore store, List<Site> sites, int[] shards, int[] rows) {
        this.store = store;
        this.sites = List.copyOf(sites);
        this.shards = shards;
        this.rows = rows;
    }

    /// How many tokens there are.
    public int size() {
        return rows.length;
    }

    /// The sites that it was asked for.
    public List<Site> sites() {
        return sites;
    }

    /// The vectors of all its sites, one after another on the last axis, `[size, d]` float32, contiguous.
    public Tensor joined() {
        return joined(sites);
    }

    /// The vectors of one site, `[size, d]` float32, contiguous.
    ///
    /// @throws cutaway.tensor.BadInputException when the store has no such site
    public Tensor at(Site site) {
        return joined(List.of(site));
    }

    /// The vectors of some sites, one after another on the last axis, `[size, d]` float32, contiguous.
    ///
    /// @throws cutaway.tensor.BadInputException when the store lacks one
    public Tensor joined(List<Site> of) {
        int[] numbers = of.stream().mapToInt(store::number).toArray();
        int width = of.stream().mapToInt(store::width).sum();
        Tensor tensor = Tensor.uninitialised(Dtype.F32, new Shape(size(), width));
        MemorySegment to = tensor.data();
        long column = 0;
        for (int number : numbers) {
            int own = store.facts().layout().widths().get(number);
            copy(number, own, to, column * Float.BYTES, (long) width * Float.BYTES);
            column += own;
        }
        return tensor;
    }

    /// @param at of the first vector in `to`, in bytes
    /// @param stride from one vector to the next there, in bytes
    private void copy(int site, int width, MemorySegment to, long at, long stride) {
        StoredType type = store.facts().settings().kept().type();
        long bytes = (long) width * type.bytes();
        float[] numbers = new float[type == StoredType.F32 ? 0 : width];
        short[] halves = new short[numbers.length];
        for (int i = 0; i < rows.length; i++) {
            MemorySegment from = store.shard(shards[i]).vectors(site);
            if (type == StoredType.F32) {
                MemorySegment.copy(from, rows[i] * bytes, to, at + i * stride, bytes);
                continue;
            }
            MemorySegment.copy(from, I16, rows[i] * bytes, halves, 0, width);
            if (type == StoredType.BF16) {
                for (int j = 0; j < width; j++) {
                    numbers[j] = Float.intBitsToFloat(halves[j] << 16);
                }
            } else {
                for (int j = 0; j < width; j++) {
                    numbers[j] = Float.float16ToFloat(halves[j]);
                }
            }
            MemorySegment.copy(numbers, 0, to, ValueLayout.JAVA_FLOAT, at + i * stride, width);
        }
    }

    /// The ids of the tokens.
    public int[] tokens() {
        return numbers(Shard::token);
    }

    /// Where each stands in its context, from 0.
    public int[] positions() {
        return numbers(Shard::position);
    }

    /// The document of each, by number; `documents.parquet` says which file that is.
    public int[] documents() {
        return numbers(Shard::document);
    }

    /// The context of each, by number: tokens of one context saw each other.
    public int[] contexts() {
        return numbers(Shard::context);
    }

    /// The shard of each, as the tables of tokens count them.
    public int[] shards() {
        return shards.clone();
    }

    /// The row of each in its shard.
    public int[] rows() {
        return rows.clone();
    }

    private interface Column {
        int of(Shard shard, int row);
    }

    private int[] numbers(Column column) {
        int[] numbers = new int[rows.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = column.of(store.shard(shards[i]), rows[i]);
        }
        return numbers;
    }
}
