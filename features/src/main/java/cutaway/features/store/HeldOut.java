package cutaway.features.store;

import cutaway.interp.site.Site;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tokens of a store in two halves for fitting and testing, so that no document, or where one has most of the text no
/// context, has tokens in both.
///
/// @param byDocument whether documents are apart; else contexts
public record HeldOut(Half fit, Half test, boolean byDocument) implements AutoCloseable {

    private static final int CHUNK = 256;

    /// Of a half's tokens: their vectors, and where they are from.
    ///
    /// @param x what is read, `[n, dIn]` float32
    /// @param y what is written, `[n, dOut]`; the same tensor where the sites are the same
    public record Half(Tensor x, Tensor y, int[] tokens, int[] positions, int[] contexts) implements AutoCloseable {

        public int size() {
            return tokens.length;
        }

        @Override
        public void close() {
            x.close();
            if (y != x) {
                y.close();
            }
        }
    }

    /// @param most tokens of each half at most
    /// @throws BadInputException when the store has not the sites, or too little text
    public static HeldOut of(ActivationStore store, List<Site> inputs, List<Site> outputs, int most) {
        List<Batch> batches = new ArrayList<>();
        List<Site> sites = new ArrayList<>(inputs);
        outputs.stream().filter(site -> !inputs.contains(site)).forEach(sites::add);
        Map<Integer, Long> documents = new HashMap<>();
        int size = (int) Math.min(CHUNK, store.vectors());
        long read = Math.min(store.vectors() / size, Math.ceilDiv(8L * most, size));
        for (long step = 0; step < read; step++) {
            Batch batch = store.batch(sites, size, step);
            batches.add(batch);
            for (int document : batch.documents()) {
                documents.merge(document, 1L, Long::sum);
            }
        }
        long all = read * size;
        boolean byDocument = documents.values().stream().allMatch(count -> count < all / 3.0);
        Map<Integer, Boolean> halves = byDocument ? balanced(documents) : Map.of();
        Part fit = new Part();
        Part test = new Part();
        for (Batch batch : batches) {
            try (Scope _ = Scope.open()) {
                List<Integer> toFit = new ArrayList<>();
                List<Integer> toTest = new ArrayList<>();
                int[] of = byDocument ? batch.documents() : batch.contexts();
                for (int row = 0; row < of.length; row++) {
                    boolean isFit = byDocument ? halves.getOrDefault(of[row], false) : of[row] % 2 == 0;
                    (isFit ? toFit : toTest).add(row);
                }
                fit.add(batch, toFit, inputs, outputs, most);
                test.add(batch, toTest, inputs, outputs, most);
            }
            if (fit.tokens.size() >= most && test.tokens.size() >= most) {
                break;
            }
        }
        if (fit.tokens.isEmpty() || test.tokens.isEmpty()) {
            throw new BadInputException("the store has " + store.vectors() + " vectors of too few contexts to fit on"
                    + " some and test on others; harvest more text.");
        }
        return new HeldOut(fit.half(), test.half(), byDocument);
    }

    /// Gives each document to the half that has less so far, the largest first.
    private static Map<Integer, Boolean> balanced(Map<Integer, Long> documents) {
        Map<Integer, Boolean> halves = new HashMap<>();
        long[] sizes = new long[2];
        documents.entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .forEach(document -> {
                    boolean isFit = sizes[0] <= sizes[1];
                    halves.put(document.getKey(), isFit);
                    sizes[isFit ? 0 : 1] += document.getValue();
                });
        return halves;
    }

    private static final class Part {
        private final List<Tensor> xs = new ArrayList<>();
        private final List<Tensor> ys = new ArrayList<>();
        private final List<Integer> tokens = new ArrayList<>();
        private final List<Integer> positions = new ArrayList<>();
        private final List<Integer> contexts = new ArrayList<>();

        void add(Batch batch, List<Integer> rows, List<Site> inputs, List<Site> outputs, int most) {
            List<Integer> some = rows.subList(0, Math.min(rows.size(), most - tokens.size()));
            if (some.isEmpty()) {
                return;
            }
            Tensor index = Tensor.of(some.stream().mapToLong(Integer::longValue).toArray(), some.size());
            xs.add(Scope.detach(batch.joined(inputs).gatherRows(0, index)));
            if (!inputs.equals(outputs)) {
                ys.add(Scope.detach(batch.joined(outputs).gatherRows(0, index)));
            }
            int[] ids = batch.tokens();
            int[] places = batch.positions();
            int[] of = batch.contexts();
            for (int row : some) {
                tokens.add(ids[row]);
                positions.add(places[row]);
                contexts.add(of[row]);
            }
        }

        Half half() {
            Tensor x = joined(xs);
            return new Half(x, ys.isEmpty() ? x : joined(ys), array(tokens), array(positions), array(contexts));
        }

        private static Tensor joined(List<Tensor> parts) {
            Tensor all = Scope.detach(Tensor.cat(parts, 0));
            parts.forEach(Tensor::close);
            return all;
        }

        private static int[] array(List<Integer> values) {
            return values.stream().mapToInt(Integer::intValue).toArray();
        }
    }

    @Override
    public void close() {
        fit.close();
        test.close();
    }
}
