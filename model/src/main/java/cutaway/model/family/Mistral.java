package cutaway.model.family;

import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;
import cutaway.tensor.BadInputException;

/// Mistral 7B (arXiv:2310.06825): Llama with a sliding window in every layer. GGUF files of it say `llama`.
final class Mistral implements Family {

    @Override
    public String name() {
        return "mistral";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("mistral");
    }

    @Override
    public Family inGguf() {
        return new Llama();
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        Decoder decoder = Decoder.of(dims, Names.HUGGING_FACE)
                .rotary(Rotaries.fromHuggingFace(config, dims, Turned.WHOLE))
                .windows(Windows.everywhere(dims.layers(), config.sizeOrNone("sliding_window")))
                .activation(Activation.named(config.string("hidden_act", "silu")))
                .noBiases(Part.Q, Part.K, Part.V, Part.O, Part.GATE, Part.UP, Part.DOWN)
                .tied(config.flag("tie_word_embeddings", false));
        Family.finish(config);
        return decoder.build(weights);
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        throw new BadInputException(
                "the file says general.architecture = \"mistral\"; llama.cpp writes Mistral as \"llama\": convert it"
                        + " again with a current llama.cpp.");
    }
}
