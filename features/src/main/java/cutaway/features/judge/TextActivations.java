package cutaway.features.judge;

import cutaway.features.dictionary.Dictionary;
import cutaway.model.Model;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// What a dictionary reads on labelled texts.
public final class TextActivations {

    /// Which tokens of a text count, of those that [Settings] let count.
    public enum Pool {
        /// All of them.
        MEAN,
        /// The last.
        LAST
    }

    /// Characters of a text in a message.
    private static final int MOST_SHOWN = 60;

    private TextActivations() {}

    /// A row for each text; the caller closes them.
    ///
    /// @param settings a text is cut at `context` tokens
    /// @throws BadInputException when the dictionary does not fit the model, or a text has no token that counts
    public static Labelled of(
            Model model,
            Dictionary dictionary,
            LabelledTexts texts,
            Pool pool,
            Settings settings,
            Judge.Progress progress) {
        Splice splice = new Splice(model, dictionary.origin(), dictionary.dIn(), dictionary.dOut());
        List<int[]> ids = IntStream.range(0, texts.texts().size())
                .mapToObj(text -> ids(model, texts, text, settings.context()))
                .toList();
        List<Integer> order = IntStream.range(0, ids.size())
                .boxed()
                .sorted(Comparator.comparingInt(text -> ids.get(text).length))
                .toList(); // texts of one length are run together
        List<Context> contexts =
                order.stream().map(text -> new Context(text, ids.get(text))).toList();
        Counting counting = new Counting(model, settings);
        List<Tensor> parts = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>(); // in that order
        for (List<Context> batch : Batches.of(contexts, settings.batch(), "reading texts", progress)) {
            List<int[]> some = batch.stream().map(Context::ids).toList();
            try (Splice.Values values = splice.read(some);
                    Scope _ = Scope.open()) {
                List<int[]> counted = Batches.counted(some, values, counting).stream()
                        .map(rows -> pool == Pool.MEAN || rows.length == 0 ? rows : new int[] {rows[rows.length - 1]})
                        .toList();
                for (int i = 0; i < counted.size(); i++) {
                    int count = counted.get(i).length;
                    if (count == 0) {
                        throw nothing(texts, order.get(sizes.size()));
                    }
                    sizes.add(count);
                }
                parts.add(Scope.detach(values.inputs().gatherRows(0, Sample.rows(counted))));
            } catch (RuntimeException e) {
                parts.forEach(Tensor::close);
                throw e;
            }
        }
        return inOrder(texts, order, sizes, parts, pool);
    }

    private static int[] ids(Model model, LabelledTexts texts, int text, int most) {
        IntStream before = model.tokenizer().before().stream().mapToInt(Integer::intValue);
        int[] own = model.tokenizer().encode(texts.texts().get(text), false).ids();
        if (own.length == 0) {
            throw nothing(texts, text);
        }
        return IntStream.concat(before, IntStream.of(own)).limit(most).toArray();
    }

    private static BadInputException nothing(LabelledTexts texts, int text) {
        String whole = texts.texts().get(text);
        return new BadInputException(texts.places().get(text) + ": the text \""
                + (whole.length() > MOST_SHOWN ? whole.substring(0, MOST_SHOWN) + "…" : whole)
                + "\" has no token that counts (the first of a text, special ones and attention sinks do not); leave"
                + " that line out, or give it a longer text.");
    }

    /// The rows in the order of the texts.
    private static Labelled inOrder(
            LabelledTexts texts, List<Integer> order, List<Integer> sizes, List<Tensor> parts, Pool pool) {
        int count = order.size();
        int[] from = new int[count];
        int[] size = new int[count];
        int at = 0;
        for (int i = 0; i < count; i++) {
            from[order.get(i)] = at;
            size[order.get(i)] = sizes.get(i);
            at += sizes.get(i);
        }
        int[] starts = new int[count + 1];
        for (int text = 0; text < count; text++) {
            starts[text + 1] = starts[text] + size[text];
        }
        long[] rows = IntStream.range(0, count)
                .flatMap(text -> IntStream.range(from[text], from[text] + size[text]))
                .asLongStream()
                .toArray();
        try (Scope _ = Scope.open()) {
            Tensor tokens = Tensor.cat(parts, 0)
                    .gatherRows(0, Tensor.of(rows, rows.length))
                    .to(Dtype.F32);
            parts.forEach(Tensor::close);
            Tensor kept = Scope.detach(tokens.copy());
            if (pool == Pool.LAST) {
                return new Labelled(kept, texts.labels(), texts.groups());
            }
            Labelled pooled = Labelled.pooled(kept, starts, texts.labels(), texts.groups());
            Scope.detach(pooled.x());
            return pooled;
        }
    }
}
