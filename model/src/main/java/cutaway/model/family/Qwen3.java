package cutaway.model.family;

import cutaway.model.family.Decoder.QkNorms;

/// Qwen 3 (arXiv:2505.09388): Qwen 2 without its biases, with norms on the queries and keys of each head.
final class Qwen3 implements Family {

    @Override
    public String name() {
        return "qwen3";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("qwen3");
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        config.fallback("head_dim", 128);
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        Decoder decoder = Qwen2.fromHuggingFace(config, dims)
                .qkNorms(QkNorms.PER_HEAD)
                .attentionBiases(config.flag("attention_bias", false));
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        Decoder decoder = Decoder.of(dims, Names.GGUF)
                .rotary(Rotaries.fromGguf(metadata, name(), dims, weights))
                .qkNorms(QkNorms.PER_HEAD)
                .tied(!weights.has("output.weight"));
        metadata.finish();
        return decoder.build(weights);
    }
}
