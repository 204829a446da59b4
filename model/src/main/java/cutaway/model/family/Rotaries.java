package cutaway.model.family;

import cutaway.model.parts.Rotary;
import cutaway.model.parts.RotaryScaling;
import cutaway.tensor.BadInputException;
import java.util.ArrayList;
import java.util.List;

/// Reads rotary embeddings from settings.
final class Rotaries {

    private Rotaries() {}

    /// Which part of each head is turned.
    ///
    /// @param part where the settings state none
    /// @param isRead whether the type's own code reads `partial_rotary_factor`; where it does not, it turns
    ///     whole heads
    record Turned(double part, boolean isRead) {

        static final Turned WHOLE = new Turned(1, false);

        static Turned part(double unlessStated) {
            return new Turned(unlessStated, true);
        }

        /// @throws BadInputException where the settings state a part that the type's code would not read
        double of(Settings settings) {
            double stated = settings.real(KEY, part);
            if (!isRead && stated != 1) {
                throw settings.wrong(KEY, "1, as models of this type turn whole heads");
            }
            return stated;
        }
    }

    private static final String KEY = "partial_rotary_factor";

    /// Reads `rope_parameters` (new spelling), or `rope_theta` and `rope_scaling` (old).
    static Rotary fromHuggingFace(Settings config, Dimensions dims, Turned turned) {
        double theta = config.positive("rope_theta", 10_000);
        double part = turned.of(config);
        config.agree("rope_parameters", "rope_scaling");
        String group = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        config.ignore("rope_parameters", "rope_scaling");
        if (!config.has(group)) {
            config.ignore("original_max_position_embeddings"); // of a scaling that is not there
            return new Rotary(theta, turned(dims, part), RotaryScaling.NONE);
        }
        return fromGroup(config, config.group(group), dims, theta, new Turned(part, turned.isRead()));
    }

    /// Reads one group of rotary settings.
    ///
    /// @param config the settings around it
    /// @param theta where the group states none
    static Rotary fromGroup(Settings config, Settings rope, Dimensions dims, double theta, Turned turned) {
        double own = rope.positive("rope_theta", theta);
        int dRot = turned(dims, turned.of(rope));
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
                yield new RotaryScaling.Linear(rope.positive("factor"));
            }
            case "dynamic" -> {
                rope.ignore("original_max_position_embeddings");
                yield new RotaryScaling.Dynamic(rope.positive("factor"), dims.context());
            }
            case "llama3" -> llama3(config, rope, dims);
            case "yarn" -> yarn(config, rope, dims);
            case "longrope", "su" -> longRope(config, rope, dims, dRot);
            default ->
                throw new BadInputException("the model's rotary scaling is \"" + type
                        + "\", which changes what it computes; Cutaway implements default, linear, dynamic, llama3,"
                        + " yarn and longrope.");
        };
        return new Rotary(own, dRot, scaling);
    }

    private static RotaryScaling llama3(Settings config, Settings rope, Dimensions dims) {
        double low = rope.positive("low_freq_factor");
        double high = rope.positive("high_freq_factor");
        if (low >= high) {
            throw rope.wrong("low_freq_factor", "a number below high_freq_factor, which is " + high);
        }
        return new RotaryScaling.Llama3(rope.positive("factor"), low, high, originalContext(config, rope, dims));
    }

    private static RotaryScaling yarn(Settings config, Settings rope, Dimensions dims) {
        double original = originalContext(config, rope, dims);
        double factor = rope.positive("factor", dims.context() / original);
        double weight = rope.real("mscale", 0);
        double weightAll = rope.real("mscale_all_dim", 0);
        double magnitude = weight != 0 && weightAll != 0
                ? RotaryScaling.Yarn.magnitude(factor, weight) / RotaryScaling.Yarn.magnitude(factor, weightAll)
                : RotaryScaling.Yarn.magnitude(factor, 1);
        return new RotaryScaling.Yarn(
                factor,
                unless0(rope, "beta_fast", 32),
                unless0(rope, "beta_slow", 1),
                original,
                rope.flag("truncate", true),
                rope.positive("attention_factor", magnitude));
    }

    /// transformers takes a 0 as not stated.
    private static double unless0(Settings rope, String key, double fallback) {
        return rope.has(key) && rope.real(key) == 0 ? fallback : rope.positive(key, fallback);
    }

    private static RotaryScaling longRope(Settings config, Settings rope, Dimensions dims, int dRot) {
        double original = originalContext(config, rope, dims);
        double factor = rope.positive("factor", dims.context() / original);
        double magnitude = RotaryScaling.LongRope.magnitude(factor, original);
        return new RotaryScaling.LongRope(
                divisors(rope, "short_factor", dRot),
                divisors(rope, "long_factor", dRot),
                (long) original,
                rope.positive("attention_factor", magnitude));
    }

    private static List<Double> divisors(Settings rope, String key, int dRot) {
        List<Double> divisors = rope.reals(key);
        if (divisors.size() != dRot / 2) {
            throw rope.wrong(key, dRot / 2 + " numbers, one for each pair of coordinates that is turned");
        }
        if (!areDivisors(divisors)) {
            throw rope.wrong(key, "finite numbers above 0");
        }
        return divisors;
    }

    private static boolean areDivisors(List<Double> values) {
        return values.stream().allMatch(value -> Double.isFinite(value) && value > 0);
    }

    /// A setting of the model itself goes before one of the group.
    private static double originalContext(Settings config, Settings rope, Dimensions dims) {
        double inGroup = rope.positive("original_max_position_embeddings", dims.context());
        return config.positive("original_max_position_embeddings", inGroup);
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
        double theta = metadata.positive(rope + "freq_base", 10_000);
        int dRot = turned(dims, metadata.size(rope + "dimension_count", dims.dHead()));
        double original = metadata.positive(scaled + "original_context_length", dims.context());
        double old = metadata.real(rope + "scale_linear", 1); // the spelling of 2023
        metadata.ignore(scaled + "finetuned");
        metadata.expect(scaled + "yarn_log_multiplier", 0);
        metadata.expect(scaled + "yarn_ext_factor", 1);
        if (weights.has("rope_factors_long.weight")) {
            metadata.ignore(scaled + "type", scaled + "factor");
            return new Rotary(
                    theta,
                    dRot,
                    new RotaryScaling.LongRope(
                            listed(weights, "rope_factors_short.weight", dRot),
                            listed(weights, "rope_factors_long.weight", dRot),
                            (long) original,
                            metadata.positive(scaled + "attn_factor", 1)));
        }
        metadata.expect(scaled + "attn_factor", 1); // converters write it for LongRoPE alone
        String type = metadata.string(scaled + "type", "linear");
        double factor = metadata.real(scaled + "factor", old);
        if (factor != 0) { // which means none
            factor = metadata.positive(metadata.has(scaled + "factor") ? scaled + "factor" : rope + "scale_linear", 1);
        }
        RotaryScaling scaling = switch (type) {
            case "none" -> RotaryScaling.NONE;
            case "linear" -> factor == 1 || factor == 0 ? RotaryScaling.NONE : new RotaryScaling.Linear(factor);
            case "yarn" ->
                new RotaryScaling.Yarn(
                        factor,
                        metadata.positive(scaled + "yarn_beta_fast", 32),
                        metadata.positive(scaled + "yarn_beta_slow", 1),
                        original,
                        true,
                        metadata.positive(scaled + "yarn_attn_factor", RotaryScaling.Yarn.magnitude(factor, 1)));
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
        if (!areDivisors(values)) {
            throw new BadInputException(weights.where() + ": weight " + name
                    + " holds a number that is not finite and above 0; expected divisors of rotary frequencies.");
        }
        return values;
    }
}
