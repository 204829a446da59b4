package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;

/// Gemma (arXiv:2403.08295): Llama with embeddings scaled by `sqrt(dModel)`, used as the unembedding too, and GELU in
/// its MLP.
///
/// Hugging Face stores the weights of its norms less 1, GGUF as they are used.
final class Gemma implements Family {

    @Override
    public String name() {
        return "gemma";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("gemma");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        config.fallback("head_dim", 256);
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        config.respell("hidden_act", "gelu", "gelu_pytorch_tanh"); // what the first releases call it
        String activation = config.string("hidden_act", "gelu_pytorch_tanh");
        Decoder decoder = decoder(dims, Names.HUGGING_FACE, NormKind.RMS_LESS_ONE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.WHOLE))
                .activation(Activation.named(activation))
                .attentionBiases(config.flag("attention_bias", false))
                .noBiases(Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", true));
        config.expect("use_bidirectional_attention", false);
        config.ignore("hidden_activation"); // transformers reads hidden_act alone
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        Decoder decoder = decoder(dims, Names.GGUF, NormKind.RMS)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .activation(Activation.GELU_TANH)
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }

    private static Decoder decoder(Dimensions dims, Names names, NormKind norms) {
        return Decoder.of(dims, names).norms(norms, Places.BEFORE).embeddingScale(Math.sqrt(dims.dModel()));
    }
}
