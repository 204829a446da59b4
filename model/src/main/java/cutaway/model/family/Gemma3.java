package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Decoder.QkNorms;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import java.util.List;
import java.util.Map;

/// Gemma 3 (arXiv:2503.19786), its text model: Gemma 2 with norms on queries and keys instead of soft caps, five layers
/// with a sliding window to one without, and rotary frequencies of their own for each of the two kinds.
///
/// In a multimodal folder the text model stands in a group of its own; images are left out.
final class Gemma3 implements Family {

    private static final double LOCAL_THETA = 10_000;
    private static final double GLOBAL_THETA = 1_000_000;
    private static final int PERIOD = 6;

    @Override
    public String name() {
        return "gemma3";
    }

    @Override
    public boolean isModelType(String modelType) {
        return modelType.equals("gemma3_text") || modelType.equals("gemma3");
    }

    @Override
    public String modelType() {
        return "gemma3_text";
    }

    @Override
    public boolean needsWindow() {
        return true;
    }

    @Override
    public Built fromHuggingFace(Settings config, Weights weights) {
        if (!config.isGroup("text_config")) {
            return ofText(config, weights, names(weights));
        }
        for (String part : List.of("vision_tower.", "multi_modal_projector.")) {
            weights.ignoreAll(part);
            weights.ignoreAll("model." + part);
        }
        Built built = ofText(config.group("text_config"), weights, names(weights));
        config.ignore(
                "vision_config", "mm_tokens_per_image", "boi_token_index", "eoi_token_index", "image_token_index");
        config.ignore("tie_word_embeddings"); // the text model's own setting counts
        Family.finish(config);
        return built;
    }

    private static Names names(Weights weights) {
        for (String prefix : List.of("language_model.model.", "model.language_model.")) {
            if (weights.has(prefix + "norm.weight")) {
                return Gemma2.HUGGING_FACE.with(Map.of(
                        Part.EMBEDDING, prefix + "embed_tokens",
                        Part.FINAL_NORM, prefix + "norm",
                        Part.HEAD, prefix.startsWith("model") ? "lm_head" : "language_model.lm_head",
                        Part.BLOCK, prefix + "layers."));
            }
        }
        return Gemma2.HUGGING_FACE;
    }

    private static Built ofText(Settings config, Weights weights, Names names) {
        config.fallback("head_dim", 256);
        config.fallback("num_attention_heads", 8);
        config.fallback("num_key_value_heads", 4);
        config.fallback("vocab_size", 262_208);
        config.fallback("max_position_embeddings", 131_072);
        Dimensions dims = Dimensions.fromHuggingFace(config, "rms_norm_eps", 1e-6);
        int window = config.sizeOrNone("sliding_window", 4096);
        int period = config.size("sliding_window_pattern", PERIOD);
        if (config.has("layer_types") || config.has("sliding_window_pattern")) {
            config.ignore("_sliding_window_pattern"); // what either of them says
        } else {
            config.expect("_sliding_window_pattern", period); // which transformers writes and does not read
        }
        List<Integer> windows =
                Windows.fromHuggingFace(config, dims.layers(), window, layer -> (layer + 1) % period != 0);
        Decoder decoder = Decoder.of(dims, names)
                .rotary(rotaries(config, dims, windows))
                .windows(windows)
                .scoreScale(1 / Math.sqrt(config.real("query_pre_attn_scalar", 256)))
                .logitSoftcap(config.positiveOrNone("final_logit_softcapping", 0))
                .norms(NormKind.RMS_LESS_ONE, Places.BEFORE_AND_AFTER)
                .qkNorms(QkNorms.PER_HEAD);
        config.ignore("attn_logit_softcapping"); // transformers keeps it from Gemma 2's settings and never applies it
        Gemma2.finish(config, decoder, dims);
        return decoder.build(weights);
    }

    /// New spelling: a group for each kind of layer. Old: two bases, and a scaling of the layers without a
    /// window alone.
    private static List<Rotary> rotaries(Settings config, Dimensions dims, List<Integer> windows) {
        double globalTheta = config.positive("rope_theta", GLOBAL_THETA);
        double localTheta = config.positive("rope_local_base_freq", LOCAL_THETA);
        Rotary global = new Rotary(globalTheta, dims.dHead(), RotaryScaling.NONE);
        Rotary local = new Rotary(localTheta, dims.dHead(), RotaryScaling.NONE);
        config.agree("rope_parameters", "rope_scaling");
        if (config.isGroup("rope_parameters")) {
            Settings byKind = config.group("rope_parameters");
            if (byKind.isGroup("full_attention")) {
                global = Rotaries.fromGroup(config, byKind.group("full_attention"), dims, globalTheta, Turned.WHOLE);
            }
            if (byKind.isGroup("sliding_attention")) {
                local = Rotaries.fromGroup(config, byKind.group("sliding_attention"), dims, localTheta, Turned.WHOLE);
            }
            byKind.ignore("full_attention", "sliding_attention");
        } else if (config.isGroup("rope_scaling")) {
            global = Rotaries.fromGroup(config, config.group("rope_scaling"), dims, globalTheta, Turned.WHOLE);
        }
        config.ignore("rope_parameters", "rope_scaling");
        return of(windows, global, local);
    }

    private static List<Rotary> of(List<Integer> windows, Rotary global, Rotary local) {
        return windows.stream().map(window -> window == 0 ? global : local).toList();
    }

    @Override
    public Built fromGguf(Settings metadata, Weights weights) {
        metadata.fallback("gemma3.rope.freq_base", GLOBAL_THETA);
        Dimensions dims = Dimensions.fromGguf(metadata, name(), "layer_norm_rms_epsilon", weights);
        int window = metadata.sizeOrNone("gemma3.attention.sliding_window");
        List<Integer> windows = Windows.fromGguf(metadata, name(), dims.layers(), window, PERIOD);
        Rotary global = Rotaries.fromGguf(metadata, name(), dims, weights);
        Rotary local = new Rotary(
                metadata.positive("gemma3.rope.freq_base_swa", LOCAL_THETA), global.dRot(), RotaryScaling.NONE);
        Decoder decoder = Decoder.of(dims, Names.GGUF)
                .rotary(of(windows, global, local))
                .windows(windows)
                .scoreScale(Gemma2.scoreScale(dims, 62))
                .logitSoftcap(metadata.realOrNone("gemma3.final_logit_softcapping", 0))
                .qkNorms(QkNorms.PER_HEAD);
        Gemma2.finishGguf(metadata, decoder, dims, weights);
        return decoder.build(weights);
    }
}
