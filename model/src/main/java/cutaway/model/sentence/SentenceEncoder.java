package cutaway.model.sentence;

import cutaway.model.Batch;
import cutaway.model.Model;
import cutaway.model.parts.Tap;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A sentence as one vector of length 1 (Sentence-BERT, arXiv:1908.10084, section 3, mean pooling):
///
///     m = mean over positions t of h_t,  e = m / |m|
///
/// where h is the residual stream after an encoder's last block, `[CLS]` and `[SEP]` among the positions. The
/// cosine of two is their product. MiniLM (arXiv:2002.10957), as `scripts/minilm` fetches it, was trained for
/// this.
public final class SentenceEncoder implements AutoCloseable {

    /// Tokens of a sentence that are read, those around it included, as sentence-transformers cuts MiniLM's.
    public static final int LONGEST = 256;

    private static final int AT_ONCE = 32;

    private final Model model;
    private final int longest;

    private SentenceEncoder(Model model) {
        this.model = model;
        this.longest = Math.min(LONGEST, model.sizes().context());
    }

    /// @param folder of an encoder with its tokenizer
    /// @throws BadInputException when it has no tokenizer, or is a decoder, whose first positions have seen nothing
    public static SentenceEncoder open(Path folder) {
        Model model = Model.open(folder);
        if (!model.sizes().isCausal() && model.hasTokenizer()) {
            return new SentenceEncoder(model);
        }
        model.close();
        throw new BadInputException(
                folder + " holds a decoder, or no tokenizer; expected an encoder with one, such as MiniLM.");
    }

    /// Numbers of a vector.
    public int width() {
        return model.sizes().dModel();
    }

    /// The ids of a sentence with those around it; what is behind the longest is cut off.
    public int[] ids(String sentence) {
        List<Integer> before = model.tokenizer().before();
        List<Integer> after = model.tokenizer().after();
        int[] inner = model.tokenizer().encode(sentence, false).ids();
        int room = Math.min(inner.length, longest - before.size() - after.size());
        List<Integer> ids = new ArrayList<>(before);
        Arrays.stream(inner).limit(room).forEach(ids::add);
        ids.addAll(after);
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }

    /// One row for each sentence, `[sentence, dModel]`, each of length 1.
    ///
    /// @throws BadInputException when there is none
    public Tensor embeddings(List<String> sentences) {
        if (sentences.isEmpty()) {
            throw new BadInputException("there is no sentence to embed; give one or more.");
        }
        return Scope.keep(() -> {
            List<Tensor> rows = new ArrayList<>();
            for (int from = 0; from < sentences.size(); from += AT_ONCE) {
                List<int[]> ids = sentences.subList(from, Math.min(sentences.size(), from + AT_ONCE)).stream()
                        .map(this::ids)
                        .toList();
                rows.add(pooled(ids));
            }
            return Tensor.cat(rows, 0);
        });
    }

    /// @return `[sentence, dModel]`
    private Tensor pooled(List<int[]> ids) {
        return Scope.keep(() -> {
            Batch batch = Batch.of(ids, Batch.Side.RIGHT);
            Tensor hidden = model.residual(batch, Tap.NONE); // [sentence, pos, dModel]
            List<Tensor> means = new ArrayList<>();
            for (int row = 0; row < ids.size(); row++) {
                Tensor real = hidden.select(0, row).slice(0, 0, ids.get(row).length);
                means.add(real.mean(0, true));
            }
            Tensor mean = Tensor.cat(means, 0);
            return mean.over(mean.norms(1).unsqueeze(1));
        });
    }

    @Override
    public void close() {
        model.close();
    }
}
