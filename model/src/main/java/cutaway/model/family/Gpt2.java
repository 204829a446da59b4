package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Names.QkvRows;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Scores;
import cutaway.tensor.BadInputException;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// GPT-2 (Radford et al. 2019): pre-norm blocks, LayerNorm, learned positions, biases everywhere, a plain MLP.
///
/// Its checkpoints store linear maps as `[in, out]` ("Conv1D") and the queries, keys and values of all heads as
/// one map.
final class Gpt2 implements Family {

    private static final Names HUGGING_FACE = Names.HUGGING_FACE
            .with(Map.of(
                    Part.EMBEDDING, "wte",
                    Part.POSITIONS, "wpe",
                    Part.FINAL_NORM, "ln_f",
                    Part.BLOCK, "h.",
                    Part.ATTN_NORM, "ln_1",
                    Part.O, "attn.c_proj",
                    Part.MLP_NORM, "ln_2",
                    Part.UP, "mlp.c_fc",
                    Part.DOWN, "mlp.c_proj"))
            .without(Part.GATE)
            .fusedQkv("attn.c_attn", QkvRows.PLAIN)
            .transposedMatrices();

    @Override
    public String name() {
        return "gpt2";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("gpt2");
    }

    @Override
    public String className() {
        return "GPT2LMHeadModel";
    }

    @Override
    public Set<String> marks() {
        return Set.of("transformer.wte.weight");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        int dModel = config.size("n_embd");
        int heads = config.size("n_head");
        if (dModel % heads != 0) {
            throw new BadInputException("the model has n_embd = " + dModel + " and n_head = " + heads
                    + "; the first must be a multiple of the second.");
        }
        int dHead = dModel / heads;
        Dimensions dims = new Dimensions(
                config.size("n_layer"),
                dModel,
                heads,
                heads,
                dHead,
                config.size("n_inner", 4 * dModel),
                config.size("vocab_size"),
                config.size("n_positions"),
                config.positive("layer_norm_epsilon", 1e-5));
        double scale = config.flag("scale_attn_weights", true) ? 1 / Math.sqrt(dHead) : 1;
        boolean byLayer = config.flag("scale_attn_by_inverse_layer_idx", false);
        Decoder decoder = Decoder.of(dims, prefixed(weights))
                .norms(NormKind.LAYER, Places.BEFORE)
                .scores(IntStream.range(0, dims.layers())
                        .mapToObj(layer -> Scores.scaled(byLayer ? scale / (layer + 1) : scale))
                        .toList())
                .activation(Activation.named(config.string("activation_function", "gelu_new")))
                .tied(config.flag("tie_word_embeddings", true));
        config.expect("add_cross_attention", false);
        config.ignore("reorder_and_upcast_attn"); // an order of the same operations, made for half precision
        Family.finish(config);
        return decoder.build(weights);
    }

    /// Older files lack the prefix, and carry masks.
    private static Names prefixed(Weights weights) {
        String prefix = weights.has("transformer.wte.weight") ? "transformer." : "";
        Names names = HUGGING_FACE.with(Map.of(
                Part.EMBEDDING, prefix + "wte",
                Part.POSITIONS, prefix + "wpe",
                Part.FINAL_NORM, prefix + "ln_f",
                Part.BLOCK, prefix + "h."));
        for (int layer = 0; weights.has(names.of(Part.Q, layer) + ".weight"); layer++) {
            weights.ignore(names.of(Part.BLOCK) + layer + ".attn.bias");
            weights.ignore(names.of(Part.BLOCK) + layer + ".attn.masked_bias");
        }
        return names;
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_epsilon", weights);
        Names names = Names.GGUF
                .with(Map.of(Part.POSITIONS, "position_embd"))
                .without(Part.GATE)
                .fusedQkv("attn_qkv", QkvRows.PLAIN);
        Decoder decoder = Decoder.of(dims, names)
                .norms(NormKind.LAYER, Places.BEFORE)
                .activation(Activation.GELU_TANH)
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }
}
