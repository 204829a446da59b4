package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;
import java.util.List;
import java.util.Map;

/// Gemma 2 (arXiv:2408.00118): norms in front of and behind attention and MLP, every other layer with a sliding window,
/// soft caps on scores and logits, scaled embeddings.
///
/// Hugging Face stores the weights of its norms less 1, GGUF as they are used.
final class Gemma2 implements Family {

    /// Where a norm stands behind attention, the one in front of the MLP has a name of its own.
    static final Names HUGGING_FACE = Names.HUGGING_FACE.with(Map.of(Part.MLP_NORM, "pre_feedforward_layernorm"));

    @Override
    public String name() {
        return "gemma2";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("gemma2");
    }

    @Override
    public boolean needsWindow() {
        return true;
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        config.fallback("head_dim", 256);
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        int window = config.sizeOrNone("sliding_window", 4096);
        Decoder decoder = Decoder.of(dims, HUGGING_FACE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.WHOLE))
                .windows(Windows.fromHuggingFace(config, dims.layers(), window, layer -> layer % 2 == 0))
                .scoreScale(1 / Math.sqrt(config.real("query_pre_attn_scalar", 256)))
                .scoreSoftcap(config.positiveOrNone("attn_logit_softcapping", 50))
                .logitSoftcap(config.positiveOrNone("final_logit_softcapping", 30))
                .norms(NormKind.RMS_LESS_ONE, Places.BEFORE_AND_AFTER);
        finish(config, decoder, dims);
        return decoder.build(weights);
    }

    /// What Gemma 2 and Gemma 3 share.
    static void finish(Settings config, Decoder decoder, Dimensions dims) {
        decoder.activation(Activation.named(config.string("hidden_activation", "gelu_pytorch_tanh")))
                .embeddingScale(Math.sqrt(dims.dModel()))
                .attentionBiases(config.flag("attention_bias", false))
                .noBiases(Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", true));
        config.expect("use_bidirectional_attention", false);
        config.ignore("hidden_act"); // was never used
        Family.finish(config);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        int window = metadata.sizeOrNone("gemma2.attention.sliding_window", 4096);
        List<Integer> windows = Windows.fromGguf(metadata, name(), dims.layers(), window, 2);
        Decoder decoder = Decoder.of(dims, Names.GGUF)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .windows(windows)
                .scoreScale(scoreScale(dims, 46))
                .scoreSoftcap(metadata.realOrNone("gemma2.attn_logit_softcapping", 50))
                .logitSoftcap(metadata.realOrNone("gemma2.final_logit_softcapping", 30));
        finishGguf(metadata, decoder, dims, weights);
        return decoder.build(weights);
    }

    /// What GGUF files of Gemma 2 and Gemma 3 share.
    static void finishGguf(Settings metadata, Decoder decoder, Dimensions dims, Weights weights) {
        decoder.norms(NormKind.RMS, Places.BEFORE_AND_AFTER)
                .activation(Activation.GELU_TANH)
                .embeddingScale(Math.sqrt(dims.dModel()))
                .tied(!weights.has("output.weight"));
        metadata.finish();
    }

    /// GGUF does not say `query_pre_attn_scalar`: it is the size of a head in all released models but the 27B ones.
    ///
    /// @param layersOf27B layers of the model in which it is `dModel / heads`
    static double scoreScale(Dimensions dims, int layersOf27B) {
        double scalar = dims.layers() == layersOf27B ? (double) dims.dModel() / dims.heads() : dims.dHead();
        return 1 / Math.sqrt(scalar);
    }
}
