package cutaway.model.export;

import cutaway.model.family.Family;
import cutaway.model.gguf.GgufValue;
import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.tensor.BadInputException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The settings of a GGUF file's architecture, under every key that some family reads; the family then keeps its own.
final class GgufSettings {

    private final Facts facts;
    private final String of;
    private final Map<String, @Nullable Object> settings = new TreeMap<>();

    private GgufSettings(Facts facts, String of) {
        this.facts = facts;
        this.of = of;
    }

    /// @param rare also those that llama.cpp's converter writes in none of its files, for models that need them
    static Map<String, @Nullable Object> of(Family family, Facts facts, boolean rare) {
        GgufSettings all = new GgufSettings(facts, family.name() + ".");
        all.usual();
        all.rotary();
        if (rare) {
            all.rare();
        }
        return all.settings;
    }

    private void put(String key, Object value) {
        settings.put(of + key, value);
    }

    private void usual() {
        put("block_count", facts.layers());
        put("context_length", facts.context());
        put("embedding_length", facts.dModel());
        put("feed_forward_length", facts.dMlp());
        put("vocab_size", facts.vocab());
        put("attention.head_count", facts.heads());
        put("attention.head_count_kv", facts.kvHeads());
        put("attention.key_length", facts.dHead());
        put("attention.value_length", facts.dHead());
        put("attention.layer_norm_rms_epsilon", facts.epsilon());
        put("attention.layer_norm_epsilon", facts.epsilon());
        put("attention.sliding_window", facts.window());
        put("use_parallel_residual", facts.isParallel());
        cap("attn_logit_softcapping", facts.scores().getFirst().softcap(), false);
        cap("final_logit_softcapping", facts.transformer().readout().softcap(), false);
    }

    private void rare() {
        put("attention.scale", facts.scores().getFirst().scale());
        put(
                "attention.sliding_window_pattern",
                facts.windows().stream().map(window -> window > 0).toList());
        cap("attn_logit_softcapping", facts.scores().getFirst().softcap(), true);
        cap("final_logit_softcapping", facts.transformer().readout().softcap(), true);
    }

    private void cap(String key, double cap, boolean alsoNone) {
        if (cap != 0 || alsoNone) {
            put(key, cap);
        }
    }

    private void rotary() {
        Rotary rotary = facts.rotary();
        Rotary windowed = facts.windowedRotary();
        if (rotary == null || windowed == null) {
            return;
        }
        put("rope.freq_base", rotary.theta());
        put("rope.freq_base_swa", windowed.theta());
        put("rope.dimension_count", rotary.dRot());
        switch (rotary.scaling()) {
            case RotaryScaling.Linear(double factor) -> {
                put("rope.scaling.type", "linear");
                put("rope.scaling.factor", factor);
            }
            case RotaryScaling.Yarn yarn -> yarn(yarn);
            case RotaryScaling.LongRope longRope -> {
                put("rope.scaling.original_context_length", longRope.originalContext());
                put("rope.scaling.attn_factor", longRope.magnitude());
            }
            case RotaryScaling.Dynamic _ ->
                throw new BadInputException("the model's rotary scaling is dynamic, which GGUF has no setting for;"
                        + " export it to a Hugging Face folder.");
            default -> {} // nothing, or a tensor of divisors
        }
    }

    private void yarn(RotaryScaling.Yarn yarn) {
        put("rope.scaling.type", "yarn");
        put("rope.scaling.factor", yarn.factor());
        put("rope.scaling.original_context_length", (long) yarn.originalContext());
        unless(yarn.magnitude(), RotaryScaling.Yarn.magnitude(yarn.factor(), 1), "rope.scaling.yarn_attn_factor");
        unless(yarn.betaFast(), 32, "rope.scaling.yarn_beta_fast");
        unless(yarn.betaSlow(), 1, "rope.scaling.yarn_beta_slow");
    }

    private void unless(double value, double usual, String key) {
        if (Math.abs(value / usual - 1) > 1e-6) {
            put(key, value);
        }
    }

    /// Divisors of rotary frequencies, which are no settings but tensors of their own.
    static Map<String, double[]> divisors(Facts facts) {
        Map<String, double[]> tensors = new LinkedHashMap<>();
        Rotary rotary = facts.rotary();
        if (rotary != null) {
            switch (rotary.scaling()) {
                case RotaryScaling.Llama3 scaling ->
                    tensors.put("rope_freqs.weight", Llama3Scaling.divisors(scaling, rotary.theta(), rotary.dRot()));
                case RotaryScaling.Divided(List<Double> divisors) -> tensors.put("rope_freqs.weight", array(divisors));
                case RotaryScaling.LongRope scaling -> {
                    tensors.put("rope_factors_long.weight", array(scaling.beyond()));
                    tensors.put("rope_factors_short.weight", array(scaling.within()));
                }
                default -> {}
            }
        }
        return tensors;
    }

    private static double[] array(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).toArray();
    }

    static GgufValue stored(@Nullable Object value) {
        return switch (value) {
            case Boolean flag -> GgufValue.flag(flag);
            case Double real -> GgufValue.f32(real.floatValue());
            case Number whole -> GgufValue.u32(whole.longValue());
            case List<?> flags -> {
                boolean[] values = new boolean[flags.size()];
                for (int i = 0; i < values.length; i++) {
                    values[i] = Boolean.TRUE.equals(flags.get(i));
                }
                yield GgufValue.flags(values);
            }
            case String text -> GgufValue.text(text);
            case null, default -> throw new IllegalArgumentException("no value for GGUF: " + value);
        };
    }
}
