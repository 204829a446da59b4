package cutaway.model.family;

import cutaway.model.parts.Activation;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Norm.LayerNorm;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// GPT-2 (Radford et al. 2019): pre-norm blocks, LayerNorm, learned positions, biases everywhere, a plain MLP.
///
/// Its checkpoints store linear maps as `[in, out]` ("Conv1D") and the queries, keys and values of all heads as
/// one map.
final class Gpt2 implements Family {

    @Override
    public String name() {
        return "gpt2";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("gpt2");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        int dModel = config.size("n_embd");
        int heads = config.size("n_head");
        int layers = config.size("n_layer");
        int context = config.size("n_positions");
        int dMlp = config.size("n_inner", 4 * dModel);
        int vocab = config.size("vocab_size");
        double epsilon = config.real("layer_norm_epsilon", 1e-5);
        boolean scaled = config.flag("scale_attn_weights", true);
        boolean scaledByLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
        boolean tied = config.flag("tie_word_embeddings", true);
        Activation activation = Activation.named(config.string("activation_function", "gelu_new"));
        config.expect("add_cross_attention", false);
        config.ignore("reorder_and_upcast_attn"); // an order of the same operations, made for half precision
        Family.ignoreTraining(config);
        config.finish();
        if (dModel % heads != 0) {
            throw new BadInputException("the model has n_embd = " + dModel + " and n_head = " + heads
                    + "; the first must be a multiple of the second.");
        }

        String prefix = weights.has("transformer.wte.weight") ? "transformer." : ""; // older files lack it
        double scale = scaled ? 1 / Math.sqrt((double) dModel / heads) : 1;
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            String at = prefix + "h." + layer + ".";
            weights.ignore(at + "attn.bias"); // the causal mask
            weights.ignore(at + "attn.masked_bias");
            Linear qkv = linear(weights, at + "attn.c_attn", dModel, 3L * dModel);
            Attention attention = new Attention(
                    third(weights, qkv, 0),
                    third(weights, qkv, 1),
                    third(weights, qkv, 2),
                    linear(weights, at + "attn.c_proj", dModel, dModel),
                    heads,
                    heads,
                    scaledByLayer ? scale / (layer + 1) : scale);
            Mlp mlp = new Mlp.PlainMlp(
                    linear(weights, at + "mlp.c_fc", dModel, dMlp),
                    activation,
                    linear(weights, at + "mlp.c_proj", dMlp, dModel));
            blocks.add(new Block(
                    norm(weights, at + "ln_1", dModel, epsilon),
                    attention,
                    norm(weights, at + "ln_2", dModel, epsilon),
                    mlp));
        }
        Tensor embedding = weights.take(prefix + "wte.weight", vocab, dModel);
        Tensor positions = weights.take(prefix + "wpe.weight", context, dModel);
        if (tied) {
            weights.ignore("lm_head.weight");
        }
        Linear unembedding = new Linear(tied ? embedding : weights.take("lm_head.weight", vocab, dModel), null);
        Norm finalNorm = norm(weights, prefix + "ln_f", dModel, epsilon);
        return new Built(new Transformer(embedding, positions, null, blocks, finalNorm, unembedding), context);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        throw new BadInputException(
                "Cutaway reads GPT-2 from a Hugging Face folder so far, not from GGUF; give the folder with"
                        + " config.json.");
    }

    private static Norm norm(Weights weights, String name, int dModel, double epsilon) {
        return new LayerNorm(weights.take(name + ".weight", dModel), weights.take(name + ".bias", dModel), epsilon);
    }

    private static Linear linear(Weights weights, String name, long in, long out) {
        Tensor weight = weights.take(name + ".weight", stored -> stored.transpose(0, 1), in, out);
        return new Linear(weight, weights.take(name + ".bias", out));
    }

    /// The queries (0), keys (1) or values (2) of a map that computes all three.
    private static Linear third(Weights weights, Linear qkv, int which) {
        long rows = qkv.out() / 3;
        Tensor weight = qkv.weight().slice(0, which * rows, (which + 1) * rows);
        Tensor bias = Objects.requireNonNull(qkv.bias()).slice(0, which * rows, (which + 1) * rows);
        return new Linear(weights.derived(weight), weights.derived(bias));
    }
}
