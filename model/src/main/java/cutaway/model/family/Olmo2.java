package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Decoder.QkNorms;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;

/// OLMo 2 (arXiv:2501.00656): Llama with its norms behind attention and MLP, and one norm across all heads for queries
/// and another for keys.
final class Olmo2 implements Family {

    @Override
    public String name() {
        return "olmo2";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("olmo2");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-5);
        Decoder decoder = Decoder.of(dims, Names.HUGGING_FACE)
                .norms(NormKind.RMS, Places.AFTER)
                .qkNorms(QkNorms.ACROSS_HEADS)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.WHOLE))
                .activation(Activation.named(config.string("hidden_act", "silu")))
                .attentionBiases(config.flag("attention_bias", false))
                .noBiases(Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", false));
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        Decoder decoder = Decoder.of(dims, Names.GGUF)
                .norms(NormKind.RMS, Places.AFTER)
                .qkNorms(QkNorms.ACROSS_HEADS)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }
}
