package cutaway.model.family;

import cutaway.model.family.Names.Part;
import cutaway.model.family.Names.QkvRows;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;
import java.util.Map;
import java.util.Set;

/// Phi-3 and Phi-4 (arXiv:2404.14219): Llama with queries, keys and values in one matrix, both branches of the MLP in
/// another, and LongRoPE for long contexts.
final class Phi3 implements Family {

    private static final Names HUGGING_FACE = Names.HUGGING_FACE
            .fusedQkv("self_attn.qkv_proj", QkvRows.PLAIN)
            .with(Map.of(Part.GATE, "mlp.gate_up_proj", Part.UP, "mlp.gate_up_proj"));

    @Override
    public String name() {
        return "phi3";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("phi3");
    }

    @Override
    public Set<String> marks() {
        return Set.of("blk.0.attn_qkv.weight");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        config.fallback("original_max_position_embeddings", 4096);
        for (String group : new String[] {"rope_parameters", "rope_scaling"}) {
            if (config.isGroup(group)) {
                config.group(group).respell("type", "yarn", "longrope"); // what early files call it
                config.group(group).respell("rope_type", "yarn", "longrope");
            }
        }
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-5);
        Decoder decoder = Decoder.of(dims, HUGGING_FACE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.part(1)))
                .windows(Windows.everywhere(dims.layers(), config.sizeOrNone("sliding_window")))
                .activation(Activation.named(config.string("hidden_act", "silu")))
                .noBiases(Part.Q, Part.K, Part.V, Part.O, Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", false));
        config.ignore("attention_bias"); // transformers does not read it
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        Names names = weights.has("blk.0.attn_qkv.weight")
                ? Names.GGUF.fusedQkv("attn_qkv", QkvRows.PLAIN)
                : Names.GGUF; // a few old files
        Decoder decoder = Decoder.of(dims, names.with(Map.of(Part.GATE, "ffn_up")))
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .windows(Windows.everywhere(dims.layers(), metadata.sizeOrNone("phi3.attention.sliding_window")))
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }
}
