package cutaway.model.family;

import cutaway.tensor.BadInputException;

/// How fast each pair of coordinates turns with the position, before it becomes a [cutaway.model.parts.Rotary].
///
/// @param theta base of the geometric series of frequencies
/// @param scaling how a longer context was reached
record RotarySettings(double theta, Scaling scaling) {

    /// What is done to the frequencies `theta^(-2i/dRot)`.
    sealed interface Scaling {
        /// Nothing.
        record None() implements Scaling {}

        /// Every frequency divided by a factor (position interpolation, arXiv:2306.15595).
        record Linear(double factor) implements Scaling {}

        /// Llama 3.1: slow frequencies divided, fast ones kept, a ramp between.
        record Llama3(double factor, double lowFrequency, double highFrequency, double originalContext)
                implements Scaling {}
    }

    /// Reads `rope_parameters` (new spelling), or `rope_theta` and `rope_scaling` (old).
    static RotarySettings fromHuggingFace(Settings config, int context) {
        double theta = config.real("rope_theta", 10_000);
        String group = config.has("rope_parameters") ? "rope_parameters" : "rope_scaling";
        if (!config.has(group)) {
            config.ignore("rope_parameters", "rope_scaling");
            return new RotarySettings(theta, new Scaling.None());
        }
        Settings rope = config.group(group);
        theta = rope.real("rope_theta", theta);
        rope.expect("partial_rotary_factor", 1.0);
        String type = rope.string("rope_type", rope.string("type", "default"));
        Scaling scaling = switch (type) {
            case "default" -> new Scaling.None();
            case "linear" -> new Scaling.Linear(rope.real("factor"));
            case "llama3" ->
                new Scaling.Llama3(
                        rope.real("factor"),
                        rope.real("low_freq_factor"),
                        rope.real("high_freq_factor"),
                        rope.real("original_max_position_embeddings", context));
            default ->
                throw new BadInputException("the model's rotary scaling is \"" + type
                        + "\", which changes what it computes; Cutaway implements default, linear and llama3 so far.");
        };
        return new RotarySettings(theta, scaling);
    }

    /// @param prefix the architecture, before each key
    static RotarySettings fromGguf(Settings metadata, String prefix) {
        double theta = metadata.real(prefix + ".rope.freq_base", 10_000);
        String type = metadata.string(prefix + ".rope.scaling.type", "none");
        Scaling scaling = switch (type) {
            case "none" -> new Scaling.None();
            case "linear" -> new Scaling.Linear(metadata.real(prefix + ".rope.scaling.factor"));
            default ->
                throw new BadInputException("the model's rotary scaling is \"" + type
                        + "\", which changes what it computes; Cutaway implements none and linear so far.");
        };
        return new RotarySettings(theta, scaling);
    }

    /// Radians per position of each pair, `[dRot / 2]`, rounded as transformers does: once to float32.
    float[] frequencies(int dRot) {
        return toFloats(exactFrequencies(dRot));
    }

    double[] exactFrequencies(int dRot) {
        double[] frequencies = new double[dRot / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double plain = Math.pow(theta, -2.0 * i / dRot);
            frequencies[i] = switch (scaling) {
                case Scaling.None() -> plain;
                case Scaling.Linear(double factor) -> plain / factor;
                case Scaling.Llama3 llama3 -> scaled(plain, llama3);
            };
        }
        return frequencies;
    }

    private static double scaled(double frequency, Scaling.Llama3 llama3) {
        double wavelength = 2 * Math.PI / frequency;
        double turns = llama3.originalContext() / wavelength; // how often it turns within the original context
        if (turns > llama3.highFrequency()) {
            return frequency;
        }
        if (turns < llama3.lowFrequency()) {
            return frequency / llama3.factor();
        }
        double keep = (turns - llama3.lowFrequency()) / (llama3.highFrequency() - llama3.lowFrequency());
        return (1 - keep) * frequency / llama3.factor() + keep * frequency;
    }

    static float[] toFloats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
