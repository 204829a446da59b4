package cutaway.model.export;

import cutaway.model.family.Family;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.tensor.BadInputException;
import cutaway.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A config.json with every setting under every name that some family reads it by; the family then keeps its own.
///
/// Rotary settings are spelled as before transformers 5 (`rope_theta`, `rope_scaling`), which newer versions read too.
final class HubSettings {

    private final Facts facts;
    private final Map<String, @Nullable Object> settings = new TreeMap<>();

    private HubSettings(Facts facts) {
        this.facts = facts;
    }

    /// @param dtype that the weights are written in, as transformers calls it
    static Map<String, @Nullable Object> of(Family family, Facts facts, String dtype) {
        HubSettings all = new HubSettings(facts);
        all.settings.put("model_type", family.modelType());
        all.settings.put("architectures", List.of(family.className()));
        all.settings.put("torch_dtype", dtype);
        all.sizes();
        all.attention();
        all.windows(family.needsWindow());
        all.rotary();
        return all.settings;
    }

    private void put(Object value, String... names) {
        for (String name : names) {
            settings.put(name, value);
        }
    }

    private void sizes() {
        put(facts.layers(), "num_hidden_layers", "n_layer");
        put(facts.dModel(), "hidden_size", "n_embd");
        put(facts.heads(), "num_attention_heads", "n_head");
        put(facts.kvHeads(), "num_key_value_heads");
        put(facts.dHead(), "head_dim");
        put(facts.dMlp(), "intermediate_size", "n_inner");
        put(facts.vocab(), "vocab_size");
        put(facts.context(), "max_position_embeddings", "n_positions");
        put(Numbers.shortest(facts.epsilon()), "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon");
        put(facts.activation().configName(), "hidden_act", "activation_function", "hidden_activation");
        put(facts.isTied(), "tie_word_embeddings");
        Tensor types = facts.transformer().embedding().types();
        if (types != null) {
            put(types.dim(0), "type_vocab_size");
        }
    }

    private void attention() {
        put(facts.hasAttentionBias(), "attention_bias");
        put(facts.hasMlpBias(), "mlp_bias");
        put(facts.hasQkNorms(), "qk_layernorm");
        put(facts.isParallel(), "use_parallel_residual");
        double scale = facts.scores().getFirst().scale();
        put(Numbers.whole(1 / (scale * scale)), "query_pre_attn_scalar");
        put(Math.abs(scale * Math.sqrt(facts.dHead()) - 1) < 1e-6, "scale_attn_weights");
        put(
                facts.layers() > 1 && Math.abs(facts.scores().get(1).scale() / scale - 0.5) < 1e-6,
                "scale_attn_by_inverse_layer_idx");
        cap("attn_logit_softcapping", facts.scores().getFirst().softcap());
        cap("final_logit_softcapping", facts.transformer().readout().softcap());
    }

    /// As the model has them: a window as wide as the context masks nothing, yet transformers fails where a sliding
    /// layer, or a family that always makes both masks, finds none.
    private void windows(boolean needed) {
        int window = facts.statedWindow();
        settings.put("sliding_window", window > 0 ? (Object) window : needed ? facts.context() : null);
        put(window > 0, "use_sliding_window");
        put(
                facts.statedWindows().stream()
                        .map(layer -> layer == 0 ? "full_attention" : "sliding_attention")
                        .toList(),
                "layer_types");
    }

    private void cap(String name, double cap) {
        settings.put(name, cap == 0 ? null : (Object) Numbers.shortest(cap));
    }

    private void rotary() {
        Rotary rotary = facts.rotary();
        Rotary windowed = facts.windowedRotary();
        if (rotary == null || windowed == null) {
            return;
        }
        put(Numbers.shortest(rotary.theta()), "rope_theta", "rotary_emb_base");
        put(Numbers.shortest(windowed.theta()), "rope_local_base_freq");
        put(fraction(rotary.dRot(), facts.dHead()), "partial_rotary_factor", "rotary_pct");
        Map<String, Object> scaling = scaling(rotary);
        if (!scaling.isEmpty()) {
            put(scaling, "rope_scaling");
        }
        if (rotary.scaling() instanceof RotaryScaling.LongRope longRope) {
            put(longRope.originalContext(), "original_max_position_embeddings");
        }
    }

    /// The part of a head that, multiplied by its size and cut to a whole number, gives the part again.
    private static double fraction(int dRot, int dHead) {
        double fraction = (double) dRot / dHead;
        return (int) (dHead * fraction) == dRot ? fraction : Math.nextUp(fraction);
    }

    private Map<String, Object> scaling(Rotary rotary) {
        Map<String, Object> group = new LinkedHashMap<>();
        switch (rotary.scaling()) {
            case RotaryScaling.None _ -> {}
            case RotaryScaling.Linear(double factor) -> {
                group.put("rope_type", "linear");
                group.put("factor", Numbers.shortest(factor));
            }
            case RotaryScaling.Dynamic(double factor, long _) -> {
                group.put("rope_type", "dynamic");
                group.put("factor", factor);
            }
            case RotaryScaling.Llama3 llama3 -> put(group, llama3);
            case RotaryScaling.Divided divided ->
                put(
                        group,
                        Llama3Scaling.of(rotary.theta(), rotary.dRot(), divided.divisors())
                                .orElseThrow(() -> new BadInputException(
                                        "the file lists divisors of its rotary frequencies (rope_freqs) that are no"
                                                + " Llama 3 scaling, and config.json has no setting for any others;"
                                                + " export it to GGUF, which lists them.")));
            case RotaryScaling.Yarn yarn -> {
                group.put("rope_type", "yarn");
                group.put("factor", Numbers.shortest(yarn.factor()));
                group.put("original_max_position_embeddings", (long) yarn.originalContext());
                group.put("beta_fast", Numbers.shortest(yarn.betaFast()));
                group.put("beta_slow", Numbers.shortest(yarn.betaSlow()));
                group.put("attention_factor", Numbers.shortest(yarn.magnitude()));
                if (!yarn.truncate()) {
                    group.put("truncate", false);
                }
            }
            case RotaryScaling.LongRope scaling -> {
                group.put("type", "longrope");
                group.put(
                        "short_factor",
                        scaling.within().stream().map(Numbers::shortest).toList());
                group.put(
                        "long_factor",
                        scaling.beyond().stream().map(Numbers::shortest).toList());
                double usual = RotaryScaling.LongRope.magnitude(
                        (double) facts.context() / scaling.originalContext(), scaling.originalContext());
                if (Math.abs(scaling.magnitude() / usual - 1) > 1e-6) { // early transformers know three settings only
                    group.put("attention_factor", Numbers.shortest(scaling.magnitude()));
                }
            }
        }
        return group;
    }

    private static void put(Map<String, Object> group, RotaryScaling.Llama3 scaling) {
        group.put("rope_type", "llama3");
        group.put("factor", scaling.factor());
        group.put("low_freq_factor", scaling.lowFrequency());
        group.put("high_freq_factor", scaling.highFrequency());
        group.put("original_max_position_embeddings", (long) scaling.originalContext());
    }
}
