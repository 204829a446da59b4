package cutaway.model.family;

import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;

/// Llama (arXiv:2302.13971, arXiv:2407.21783) and the many models of the same make: pre-norm blocks, RMSNorm, rotary
/// positions, grouped keys and values, a gated MLP.
///
/// llama.cpp stores the rows of its queries and keys as interleaved pairs.
final class Llama implements Family {

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
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        Decoder decoder = Decoder.of(dims, Names.HUGGING_FACE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.WHOLE))
                .activation(Activation.named(config.string("hidden_act", "silu")))
                .attentionBiases(config.flag("attention_bias", false))
                .biases(config.flag("mlp_bias", false), "mlp_bias", Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", false));
        config.expect("rope_interleaved", false);
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        Decoder decoder = Decoder.of(dims, Names.GGUF.rows(Names.QkvRows.PAIRS))
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .tied(!weights.has("output.weight"));
        if (metadata.has("llama.attention.scale")) {
            double scale = metadata.real("llama.attention.scale");
            decoder = scale == 0 ? decoder : decoder.scoreScale(scale);
        }
        metadata.finish();
        return decoder.build(weights);
    }
}
