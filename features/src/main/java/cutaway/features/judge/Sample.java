package cutaway.features.judge;

import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/// Activations of the counted tokens of some text, held in memory: that they are many is what [Settings#tokens]
/// bounds.
///
/// @param x what a dictionary reads, `[n, dIn]` float32
/// @param y what it writes, `[n, dOut]`; the same tensor for autoencoders
record Sample(Tensor x, Tensor y) implements AutoCloseable {

    /// Rows that are worked on at a time.
    private static final int CHUNK = 1024;

    /// @throws BadInputException when no token counts
    static Sample read(Splice splice, List<Context> contexts, Counting counting, int batch, Judge.Progress progress) {
        List<Tensor> xs = new ArrayList<>();
        List<Tensor> ys = new ArrayList<>();
        boolean same = false;
        for (List<Context> some : Batches.of(contexts, batch, "reading text to fit on", progress)) {
            List<int[]> ids = some.stream().map(Context::ids).toList();
            try (Splice.Values values = splice.read(ids);
                    Scope _ = Scope.open()) {
                Tensor rows = rows(Batches.counted(ids, values, counting));
                same = values.inputs() == values.outputs();
                xs.add(Scope.detach(values.inputs().gatherRows(0, rows)));
                if (!same) {
                    ys.add(Scope.detach(values.outputs().gatherRows(0, rows)));
                }
            }
        }
        Tensor x = joined(xs);
        if (x.dim(0) == 0) {
            x.close();
            throw new BadInputException(
                    "no token of the text counts: all are special or first of their context; give a longer text.");
        }
        return new Sample(x, same ? x : joined(ys));
    }

    private static Tensor joined(List<Tensor> parts) {
        Tensor joined =
                Scope.detach(Scope.keep(() -> Tensor.cat(parts, 0).to(Dtype.F32).alias()));
        parts.forEach(Tensor::close);
        return joined;
    }

    /// Rows of a batch as an index.
    static Tensor rows(List<int[]> counted) {
        long[] all = counted.stream().flatMapToInt(IntStream::of).asLongStream().toArray();
        return Tensor.of(all, all.length);
    }

    boolean same() {
        return x == y;
    }

    /// Calls with some rows of x and y after the others; tensors made there are freed.
    void chunks(BiConsumer<Tensor, Tensor> use) {
        for (long from = 0; from < x.dim(0); from += CHUNK) {
            try (Scope _ = Scope.open()) {
                long to = Math.min(from + CHUNK, x.dim(0));
                Tensor some = x.slice(0, from, to);
                use.accept(some, same() ? some : y.slice(0, from, to));
            }
        }
    }

    /// L0 of a coding, rounded; at least 1.
    int activeLatents(Coding coding) {
        long[] active = {0};
        chunks((some, _) -> {
            SparseRows codes = coding.encode(some);
            active[0] +=
                    Arrays.stream(codes.values()).filter(value -> value != 0).count();
        });
        return Math.max(1, Math.toIntExact(Math.round((double) active[0] / x.dim(0))));
    }

    @Override
    public void close() {
        x.close();
        if (!same()) {
            y.close();
        }
    }
}
