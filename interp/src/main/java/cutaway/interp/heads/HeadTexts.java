package cutaway.interp.heads;

import cutaway.model.Model;
import cutaway.model.Sizes;
import cutaway.model.parts.Pass;
import cutaway.model.parts.Past;
import cutaway.model.parts.Point.Kind;
import cutaway.model.parts.Scores;
import cutaway.model.parts.Tap;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Dtype;
import cutaway.tensor.Scope;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Reads the queries and keys of heads over many texts. Texts of one length run together; all of them go
/// through one block before any goes through the next, so that memory holds one layer's queries and keys, and
/// the residual stream.
public final class HeadTexts {

    /// Tokens that go through a block together.
    private static final int TOGETHER = 512;

    private final Model model;
    private final int[] ends;
    private final List<Group> groups = new ArrayList<>();

    /// Texts of one length.
    ///
    /// @param texts their numbers
    /// @param ids `[text * length]`
    private record Group(int[] texts, long[] ids, int length) {}

    /// @param texts token ids of each
    /// @throws BadInputException when there is none, one is empty, or too long for the model
    public HeadTexts(Model model, List<int[]> texts) {
        if (texts.isEmpty()) {
            throw new BadInputException("there are no texts; give at least one.");
        }
        this.model = model;
        this.ends = new int[texts.size()];
        Map<Integer, List<Integer>> byLength = new TreeMap<>();
        int end = 0;
        for (int text = 0; text < ends.length; text++) {
            int length = texts.get(text).length;
            if (length == 0 || length > model.sizes().context()) {
                throw new BadInputException("text " + (text + 1) + " has " + length + " tokens; expected 1 to "
                        + model.sizes().context() + ".");
            }
            end += length;
            ends[text] = end;
            byLength.computeIfAbsent(length, key -> new ArrayList<>()).add(text);
        }
        byLength.forEach((length, same) -> {
            int most = Math.max(1, TOGETHER / length);
            for (int from = 0; from < same.size(); from += most) {
                List<Integer> together = same.subList(from, Math.min(same.size(), from + most));
                groups.add(new Group(
                        together.stream().mapToInt(text -> text).toArray(),
                        together.stream()
                                .flatMapToInt(text -> Arrays.stream(texts.get(text)))
                                .asLongStream()
                                .toArray(),
                        length));
            }
        });
    }

    /// Tokens of all texts.
    public int rows() {
        return ends[ends.length - 1];
    }

    /// The heads of one layer.
    ///
    /// @param pass called between steps of some 500 tokens through a block
    /// @throws BadInputException when the model has no such layer
    public List<QueryKeys> layer(int layer, Runnable pass) {
        if (layer < 0 || layer >= model.sizes().layers()) {
            throw new BadInputException("there is no layer " + layer + "; the model has 0 to "
                    + (model.sizes().layers() - 1) + ".");
        }
        List<QueryKeys> found = new ArrayList<>();
        run(layer, layer, found::addAll, pass);
        return found;
    }

    /// One head.
    ///
    /// @throws BadInputException when the model has no such head
    public QueryKeys head(int layer, int head) {
        int heads = model.sizes().heads();
        if (head < 0 || head >= heads) {
            throw new BadInputException("there is no head " + head + "; a layer has 0 to " + (heads - 1) + ".");
        }
        return layer(layer, () -> {}).get(head);
    }

    /// All heads, a layer after another.
    ///
    /// @param use is given the heads of each layer
    /// @param pass as in [#layer]
    public void each(Consumer<List<QueryKeys>> use, Runnable pass) {
        run(0, model.sizes().layers() - 1, use, pass);
    }

    private void run(int first, int last, Consumer<List<QueryKeys>> use, Runnable pass) {
        Transformer transformer = model.transformer();
        try (Scope scope = Scope.open()) {
            List<Pass> passes = new ArrayList<>();
            List<Tensor> residuals = new ArrayList<>();
            for (Group group : groups) {
                Tensor positions = Tensor.range(0, group.length).unsqueeze(0); // [1, pos]
                Tensor later = transformer.causal() ? Pass.later(group.length) : null;
                passes.add(transformer.pass(positions, later, Past.NONE));
                residuals.add(
                        transformer.embed(Tensor.of(group.ids, group.texts.length, group.length), positions, Tap.NONE));
            }
            for (int layer = 0; layer <= last; layer++) {
                Layer read = new Layer(layer);
                for (int i = 0; i < passes.size(); i++) {
                    Group group = groups.get(i);
                    Tap tap = layer < first ? Tap.NONE : read.tap(group);
                    Tensor before = residuals.get(i);
                    residuals.set(i, transformer.blocks(before, layer, layer + 1, passes.get(i), tap));
                    before.close();
                    pass.run();
                }
                if (layer >= first) {
                    use.accept(read.heads());
                }
            }
        }
    }

    /// What is read of a layer.
    private final class Layer {

        private final int layer;
        private final float[][] queries; // [head][row, dHead]
        private final float[][] keys; // [kvHead][row, dHead]

        Layer(int layer) {
            Sizes sizes = model.sizes();
            this.layer = layer;
            this.queries = new float[sizes.heads()][rows() * sizes.dHead()];
            this.keys = new float[sizes.kvHeads()][rows() * sizes.dHead()];
        }

        Tap tap(Group group) {
            boolean rotated = model.sizes().wiring().has(Kind.ROT_Q);
            return (point, value) -> {
                if (point.kind() == (rotated ? Kind.ROT_Q : Kind.Q)) {
                    put(value, group, queries);
                } else if (point.kind() == (rotated ? Kind.ROT_K : Kind.K)) {
                    put(value, group, keys);
                }
                return value;
            };
        }

        /// @param value `[text, pos, head, dHead]`
        private void put(Tensor value, Group group, float[][] into) {
            int dHead = model.sizes().dHead();
            float[] all = Scope.free(() -> value.to(Dtype.F32).toFloats());
            int from = 0;
            for (int text : group.texts) {
                int start = text == 0 ? 0 : ends[text - 1];
                for (int row = start; row < start + group.length; row++) {
                    for (float[] head : into) {
                        System.arraycopy(all, from, head, row * dHead, dHead);
                        from += dHead;
                    }
                }
            }
        }

        List<QueryKeys> heads() {
            Scores scores = model.transformer().blocks().get(layer).attention().scores();
            List<QueryKeys> heads = new ArrayList<>();
            int share = queries.length / keys.length; // heads that share keys
            for (int head = 0; head < queries.length; head++) {
                heads.add(new QueryKeys(
                        layer,
                        head,
                        model.sizes().dHead(),
                        queries[head],
                        keys[head / share],
                        ends,
                        scores,
                        model.sizes().isCausal()));
            }
            return heads;
        }
    }
}
