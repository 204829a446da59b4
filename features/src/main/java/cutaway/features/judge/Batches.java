package cutaway.features.judge;

import cutaway.tensor.Dtype;
import cutaway.tensor.SparseRows;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Contexts run side by side, and where each of them stands among the rows of its batch.
final class Batches {

    private Batches() {}

    /// Neighbouring contexts of one length, at most so many together; says how far it is.
    static Iterable<List<Context>> of(List<Context> contexts, int most, String step, Judge.Progress progress) {
        return () -> new Iterator<>() {
            private int at;

            @Override
            public boolean hasNext() {
                return at < contexts.size();
            }

            @Override
            public List<Context> next() {
                progress.step(step, at, contexts.size());
                int from = at;
                int length = contexts.get(from).ids().length;
                while (at < contexts.size()
                        && at - from < most
                        && contexts.get(at).ids().length == length) {
                    at++;
                }
                return contexts.subList(from, at);
            }
        };
    }

    /// Rows of the batch that count, for each context.
    ///
    static List<int[]> counted(List<int[]> ids, Splice.Values values, Counting counting) {
        int length = ids.getFirst().length;
        return IntStream.range(0, ids.size())
                .mapToObj(context -> {
                    int first = context * length;
                    List<Tensor> rows = values.tellingSinks().stream()
                            .map(value -> value.slice(0, first, first + length))
                            .toList();
                    return IntStream.of(counting.of(ids.get(context), rows))
                            .map(pos -> first + pos)
                            .toArray();
                })
                .toList();
    }

    /// The counted tokens of each context that has some.
    ///
    /// @param x `[n, dIn]`, the counted rows of all contexts one after another; y, made and codes as x
    /// @param norms of the latents' decoder rows
    static List<Reconstructed> reconstructed(
            List<int[]> counted, Tensor x, Tensor y, Tensor made, SparseRows codes, double[] norms) {
        List<Reconstructed> contexts = new ArrayList<>();
        int from = 0;
        for (int[] rows : counted) {
            int to = from + rows.length;
            if (rows.length > 0) {
                long active = 0;
                double l1 = 0;
                for (int i = codes.starts()[from]; i < codes.starts()[to]; i++) {
                    active += codes.values()[i] == 0 ? 0 : 1;
                    l1 += Math.abs(codes.values()[i]) * norms[codes.columns()[i]];
                }
                contexts.add(new Reconstructed(part(x, from, to), part(y, from, to), part(made, from, to), active, l1));
            }
            from = to;
        }
        return contexts;
    }

    private static Tensor part(Tensor rows, int from, int to) {
        return rows.slice(0, from, to).to(Dtype.F64);
    }

    /// Positions whose next token is predicted.
    ///
    /// @param counts how many each context has
    record Following(long[] rows, long[] next, int[] counts) {}

    /// Counted tokens that another token follows which is no special one.
    static Following following(List<int[]> ids, List<int[]> counted, Counting counting) {
        int length = ids.getFirst().length;
        LongStream.Builder rows = LongStream.builder();
        LongStream.Builder next = LongStream.builder();
        int[] counts = new int[ids.size()];
        for (int context = 0; context < ids.size(); context++) {
            for (int row : counted.get(context)) {
                int pos = row - context * length;
                if (pos + 1 < length && !counting.isSpecial(ids.get(context)[pos + 1])) {
                    rows.add(row);
                    next.add(ids.get(context)[pos + 1]);
                    counts[context]++;
                }
            }
        }
        return new Following(rows.build().toArray(), next.build().toArray(), counts);
    }
}
