package cutaway.model.family;

import com.fasterxml.jackson.annotation.JsonProperty;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Embedding;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Readout;
import cutaway.model.parts.Readout.Distances;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.model.parts.Scores;
import cutaway.model.parts.Transformer;
import cutaway.model.weights.DenseMatrix;
import cutaway.model.weights.Matrix;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Shape;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The shape of a transformer that is trained at home: whatever the parts allow, with or without norms and MLPs.
///
/// Blocks are attention, then the MLP, each with a norm in front of it where there are norms. The same shape builds a
/// model in training, over tensors that are differentiated, and the one that is opened from its file.
///
/// @param layers how many blocks, at least 1
/// @param dModel width of the residual stream
/// @param heads of each layer
/// @param dHead width of a head
/// @param dMlp neurons of a layer; 0 for attention alone
/// @param vocab how many tokens there are
/// @param context most positions
/// @param norm in front of attention, MLP and unembedding
/// @param positions how a position is told from another
/// @param activation of the MLP
/// @param biased whether linear maps of blocks have biases
/// @param tied whether the unembedding is the embedding
/// @param causal whether a position sees only itself and those before it
/// @param distances how a head reads distances (arXiv:2502.01628); null for one that takes products
public record LabShape(
        int layers,
        int dModel,
        int heads,
        int dHead,
        int dMlp,
        int vocab,
        int context,
        NormKind norm,
        Positions positions,
        Activation activation,
        boolean biased,
        boolean tied,
        boolean causal,
        @Nullable Distances distances) {

    /// What config.json calls such a model.
    static final String MODEL_TYPE = "cutaway_lab";

    private static final double EPSILON = 1e-5;
    private static final double THETA = 10_000;

    /// Which norm.
    public enum NormKind {
        @JsonProperty("none")
        NONE,
        @JsonProperty("layer")
        LAYER,
        @JsonProperty("rms")
        RMS
    }

    /// How a position is told from another.
    public enum Positions {
        @JsonProperty("none")
        NONE,
        @JsonProperty("learned")
        LEARNED,
        @JsonProperty("rotary")
        ROTARY
    }

    /// Where weights come from, by name.
    public interface Source {

        /// `[out, in]`
        Matrix matrix(String name, long out, long in);

        /// Of any shape, in the type of activations.
        Tensor tensor(String name, long... dims);

        /// The bias of a linear map, `[out]`.
        default Tensor bias(String name, long out) {
            return tensor(name, out);
        }

        /// The weight or bias of a norm, `[n]`.
        default Tensor ofNorm(String name, long n) {
            return tensor(name, n);
        }

        /// Ones that no file holds, in the type of activations.
        Tensor ones(long... dims);
    }

    public LabShape {
        if (layers < 1 || dModel < 1 || heads < 1 || dHead < 1 || dMlp < 0 || vocab < 1 || context < 1) {
            throw new BadInputException("a transformer of " + layers + " layers, width " + dModel + ", " + heads
                    + " heads of " + dHead + ", " + dMlp + " neurons, " + vocab + " tokens and " + context
                    + " positions; expected at least 1 of each, and 0 neurons or more.");
        }
        if (positions == Positions.ROTARY && dHead % 2 != 0) {
            throw new BadInputException(
                    "heads of " + dHead + " numbers with rotary positions, which turn pairs; give an even number.");
        }
        if (distances != null && !(distances.power() > 0 && distances.epsilon() > 0)) {
            throw new BadInputException("a harmonic head with the exponent " + distances.power() + " and epsilon "
                    + distances.epsilon() + "; give numbers above 0.");
        }
    }

    static LabShape of(Settings config) {
        return new LabShape(
                config.size("num_hidden_layers"),
                config.size("hidden_size"),
                config.size("num_attention_heads"),
                config.size("head_dim"),
                config.count("intermediate_size", 0),
                config.size("vocab_size"),
                config.size("max_position_embeddings"),
                named(NormKind.class, config, "norm"),
                named(Positions.class, config, "positions"),
                Activation.named(config.string("hidden_act", "relu")),
                config.flag("bias", true),
                config.flag("tie_word_embeddings", false),
                config.flag("is_causal", true),
                distances(config));
    }

    private static @Nullable Distances distances(Settings config) {
        double power = config.real("harmonic_exponent", 0);
        double epsilon = config.real("harmonic_epsilon", 0);
        return power == 0 ? null : new Distances(power, epsilon);
    }

    private static <E extends Enum<E>> E named(Class<E> type, Settings config, String key) {
        String name = config.string(key);
        List<String> names = new ArrayList<>();
        for (E value : type.getEnumConstants()) {
            if (lower(value).equals(name)) {
                return value;
            }
            names.add(lower(value));
        }
        throw config.wrong(key, String.join(", ", names));
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /// Its config.json.
    public Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("model_type", MODEL_TYPE);
        config.put("num_hidden_layers", layers);
        config.put("hidden_size", dModel);
        config.put("num_attention_heads", heads);
        config.put("head_dim", dHead);
        config.put("intermediate_size", dMlp);
        config.put("vocab_size", vocab);
        config.put("max_position_embeddings", context);
        config.put("norm", lower(norm));
        config.put("positions", lower(positions));
        config.put("hidden_act", activation.configName());
        config.put("bias", biased);
        config.put("tie_word_embeddings", tied);
        config.put("is_causal", causal);
        config.put("harmonic_exponent", distances == null ? 0 : distances.power());
        config.put("harmonic_epsilon", distances == null ? 0 : distances.epsilon());
        return config;
    }

    /// The names and shapes of all its weights, in the order of a forward pass.
    public Map<String, Shape> weights() {
        Map<String, Shape> weights = new LinkedHashMap<>();
        build(new Source() {
            @Override
            public Matrix matrix(String name, long out, long in) {
                weights.put(name, new Shape(out, in));
                return new DenseMatrix(Tensor.zeros(0, in));
            }

            @Override
            public Tensor tensor(String name, long... dims) {
                weights.put(name, new Shape(dims));
                return Tensor.zeros(0);
            }

            @Override
            public Tensor ones(long... dims) {
                return Tensor.zeros(0);
            }
        });
        return weights;
    }

    /// The model over some weights.
    public Transformer build(Source source) {
        Matrix tokens = source.matrix("embed.weight", vocab, dModel);
        @Nullable
        Tensor learned = positions == Positions.LEARNED ? source.tensor("positions.weight", context, dModel) : null;
        Embedding embedding = new Embedding(tokens, 1, learned, null, null);
        List<Block> blocks = IntStream.range(0, layers)
                .mapToObj(layer -> block("blocks." + layer + ".", source))
                .toList();
        Norm last = norm == NormKind.NONE ? new Norm.Identity(source.ones(dModel)) : norm("final_norm", source);
        Matrix unembedding = tied ? tokens : source.matrix("unembed.weight", vocab, dModel);
        Readout readout = new Readout(null, last, new Linear(unembedding, null), 1, 0, distances);
        return new Transformer(embedding, blocks, readout, causal);
    }

    private Block block(String at, Source source) {
        int width = heads * dHead;
        Attention attention = new Attention(
                linear(at + "attn.q", width, dModel, source),
                linear(at + "attn.k", width, dModel, source),
                linear(at + "attn.v", width, dModel, source),
                linear(at + "attn.out", dModel, width, source),
                heads,
                heads,
                Scores.scaled(1 / Math.sqrt(dHead)),
                null,
                positions == Positions.ROTARY ? new Rotary(THETA, dHead, RotaryScaling.NONE) : null);
        @Nullable Norm beforeAttention = norm == NormKind.NONE ? null : norm(at + "norm1", source);
        @Nullable Norm beforeMlp = norm == NormKind.NONE || dMlp == 0 ? null : norm(at + "norm2", source);
        return new Block.Sequential(beforeAttention, attention, null, beforeMlp, mlp(at + "mlp.", source), null, 1);
    }

    /// Without neurons an MLP writes nothing.
    private Mlp mlp(String at, Source source) {
        if (dMlp == 0) {
            return new Mlp.PlainMlp(
                    new Linear(new DenseMatrix(source.ones(0, dModel)), null),
                    activation,
                    new Linear(new DenseMatrix(source.ones(dModel, 0)), null));
        }
        return new Mlp.PlainMlp(
                linear(at + "in", dMlp, dModel, source), activation, linear(at + "out", dModel, dMlp, source));
    }

    private Linear linear(String name, long out, long in, Source source) {
        return new Linear(source.matrix(name + ".weight", out, in), biased ? source.bias(name + ".bias", out) : null);
    }

    private Norm norm(String name, Source source) {
        Tensor weight = source.ofNorm(name + ".weight", dModel);
        return norm == NormKind.LAYER
                ? new Norm.LayerNorm(weight, source.ofNorm(name + ".bias", dModel), EPSILON)
                : new Norm.RmsNorm(weight, EPSILON);
    }
}
