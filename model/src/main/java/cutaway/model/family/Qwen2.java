package cutaway.model.family;

import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;

/// Qwen 2 and 2.5 (arXiv:2407.10671): Llama with biases on queries, keys and values, and sliding windows where
/// asked for.
final class Qwen2 implements Family {

    @Override
    public String name() {
        return "qwen2";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("qwen2");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        Decoder decoder = fromHuggingFace(config, dims).noBiases(Part.O);
        Family.finish(config);
        return decoder.build(weights);
    }

    /// What Qwen 2 and Qwen 3 share.
    static Decoder fromHuggingFace(Settings config, Dimensions dims) {
        boolean slides = config.flag("use_sliding_window", false);
        int window = slides ? config.sizeOrNone("sliding_window") : 0;
        int first = config.count("max_window_layers", 28);
        config.ignore("sliding_window");
        return Decoder.of(dims, Names.HUGGING_FACE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.WHOLE))
                .windows(Windows.fromHuggingFace(config, dims.layers(), window, layer -> window > 0 && layer >= first))
                .activation(Activation.named(config.string("hidden_act", "silu")))
                .noBiases(Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", false));
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        Decoder decoder = Decoder.of(dims, Names.GGUF)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }
}
