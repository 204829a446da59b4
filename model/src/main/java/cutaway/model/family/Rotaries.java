package cutaway.model.family;

import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// Reads rotary embeddings from settings.
final class Rotaries {

    private Rotaries() {}

    /// Reads `rope_parameters` (new spelling), or `rope_theta` and `rope_scaling` (old).
    ///
    /// @param fraction part of each head that is turned, where the settings state none
    static Rotary fromHuggingFace(Settings config, Dimensions dims, double fraction) {
        double theta = config.real("rope_theta", 10_000);
        double part = config.real("partial_rotary_factor", fraction);
        String group = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        config.ignore("rope_parameters", "rope_scaling");
        if (!config.has(group)) {
            config.ignore("original_max_position_embeddings"); // of a scaling that is not there
            return new Rotary(theta, turned(dims, part), RotaryScaling.NONE);
        }
        return fromGroup(config, config.group(group), dims, theta, part);
    }

    /// Reads one group of rotary settings.
    ///
    /// @param config the settings around it
    /// @param theta where the group states none
    /// @param fraction where the group states none
    static Rotary fromGroup(Settings config, Settings rope, Dimensions dims, double theta, double fraction) {
        double own = rope.real("rope_theta", theta);
        double part = rope.real("partial_rotary_factor", fraction);
        int dRot = turned(dims, part);
        String type = rope.string("rope_type", rope.string("type", "default"));
        rope.ignore("type");
        RotaryScaling scaling = switch (type) {
            case "default" -> {
                rope.ignore("factor", "original_max_position_embeddings");
                config.ignore("original_max_position_embeddings");
                yield RotaryScaling.NONE;
            }
            case "linear" -> {
                rope.ignore("original_max_position_embeddings");
                yield new RotaryScaling.Linear(rope.real("factor"));
            }
            case "dynamic" -> {
                rope.ignore("original_max_position_embeddings");
                yield new RotaryScaling.Dynamic(rope.real("factor"), dims.context());
            }
            case "llama3" ->
                new RotaryScaling.Llama3(
                        rope.real("factor"),
                        rope.real("low_freq_factor"),
                        rope.real("high_freq_factor"),
                        originalContext(config, rope, dims));
            case "yarn" -> yarn(config, rope, dims);
            case "longrope", "su" -> longRope(config, rope, dims, dRot);
            default ->
                throw new BadInputException("the model's rotary scaling is \"" + type
                        + "\", which changes what it computes; Cutaway implements default, linear, dynamic, llama3,"
                        + " yarn and longrope.");
        };
        return new Rotary(own, dRot, scaling);
    }

    private static RotaryScaling yarn(Settings config, Settings rope, Dimensions dims) {
        double original = originalContext(config, rope, dims);
        double factor = rope.real("factor", dims.context() / original);
        double weight = rope.real("mscale", 0);
        double weightAll = rope.real("mscale_all_dim", 0);
        double magnitude = weight != 0 && weightAll != 0
                ? RotaryScaling.Yarn.magnitude(factor, weight) / RotaryScaling.Yarn.magnitude(factor, weightAll)
                : RotaryScaling.Yarn.magnitude(factor, 1);
        return new RotaryScaling.Yarn(
                factor,
                rope.real("beta_fast", 32),
                rope.real("beta_slow", 1),
                original,
                rope.flag("truncate", true),
                rope.real("attention_factor", magnitude));
    }

    private static RotaryScaling longRope(Settings config, Settings rope, Dimensions dims, int dRot) {
        double original = originalContext(config, rope, dims);
        double factor = rope.real("factor", dims.context() / original);
        double magnitude = RotaryScaling.LongRope.magnitude(factor, original);
        return new RotaryScaling.LongRope(
                divisors(rope, "short_factor", dRot),
                divisors(rope, "long_factor", dRot),
                (long) original,
                rope.real("attention_factor", magnitude));
    }

    private static List<Double> divisors(Settings rope, String key, int dRot) {
        List<Double> divisors = rope.reals(key);
        if (divisors.size() != dRot / 2) {
            throw rope.wrong(key, dRot / 2 + " numbers, one for each pair of coordinates that is turned");
        }
        return divisors;
    }

    /// A setting of the model itself goes before one of the group.
    private static double originalContext(Settings config, Settings rope, Dimensions dims) {
        double inGroup = rope.real("original_max_position_embeddings", dims.context());
        return config.real("original_max_position_embeddings", inGroup);
    }

    private static int turned(Dimensions dims, double fraction) {
        return turned(dims, (int) (dims.dHead() * fraction));
    }

    private static int turned(Dimensions dims, int coordinates) {
        if (coordinates < 2 || coordinates % 2 != 0 || coordinates > dims.dHead()) {
            throw new BadInputException("the model's rotary settings turn " + coordinates + " of the " + dims.dHead()
                    + " coordinates of a head; expected an even number of them, from 2 on.");
        }
        return coordinates;
    }

    /// Reads `ARCH.rope.*` and the divisors that a file lists as a tensor.
    static Rotary fromGguf(Settings metadata, String arch, Dimensions dims, Weights weights) {
        String rope = arch + ".rope.";
        String scaled = rope + "scaling.";
        double theta = metadata.real(rope + "freq_base", 10_000);
        int dRot = turned(dims, metadata.size(rope + "dimension_count", dims.dHead()));
        double original = metadata.real(scaled + "original_context_length", dims.context());
        double old = metadata.real(rope + "scale_linear", 1); // the spelling of 2023
        metadata.ignore(scaled + "finetuned");
        metadata.expect(scaled + "yarn_log_multiplier", 0);
        metadata.expect(scaled + "yarn_ext_factor", 1);
        double magnitude = metadata.real(scaled + "attn_factor", 1);
        if (weights.has("rope_factors_long.weight")) {
            metadata.ignore(scaled + "type", scaled + "factor");
            return new Rotary(
                    theta,
                    dRot,
                    new RotaryScaling.LongRope(
                            listed(weights, "rope_factors_short.weight", dRot),
                            listed(weights, "rope_factors_long.weight", dRot),
                            (long) original,
                            magnitude));
        }
        String type = metadata.string(scaled + "type", "linear");
        double factor = metadata.real(scaled + "factor", old);
        RotaryScaling scaling = switch (type) {
            case "none" -> RotaryScaling.NONE;
            case "linear" -> factor == 1 || factor == 0 ? RotaryScaling.NONE : new RotaryScaling.Linear(factor);
            case "yarn" ->
                new RotaryScaling.Yarn(
                        factor,
                        metadata.real(scaled + "yarn_beta_fast", 32),
                        metadata.real(scaled + "yarn_beta_slow", 1),
                        original,
                        true,
                        metadata.real(scaled + "yarn_attn_factor", RotaryScaling.Yarn.magnitude(factor, 1)));
            default -> throw metadata.wrong(scaled + "type", "none, linear, yarn, or longrope with its divisors");
        };
        if (weights.has("rope_freqs.weight")) {
            if (!scaling.equals(RotaryScaling.NONE)) {
                throw metadata.wrong(scaled + "type", "none beside the tensor rope_freqs");
            }
            scaling = new RotaryScaling.Divided(listed(weights, "rope_freqs.weight", dRot));
        }
        return new Rotary(theta, dRot, scaling);
    }

    private static List<Double> listed(Weights weights, String name, int dRot) {
        List<Double> values = new ArrayList<>();
        for (double value : weights.numbers(name, dRot / 2)) {
            values.add(value);
        }
        return values;
    }
}
