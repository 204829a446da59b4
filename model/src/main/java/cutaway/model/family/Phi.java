package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Decoder.QkNorms;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Names.QkvRows;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;
import java.util.Map;

/// Phi-1, 1.5 and 2 (arXiv:2306.11644, arXiv:2309.05463): attention and a plain MLP side by side behind one LayerNorm,
/// biases everywhere, a part of each head rotated.
final class Phi implements Family {

    private static final double ROTATED = 0.5;

    private static final Names HUGGING_FACE = Names.HUGGING_FACE
            .with(Map.of(
                    Part.FINAL_NORM, "model.final_layernorm",
                    Part.O, "self_attn.dense",
                    Part.Q_NORM, "self_attn.q_layernorm",
                    Part.K_NORM, "self_attn.k_layernorm",
                    Part.UP, "mlp.fc1",
                    Part.DOWN, "mlp.fc2"))
            .without(Part.GATE);

    @Override
    public String name() {
        return "phi2";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("phi");
    }

    @Override
    public String modelType() {
        return "phi";
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        Dimensions dims = Dimensions.fromHuggingFace(config, "layer_norm_eps", 1e-5);
        Decoder decoder = Decoder.of(dims, HUGGING_FACE)
                .norms(NormKind.LAYER, Places.PARALLEL_SHARED)
                .qkNorms(config.flag("qk_layernorm", false) ? QkNorms.PER_HEAD : QkNorms.NONE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.part(ROTATED)))
                .activation(Activation.named(config.string("hidden_act", "gelu_new")))
                .tied(config.flag("tie_word_embeddings", false));
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_epsilon", weights);
        Decoder decoder = Decoder.of(
                        dims, Names.GGUF.fusedQkv("attn_qkv", QkvRows.PLAIN).without(Part.GATE))
                .norms(NormKind.LAYER, Places.PARALLEL_SHARED)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .activation(Activation.GELU_TANH)
                .tied(!weights.has("output.weight"));
        metadata.ignore("phi2.attention.add_bos_token");
        metadata.finish();
        return decoder.build(weights);
    }
}
