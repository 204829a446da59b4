package cutaway.model.family;

import cutaway.model.parts.Activation;
import cutaway.model.parts.Attention;
import cutaway.model.parts.Block;
import cutaway.model.parts.Linear;
import cutaway.model.parts.Mlp;
import cutaway.model.parts.Norm;
import cutaway.model.parts.Norm.RmsNorm;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.Transformer;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Llama (arXiv:2302.13971, arXiv:2407.21783) and the many models of the same make: pre-norm blocks, RMSNorm, rotary
/// positions, grouped keys and values, a gated MLP.
final class Llama implements Family {

    private record Sizes(
            int layers,
            int dModel,
            int heads,
            int kvHeads,
            int dHead,
            int dMlp,
            int vocab,
            int context,
            double epsilon) {
        Sizes {
            if (heads % kvHeads != 0) {
                throw new BadInputException("the model has " + heads + " heads and " + kvHeads
                        + " key/value heads; the first must be a multiple of the second.");
            }
        }
    }

    /// Where the weights stand: the same parts under two sets of names.
    ///
    /// @param interleaved whether the rows of q and k are stored as pairs (2i, 2i + 1), see [#turned]
    private record Names(
            String embed,
            String norm,
            String head,
            String block,
            String attnNorm,
            String q,
            String k,
            String v,
            String o,
            String mlpNorm,
            String gate,
            String up,
            String down,
            boolean interleaved) {

        static final Names HUGGING_FACE = new Names(
                "model.embed_tokens",
                "model.norm",
                "lm_head",
                "model.layers.",
                "input_layernorm",
                "self_attn.q_proj",
                "self_attn.k_proj",
                "self_attn.v_proj",
                "self_attn.o_proj",
                "post_attention_layernorm",
                "mlp.gate_proj",
                "mlp.up_proj",
                "mlp.down_proj",
                false);

        static final Names GGUF = new Names(
                "token_embd",
                "output_norm",
                "output",
                "blk.",
                "attn_norm",
                "attn_q",
                "attn_k",
                "attn_v",
                "attn_output",
                "ffn_norm",
                "ffn_gate",
                "ffn_up",
                "ffn_down",
                true);
    }

    @Override
    public String name() {
        return "llama";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("llama");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        int dModel = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        Sizes sizes = new Sizes(
                config.size("num_hidden_layers"),
                dModel,
                heads,
                config.size("num_key_value_heads", heads),
                config.size("head_dim", dModel / heads),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings", 2048),
                config.real("rms_norm_eps", 1e-6));
        RotarySettings rotary = RotarySettings.fromHuggingFace(config, sizes.context());
        Activation activation = Activation.named(config.string("hidden_act", "silu"));
        boolean tied = config.flag("tie_word_embeddings", false);
        config.expect("rope_interleaved", false);
        config.ignore("attention_bias", "mlp_bias"); // the weights themselves say which parts have a bias
        Family.ignoreTraining(config);
        config.finish();
        if (tied) {
            weights.ignore("lm_head.weight");
        }
        for (int layer = 0; layer < sizes.layers(); layer++) {
            weights.ignore("model.layers." + layer + ".self_attn.rotary_emb.inv_freq");
        }
        Rotary angles = new Rotary(weights.derived(Tensor.of(rotary.frequencies(sizes.dHead()), sizes.dHead() / 2)));
        return build(sizes, angles, activation, tied, Names.HUGGING_FACE, weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        int dModel = metadata.size("llama.embedding_length");
        int heads = metadata.size("llama.attention.head_count");
        int dHead = metadata.size("llama.attention.key_length", dModel / heads);
        metadata.expect("llama.attention.value_length", dHead);
        metadata.expect("llama.rope.dimension_count", dHead);
        Sizes sizes = new Sizes(
                metadata.size("llama.block_count"),
                dModel,
                heads,
                metadata.size("llama.attention.head_count_kv", heads),
                dHead,
                metadata.size("llama.feed_forward_length"),
                metadata.size("llama.vocab_size", weights.rows("token_embd.weight")),
                metadata.size("llama.context_length"),
                metadata.real("llama.attention.layer_norm_rms_epsilon"));
        RotarySettings rotary = RotarySettings.fromGguf(metadata, "llama");
        metadata.finish();
        double[] frequencies = rotary.exactFrequencies(dHead);
        if (weights.has("rope_freqs.weight")) {
            float[] divisors = weights.take("rope_freqs.weight", dHead / 2).toFloats();
            for (int i = 0; i < divisors.length; i++) {
                frequencies[i] /= divisors[i];
            }
        }
        Rotary angles = new Rotary(weights.derived(Tensor.of(RotarySettings.toFloats(frequencies), dHead / 2)));
        return build(sizes, angles, Activation.SILU, !weights.has("output.weight"), Names.GGUF, weights);
    }

    private static Built build(
            Sizes sizes, Rotary rotary, Activation activation, boolean tied, Names names, Weights weights) {
        List<Block> blocks = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            String at = names.block() + layer + ".";
            long dModel = sizes.dModel();
            long dAttention = (long) sizes.heads() * sizes.dHead();
            long dKeys = (long) sizes.kvHeads() * sizes.dHead();
            Attention attention = new Attention(
                    turned(weights, at + names.q(), dAttention, dModel, names.interleaved() ? sizes.heads() : 0),
                    turned(weights, at + names.k(), dKeys, dModel, names.interleaved() ? sizes.kvHeads() : 0),
                    linear(weights, at + names.v(), dKeys, dModel),
                    linear(weights, at + names.o(), dModel, dAttention),
                    sizes.heads(),
                    sizes.kvHeads(),
                    1 / Math.sqrt(sizes.dHead()));
            Mlp mlp = new Mlp.GatedMlp(
                    linear(weights, at + names.gate(), sizes.dMlp(), dModel),
                    linear(weights, at + names.up(), sizes.dMlp(), dModel),
                    activation,
                    linear(weights, at + names.down(), dModel, sizes.dMlp()));
            blocks.add(new Block(
                    norm(weights, at + names.attnNorm(), sizes),
                    attention,
                    norm(weights, at + names.mlpNorm(), sizes),
                    mlp));
        }
        Tensor embedding = weights.take(names.embed() + ".weight", sizes.vocab(), sizes.dModel());
        Linear unembedding =
                tied ? new Linear(embedding, null) : linear(weights, names.head(), sizes.vocab(), sizes.dModel());
        Norm finalNorm = norm(weights, names.norm(), sizes);
        return new Built(new Transformer(embedding, null, rotary, blocks, finalNorm, unembedding), sizes.context());
    }

    private static Norm norm(Weights weights, String name, Sizes sizes) {
        return new RmsNorm(weights.take(name + ".weight", sizes.dModel()), sizes.epsilon());
    }

    private static Linear linear(Weights weights, String name, long out, long in) {
        return turned(weights, name, out, in, 0);
    }

    /// A linear map whose rows, within each of `heads` heads, GGUF stores as interleaved pairs (2i, 2i + 1); they are
    /// put back into the halves (i, i + dHead / 2) that [Rotary] turns. With 0 heads the rows stay as they are.
    private static Linear turned(Weights weights, String name, long out, long in, int heads) {
        Tensor weight = weights.take(name + ".weight", tensor -> halves(tensor, heads), out, in);
        @Nullable
        Tensor bias =
                weights.has(name + ".bias") ? weights.take(name + ".bias", tensor -> halves(tensor, heads), out) : null;
        return new Linear(weight, bias);
    }

    private static Tensor halves(Tensor rows, int heads) {
        return heads == 0
                ? rows
                : rows.reshape(heads, rows.dim(0) / heads / 2, 2, -1)
                        .transpose(1, 2)
                        .reshape(rows.shape().dims());
    }
}
