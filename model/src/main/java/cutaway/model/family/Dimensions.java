package cutaway.model.family;

import cutaway.tensor.BadInputException;

/// The sizes of a decoder as its settings state them.
///
/// @param context most positions it was made for
/// @param epsilon of its norms
record Dimensions(
        int layers, int dModel, int heads, int kvHeads, int dHead, int dMlp, int vocab, int context, double epsilon) {

    /// More layers than any model has; each costs memory before its weights are looked for.
    private static final int MOST_LAYERS = 10_000;

    /// A head, or all heads together, wider than any model's.
    private static final long WIDEST = 1 << 24;

    Dimensions {
        if (layers > MOST_LAYERS) {
            throw new BadInputException("the model claims " + layers + " layers; expected at most " + MOST_LAYERS
                    + ": the file is damaged.");
        }
        if ((long) heads * dHead > WIDEST) {
            throw new BadInputException("the model claims " + heads + " heads of " + dHead
                    + " coordinates; expected at most " + WIDEST + " in all: the file is damaged.");
        }
        if (heads % kvHeads != 0) {
            throw new BadInputException("the model has " + heads + " heads and " + kvHeads
                    + " key/value heads; the first must be a multiple of the second.");
        }
    }

    /// Under the names that most models of the Hugging Face hub use.
    ///
    /// @param epsilonKey `rms_norm_eps` or `layer_norm_eps`
    /// @param epsilon where the settings state none
    static Dimensions fromHuggingFace(Settings config, String epsilonKey, double epsilon) {
        int dModel = config.size("hidden_size");
        int heads = config.size("num_attention_heads");
        if (!config.has("head_dim") && dModel % heads != 0) {
            throw new BadInputException("the model has hidden_size = " + dModel + " and " + heads
                    + " heads; the first must be a multiple of the second where head_dim is not set.");
        }
        return new Dimensions(
                config.size("num_hidden_layers"),
                dModel,
                heads,
                config.size("num_key_value_heads", heads),
                config.size("head_dim", dModel / heads),
                config.size("intermediate_size"),
                config.size("vocab_size"),
                config.size("max_position_embeddings", 2048),
                config.positive(epsilonKey, epsilon));
    }

    /// From GGUF metadata, which names them alike in every architecture.
    ///
    /// @param epsilonKey `layer_norm_rms_epsilon` or `layer_norm_epsilon`
    static Dimensions fromGguf(Settings metadata, String arch, String epsilonKey, Weights weights) {
        String of = arch + ".";
        int dModel = metadata.size(of + "embedding_length");
        int layers = metadata.size(of + "block_count");
        int heads = metadata.same(of + "attention.head_count", layers);
        int kvHeads = metadata.has(of + "attention.head_count_kv")
                ? metadata.same(of + "attention.head_count_kv", layers)
                : heads;
        if (!metadata.has(of + "attention.key_length") && dModel % heads != 0) {
            throw new BadInputException("the model has " + of + "embedding_length = " + dModel + " and " + heads
                    + " heads; the first must be a multiple of the second where key_length is not set.");
        }
        int dHead = metadata.size(of + "attention.key_length", dModel / heads);
        metadata.expect(of + "attention.value_length", dHead);
        metadata.expect(of + "expert_count", 0);
        metadata.expect(of + "attention.causal", true);
        metadata.ignore(of + "expert_used_count", of + "tensor_data_layout", of + "pooling_type", of + "vocab_size");
        metadata.ignore(of + "feed_forward_length"); // the shape of ffn_down says it, also where this is wrong
        return new Dimensions(
                layers,
                dModel,
                heads,
                kvHeads,
                dHead,
                weights.columns("blk.0.ffn_down.weight"),
                weights.rows("token_embd.weight"),
                metadata.size(of + "context_length"),
                metadata.positive(of + "attention." + epsilonKey));
    }

    long dAttention() {
        return (long) heads * dHead;
    }

    long dKeys() {
        return (long) kvHeads * dHead;
    }
}
