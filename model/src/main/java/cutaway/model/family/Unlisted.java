package cutaway.model.family;

import cutaway.model.family.Decoder.NormKind;
import cutaway.model.family.Decoder.Places;
import cutaway.model.family.Decoder.QkNorms;
import cutaway.model.family.Names.Part;
import cutaway.model.family.Names.QkvRows;
import cutaway.model.family.OwnSettings.Kind;
import cutaway.model.family.Rotaries.Turned;
import cutaway.model.parts.Activation;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A Hugging Face folder whose `model_type` no family claims: a decoder under the usual names, put together from what
/// its settings say and from which tensors it holds.
///
/// Nothing is guessed. Where the usual models have different defaults, the setting must be there; a setting or a tensor
/// that names no known part is refused, and so is a type whose code computes something that neither shows.
public final class Unlisted {

    private static final String LAYER = "model.layers.0.";
    private static final List<String> MULTIPLIERS =
            List.of("embedding_multiplier", "attention_multiplier", "residual_multiplier", "logits_scaling");

    private final OwnSettings own;
    private final Settings config;
    private final Weights weights;

    private Unlisted(String modelType, Settings config, Weights weights) {
        this.own = OwnSettings.of(modelType);
        this.config = config;
        this.weights = weights;
    }

    /// @throws BadInputException naming the first setting or tensor that is no known part
    public static Family.Built open(String modelType, Settings config, Weights weights) {
        try {
            Departures.check(modelType);
            Family.Built built = new Unlisted(modelType, config, weights).built();
            weights.finish();
            return built;
        } catch (BadInputException e) {
            throw new BadInputException(
                    "model_type \"" + modelType + "\" is not on Cutaway's list of families ("
                            + String.join(", ", Family.names())
                            + "), and it cannot be put together from known parts: " + e.getMessage(),
                    e);
        }
    }

    /// What the user is to know of a model that was opened so.
    public static String note(String modelType, Settings config) {
        return "model_type \"" + modelType + "\" is not on Cutaway's list of families; its settings and tensors are"
                + " all known parts, so it was opened"
                + (config.has("auto_map")
                        ? ", though its folder names code of its own, which Cutaway does not read"
                        : "")
                + ": certify it with cutaway check and a golden file before you trust it.";
    }

    private Family.Built built() {
        if (config.strings("architectures").stream().noneMatch(name -> name.endsWith("ForCausalLM"))) {
            throw config.wrong("architectures", "a decoder with a head for the next token, ...ForCausalLM");
        }
        config.size("max_position_embeddings");
        Names names = names();
        NormKind norms = normKind(names);
        Dimensions dims = Dimensions.fromHuggingFace(config, epsilonKey(), 0);
        List<Integer> windows = windows(dims);
        Decoder decoder = Decoder.of(dims, names)
                .norms(norms, places())
                .qkNorms(qkNorms(names, dims))
                .activation(activation())
                .windows(windows)
                .tied(isTied());
        rotary(decoder, dims, windows);
        multipliers(decoder, dims);
        biases(decoder);
        config.expect("rope_interleaved", false);
        config.ignore("embedding_dropout", "residual_dropout");
        Family.finish(config);
        return decoder.build(weights);
    }

    /// There is no usual default: it counts only where no head is stored.
    private boolean isTied() {
        if (!config.has("tie_word_embeddings") && !weights.has("lm_head.weight") && !own.reads(Kind.TIED)) {
            throw new BadInputException(weights.where() + " holds no lm_head.weight, and its settings do not say"
                    + " tie_word_embeddings = true; set it if the embedding is the head too.");
        }
        return config.flag("tie_word_embeddings", !weights.has("lm_head.weight"));
    }

    private Names names() {
        Names names = Names.HUGGING_FACE.with(Map.of(
                Part.FINAL_NORM, weights.has("model.norm.weight") ? "model.norm" : "model.final_layernorm",
                Part.O, first("self_attn.o_proj", "self_attn.dense"),
                Part.Q_NORM, first("self_attn.q_norm", "self_attn.q_layernorm"),
                Part.K_NORM, first("self_attn.k_norm", "self_attn.k_layernorm"),
                Part.MLP_NORM, first("pre_feedforward_layernorm", "post_attention_layernorm"),
                Part.UP, first("mlp.up_proj", "mlp.gate_up_proj", "mlp.c_fc", "mlp.fc1"),
                Part.DOWN, first("mlp.down_proj", "mlp.c_proj", "mlp.fc2")));
        if (holds("self_attn.qkv_proj")) {
            names = names.fusedQkv("self_attn.qkv_proj", QkvRows.PLAIN);
        }
        if (holds("mlp.gate_up_proj")) {
            return names.with(Map.of(Part.GATE, "mlp.gate_up_proj"));
        }
        return holds("mlp.gate_proj") ? names : names.without(Part.GATE);
    }

    /// A LayerNorm with biases or an RMSNorm: the name of the epsilon and the biases must say the same.
    private NormKind normKind(Names names) {
        boolean isRms = config.has("rms_norm_eps");
        List<String> norms = new ArrayList<>(List.of(names.of(Part.FINAL_NORM)));
        Stream.of(Part.ATTN_NORM, Part.MLP_NORM, Part.ATTN_POST_NORM, Part.MLP_POST_NORM, Part.Q_NORM, Part.K_NORM)
                .map(names::of)
                .filter(this::holds)
                .map(name -> LAYER + name)
                .forEach(norms::add);
        for (String norm : norms) {
            if (!isRms && !weights.has(norm + ".bias")) {
                throw new BadInputException("the settings name no rms_norm_eps and the weights no " + norm
                        + ".bias, so nothing says whether it is an RMSNorm or a LayerNorm.");
            }
            if (isRms && weights.has(norm + ".bias")) {
                throw new BadInputException("the settings name rms_norm_eps, but there is a weight " + norm
                        + ".bias, which no RMSNorm has.");
            }
        }
        return isRms ? NormKind.RMS : NormKind.LAYER;
    }

    private String epsilonKey() {
        String key = Stream.of("rms_norm_eps", "layer_norm_eps", "norm_epsilon", "layer_norm_epsilon", "norm_eps")
                .filter(config::has)
                .findFirst()
                .orElse("rms_norm_eps");
        config.real(key); // there is no usual default
        return key;
    }

    private Places places() {
        boolean parallel = config.flag("use_parallel_residual", false);
        boolean before = holds("input_layernorm");
        boolean middle = holds("post_attention_layernorm");
        boolean mlpBefore = holds("pre_feedforward_layernorm");
        boolean after = holds("post_feedforward_layernorm");
        if (parallel && before && !middle && !mlpBefore && !after) {
            return Places.PARALLEL_SHARED;
        }
        if (!parallel && middle && before && mlpBefore == after) {
            return after ? Places.BEFORE_AND_AFTER : Places.BEFORE;
        }
        if (!parallel && middle && after && !before && !mlpBefore) {
            return Places.AFTER;
        }
        throw new BadInputException("the norms of its blocks stand in no known places: use_parallel_residual "
                + parallel + ", input_layernorm " + before + ", post_attention_layernorm " + middle
                + ", pre_feedforward_layernorm " + mlpBefore + ", post_feedforward_layernorm " + after + ".");
    }

    private QkNorms qkNorms(Names names, Dimensions dims) {
        String norm = names.of(Part.Q_NORM);
        for (String key : List.of("qk_layernorm", "use_qk_norm", "qk_norm")) {
            config.expect(key, holds(norm)); // true without weights: a norm that cannot be seen
        }
        if (!holds(norm)) {
            return QkNorms.NONE;
        }
        boolean perHead = weights.isVector(LAYER + norm + ".weight", dims.dHead());
        return perHead ? QkNorms.PER_HEAD : QkNorms.ACROSS_HEADS;
    }

    private Activation activation() {
        config.respell("hidden_activation", "hidden_act");
        String name = config.string("hidden_act");
        config.expect("hidden_activation", name);
        return Activation.named(name);
    }

    private List<Integer> windows(Dimensions dims) {
        int window = config.sizeOrNone("sliding_window", own.window());
        if (config.has("layer_types") || (own.reads(Kind.LAYER_TYPES) && !own.reads(Kind.WINDOW))) {
            config.strings("layer_types"); // there is no usual default
            config.ignore("use_sliding_window", "max_window_layers"); // layer_types was made from them
            List<Integer> windows = Windows.fromHuggingFace(config, dims.layers(), window, _ -> false);
            if (!own.reads(Kind.LAYER_TYPES)) {
                int everywhere = own.reads(Kind.WINDOW) ? window : 0;
                if (windows.stream().anyMatch(layer -> layer != everywhere)) {
                    throw config.wrong(
                            "layer_types",
                            (everywhere == 0 ? "full_attention" : "sliding_attention")
                                    + " in every layer, as this type is not known to read them");
                }
            }
            return windows;
        }
        config.expect("use_sliding_window", false);
        boolean off = config.has("use_sliding_window");
        if (off) {
            config.ignore("max_window_layers");
        }
        if (window != 0 && off == own.reads(Kind.WINDOW)) {
            throw off
                    ? config.wrong("use_sliding_window", "none beside sliding_window, as this type does not read it")
                    : config.wrong("sliding_window", "no such setting, as this type is not known to read it");
        }
        return Windows.everywhere(dims.layers(), off ? 0 : window);
    }

    private void rotary(Decoder decoder, Dimensions dims, List<Integer> windows) {
        boolean inGroup = config.isGroup("rope_parameters")
                && config.group("rope_parameters").has("rope_theta");
        if (!inGroup) {
            config.real("rope_theta"); // there is no usual default
        }
        config.expect("rope_pct", own.rotated()); // old spellings, which no type of transformers 5.23 reads
        config.expect("rotary_pct", own.rotated());
        Rotary rotary =
                Rotaries.fromHuggingFace(config, dims, new Turned(own.rotated(), own.reads(Kind.PARTIAL_ROTARY)));
        if (!own.reads(Kind.SCALING_OF_FULL_LAYERS)) {
            decoder.rotary(rotary);
            return;
        }
        if (config.has("rope_parameters")) {
            throw config.wrong("rope_parameters", "rope_theta and rope_scaling instead, as the type's own files have");
        }
        config.expect("rope_theta", 500_000); // transformers takes another one for the layers without a window alone
        Rotary local = new Rotary(rotary.theta(), rotary.dRot(), RotaryScaling.NONE);
        decoder.rotary(
                windows.stream().map(window -> window == 0 ? rotary : local).toList());
    }

    /// Granite's four (arXiv:2405.04324, after arXiv:2203.03466): where there is one of them, all must be there.
    private void multipliers(Decoder decoder, Dimensions dims) {
        if (MULTIPLIERS.stream().noneMatch(config::has)) {
            return;
        }
        if (config.flag("use_parallel_residual", false)) {
            config.expect("residual_multiplier", 1);
        }
        if (!own.reads(Kind.MULTIPLIERS)) {
            for (String key : MULTIPLIERS) {
                double neutral = key.equals("attention_multiplier") ? 1 / Math.sqrt(dims.dHead()) : 1;
                if (config.real(key, neutral) != neutral) {
                    throw config.wrong(key, neutral + " or none, as this type is not known to read it");
                }
            }
            return;
        }
        decoder.embeddingScale(config.real("embedding_multiplier"))
                .scoreScale(config.real("attention_multiplier"))
                .branchScale(config.real("residual_multiplier"))
                .logitScale(1 / config.positive("logits_scaling"));
    }

    /// The weights say which parts have a bias; a setting that says there is none must not be contradicted.
    private void biases(Decoder decoder) {
        config.ignore(
                "attention_bias", "attention_out_bias", "bias", "mlp_bias", "qkv_bias", "use_bias", "use_qkv_bias");
        for (String key : List.of("attention_bias", "qkv_bias", "use_qkv_bias", "bias", "use_bias")) {
            decoder.biases(config.flag(key, true), key, Part.Q, Part.K, Part.V);
        }
        String outBias = config.has("attention_out_bias") ? "attention_out_bias" : "attention_bias";
        for (String key : List.of("mlp_bias", "bias", "use_bias")) {
            decoder.biases(config.flag(key, true), key, Part.UP, Part.DOWN);
        }
        for (String key : List.of(outBias, "bias", "use_bias")) {
            decoder.biases(config.flag(key, true), key, Part.O);
        }
    }

    private boolean holds(String part) {
        return weights.has(LAYER + part + ".weight");
    }

    /// The first of some names that the first block holds, else the first.
    private String first(String... names) {
        return Stream.of(names).filter(this::holds).findFirst().orElse(names[0]);
    }
}
