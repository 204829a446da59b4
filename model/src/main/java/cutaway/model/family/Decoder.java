package cutaway.model.family;

import cutaway.model.family.Names.Part;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Embedding;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.QkNorm;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.model.parts.Scores;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.Matrix;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a family says of a decoder; [#build] makes the parts that follow from it.
///
/// A family begins with [#of], which describes Llama, and states where it departs from that.
final class Decoder {

    /// How values are normalised.
    enum NormKind {
        RMS,
        /// RMS with weights stored less 1 (Gemma): `x / rms(x) * (1 + w)`.
        RMS_LESS_ONE,
        LAYER
    }

    /// Where the norms stand, and how attention and MLP do to each other.
    enum Places {
        /// In front of attention and MLP.
        BEFORE,
        /// Behind them, on what they add.
        AFTER,
        BEFORE_AND_AFTER,
        /// In front of each, with attention and MLP side by side.
        PARALLEL,
        /// One in front of both, with attention and MLP side by side.
        PARALLEL_SHARED
    }

    /// Which norms queries and keys have.
    enum QkNorms {
        NONE,
        PER_HEAD,
        ACROSS_HEADS
    }

    private final Dimensions dims;
    private final Names names;
    private NormKind normKind = NormKind.RMS;
    private Places places = Places.BEFORE;
    private QkNorms qkNorms = QkNorms.NONE;
    private Activation activation = Activation.SILU;
    private boolean tied;
    private List<Scores> scores;
    private List<@Nullable Rotary> rotary;
    private double embeddingScale = 1;
    private double branchScale = 1;
    private double logitScale = 1;
    private double logitSoftcap;
    private final Map<Part, String> unbiased = new EnumMap<>(Part.class);

    private Decoder(Dimensions dims, Names names) {
        this.dims = dims;
        this.names = names;
        this.scores = Collections.nCopies(dims.layers(), Scores.scaled(1 / Math.sqrt(dims.dHead())));
        this.rotary = Collections.nCopies(dims.layers(), null);
    }

    static Decoder of(Dimensions dims, Names names) {
        return new Decoder(dims, names);
    }

    Decoder norms(NormKind kind, Places where) {
        normKind = kind;
        places = where;
        return this;
    }

    Decoder qkNorms(QkNorms norms) {
        qkNorms = norms;
        return this;
    }

    Decoder activation(Activation function) {
        activation = function;
        return this;
    }

    /// @param isTied whether the embedding is the unembedding too
    Decoder tied(boolean isTied) {
        tied = isTied;
        return this;
    }

    /// Whether parts have biases, as the settings say. A stored bias that the settings leave out is refused, one that
    /// they call for and that is not stored is none.
    ///
    /// @param setting that says so
    Decoder biases(boolean has, String setting, Part... parts) {
        if (!has) {
            for (Part part : parts) {
                unbiased.put(part, setting);
            }
        }
        return this;
    }

    /// As [#biases], of attention, as most families have it.
    Decoder attentionBiases(boolean has) {
        return biases(has, "attention_bias", Part.Q, Part.K, Part.V, Part.O);
    }

    /// Of attention and MLP, as the families without any have it.
    Decoder noBiases(Part... parts) {
        return biases(false, "", parts);
    }

    /// The same rotary embedding in every layer.
    Decoder rotary(Rotary everywhere) {
        return rotary(Collections.nCopies(dims.layers(), everywhere));
    }

    /// @param byLayer one a layer
    Decoder rotary(List<Rotary> byLayer) {
        rotary = List.copyOf(byLayer);
        return this;
    }

    /// @param byLayer one a layer
    Decoder scores(List<Scores> byLayer) {
        scores = List.copyOf(byLayer);
        return this;
    }

    /// @param byLayer positions that a query sees; 0 for all
    Decoder windows(List<Integer> byLayer) {
        List<Scores> windowed = new ArrayList<>();
        for (int layer = 0; layer < dims.layers(); layer++) {
            windowed.add(scores.get(layer).withWindow(byLayer.get(layer)));
        }
        scores = windowed;
        return this;
    }

    Decoder scoreScale(double scale) {
        scores = scores.stream()
                .map(layer -> new Scores(scale, layer.softcap(), layer.window()))
                .toList();
        return this;
    }

    /// @param cap of the scores; 0 for none
    Decoder scoreSoftcap(double cap) {
        scores = scores.stream()
                .map(layer -> new Scores(layer.scale(), cap, layer.window()))
                .toList();
        return this;
    }

    /// @param factor of the token embeddings
    Decoder embeddingScale(double factor) {
        embeddingScale = factor;
        return this;
    }

    /// @param factor of what attention and MLP add
    Decoder branchScale(double factor) {
        branchScale = factor;
        return this;
    }

    /// @param factor of the logits
    Decoder logitScale(double factor) {
        logitScale = factor;
        return this;
    }

    /// @param cap of the logits; 0 for none
    Decoder logitSoftcap(double cap) {
        logitSoftcap = cap;
        return this;
    }

    /// Takes the weights and puts the parts together.
    Family.Built build(Weights weights) {
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < dims.layers(); layer++) {
            blocks.add(block(weights, layer));
        }
        Matrix tokens = weights.matrix(names.of(Part.EMBEDDING) + ".weight", Rows.all(dims.vocab()), dims.dModel());
        @Nullable
        Tensor positions = names.has(Part.POSITIONS)
                ? weights.tensor(names.of(Part.POSITIONS) + ".weight", dims.context(), dims.dModel())
                : null;
        String head = names.of(Part.HEAD);
        boolean isShared = tied && weights.isSpare(head + ".weight", names.of(Part.EMBEDDING) + ".weight");
        Linear unembedding = isShared
                ? new Linear(tokens, weights.optionalVector(head + ".bias", Rows.all(dims.vocab())))
                : weights.linear(head, Rows.all(dims.vocab()), dims.dModel());
        Norm finalNorm = norm(weights, names.of(Part.FINAL_NORM), dims.dModel());
        return new Family.Built(
                new Transformer(
                        new Embedding(tokens, embeddingScale, positions, null, null),
                        blocks,
                        new Readout(null, finalNorm, unembedding, logitScale, logitSoftcap, null),
                        true),
                context());
    }

    /// A base that grows with the text makes room beyond the context that the settings state.
    private int context() {
        return rotary.stream()
                .mapToInt(layer ->
                        layer != null && layer.scaling() instanceof RotaryScaling.Dynamic(double factor, long _)
                                ? (int) (factor * dims.context())
                                : dims.context())
                .max()
                .orElse(dims.context());
    }

    private Block block(Weights weights, int layer) {
        weights.ignore(names.of(Part.BLOCK) + layer + ".self_attn.rotary_emb.inv_freq"); // a table that old files carry
        Attention attention = attention(weights, layer);
        Mlp mlp = mlp(weights, layer);
        return switch (places) {
            case BEFORE ->
                new Block.Sequential(
                        norm(weights, Part.ATTN_NORM, layer),
                        attention,
                        null,
                        norm(weights, Part.MLP_NORM, layer),
                        mlp,
                        null,
                        branchScale);
            case AFTER ->
                new Block.Sequential(
                        null,
                        attention,
                        norm(weights, Part.ATTN_POST_NORM, layer),
                        null,
                        mlp,
                        norm(weights, Part.MLP_POST_NORM, layer),
                        branchScale);
            case BEFORE_AND_AFTER ->
                new Block.Sequential(
                        norm(weights, Part.ATTN_NORM, layer),
                        attention,
                        norm(weights, Part.ATTN_POST_NORM, layer),
                        norm(weights, Part.MLP_NORM, layer),
                        mlp,
                        norm(weights, Part.MLP_POST_NORM, layer),
                        branchScale);
            case PARALLEL ->
                new Block.Parallel(
                        norm(weights, Part.ATTN_NORM, layer), attention, norm(weights, Part.MLP_NORM, layer), mlp);
            case PARALLEL_SHARED -> new Block.Parallel(norm(weights, Part.ATTN_NORM, layer), attention, null, mlp);
        };
    }

    private Attention attention(Weights weights, int layer) {
        return new Attention(
                linear(weights, Part.Q, layer, qkvRows(0), dims.dModel()),
                linear(weights, Part.K, layer, qkvRows(1), dims.dModel()),
                linear(weights, Part.V, layer, qkvRows(2), dims.dModel()),
                linear(weights, Part.O, layer, Rows.all(dims.dModel()), dims.dAttention()),
                dims.heads(),
                dims.kvHeads(),
                scores.get(layer),
                qkNorm(weights, layer),
                rotary.get(layer));
    }

    /// @param part 0 for queries, 1 for keys, 2 for values
    private Rows qkvRows(int part) {
        long rows = part == 0 ? dims.dAttention() : dims.dKeys();
        int heads = part == 0 ? dims.heads() : dims.kvHeads();
        return switch (names.qkvRows()) {
            case BY_HEAD -> Rows.ofEachHead(dims.heads(), dims.dHead(), part, 3);
            case PAIRS -> part == 2 ? Rows.all(rows) : Rows.halves(heads, dims.dHead());
            case PLAIN -> {
                if (!names.of(Part.Q).equals(names.of(Part.K))) {
                    yield Rows.all(rows);
                }
                long from = part == 0 ? 0 : dims.dAttention() + (part - 1) * dims.dKeys();
                yield Rows.range(dims.dAttention() + 2 * dims.dKeys(), from, from + rows);
            }
        };
    }

    private @Nullable QkNorm qkNorm(Weights weights, int layer) {
        return switch (qkNorms) {
            case NONE -> null;
            case PER_HEAD ->
                new QkNorm(
                        norm(weights, names.of(Part.Q_NORM, layer), dims.dHead()),
                        norm(weights, names.of(Part.K_NORM, layer), dims.dHead()),
                        false);
            case ACROSS_HEADS ->
                new QkNorm(
                        norm(weights, names.of(Part.Q_NORM, layer), dims.dAttention()),
                        norm(weights, names.of(Part.K_NORM, layer), dims.dKeys()),
                        true);
        };
    }

    private Mlp mlp(Weights weights, int layer) {
        long dMlp = dims.dMlp();
        Linear down = linear(weights, Part.DOWN, layer, Rows.all(dims.dModel()), dMlp);
        if (!names.has(Part.GATE)) {
            return new Mlp.PlainMlp(linear(weights, Part.UP, layer, Rows.all(dMlp), dims.dModel()), activation, down);
        }
        boolean joined = names.of(Part.GATE).equals(names.of(Part.UP));
        Rows gate = joined ? Rows.range(2 * dMlp, 0, dMlp) : Rows.all(dMlp);
        Rows up = joined ? Rows.range(2 * dMlp, dMlp, 2 * dMlp) : Rows.all(dMlp);
        return new Mlp.GatedMlp(
                linear(weights, Part.GATE, layer, gate, dims.dModel()),
                linear(weights, Part.UP, layer, up, dims.dModel()),
                activation,
                down);
    }

    private Linear linear(Weights weights, Part part, int layer, Rows rows, long in) {
        String name = names.of(part, layer);
        String setting = unbiased.get(part);
        if (setting != null && weights.has(name + ".bias")) {
            throw weights.excluded(name + ".bias", setting);
        }
        return names.transposed() ? weights.transposed(name, rows, in) : weights.linear(name, rows, in);
    }

    private Norm norm(Weights weights, Part part, int layer) {
        return norm(weights, names.of(part, layer), dims.dModel());
    }

    private Norm norm(Weights weights, String name, long size) {
        return switch (normKind) {
            case RMS -> new Norm.RmsNorm(weights.vector(name + ".weight", size), dims.epsilon());
            case RMS_LESS_ONE -> new Norm.RmsNorm(weights.vector(name + ".weight", size, 1), dims.epsilon());
            case LAYER ->
                new Norm.LayerNorm(
                        weights.vector(name + ".weight", size),
                        weights.optionalVector(name + ".bias", Rows.all(size)),
                        dims.epsilon());
        };
    }
}
