package cutaway.model.parts;

import java.util.List;

/// What is done to the frequencies `theta^(-2i/dRot)` of a rotary embedding so that a longer context fits in.
public sealed interface RotaryScaling {

    RotaryScaling NONE = new None();

    /// @param plain `theta^(-2i/dRot)`, radians per position of each pair, `[dRot / 2]`
    /// @param length positions of the text, from its first one on
    /// @return the frequencies that are used
    double[] scaled(double theta, double[] plain, long length);

    /// Factor of the sines and cosines, and so of rotated queries and keys.
    default double magnitude() {
        return 1;
    }

    /// Whether the frequencies depend on the length of the text: then keys that were cached in a shorter one are stale.
    default boolean changes(long fromLength, long toLength) {
        return false;
    }

    /// Nothing.
    record None() implements RotaryScaling {
        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            return plain;
        }
    }

    /// Every frequency divided by a factor (position interpolation, arXiv:2306.15595).
    record Linear(double factor) implements RotaryScaling {
        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            return each(plain, (i, frequency) -> frequency / factor);
        }
    }

    /// A larger base for texts beyond the context ("dynamic NTK"; as transformers has it):
    /// `theta * (factor * length / context - (factor - 1))^(dRot / (dRot - 2))`.
    ///
    /// @param context positions that the model was made for
    record Dynamic(double factor, long context) implements RotaryScaling {
        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            double dRot = 2.0 * plain.length;
            double stretch = factor * Math.max(length, context) / context - (factor - 1);
            double base = theta * Math.pow(stretch, dRot / (dRot - 2));
            return each(plain, (i, frequency) -> Math.pow(base, -2.0 * i / dRot));
        }

        @Override
        public boolean changes(long fromLength, long toLength) {
            return fromLength != toLength && Math.max(fromLength, toLength) > context;
        }
    }

    /// Llama 3.1 (arXiv:2407.21783): slow frequencies divided, fast ones kept, a ramp between.
    ///
    /// @param lowFrequency turns within the original context up to which a frequency counts as slow
    /// @param highFrequency turns from which it counts as fast
    record Llama3(double factor, double lowFrequency, double highFrequency, double originalContext)
            implements RotaryScaling {
        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            return each(plain, (i, frequency) -> {
                double turns = originalContext * frequency / (2 * Math.PI);
                double keep = Math.clamp((turns - lowFrequency) / (highFrequency - lowFrequency), 0, 1);
                return (1 - keep) * frequency / factor + keep * frequency;
            });
        }
    }

    /// YaRN (arXiv:2309.00071, section 3): a ramp over the pairs from frequencies that are kept to ones that
    /// are divided.
    ///
    /// @param betaFast turns within the original context from which a frequency is kept
    /// @param betaSlow turns up to which it is divided
    /// @param truncate whether the ramp begins and ends at whole pairs
    record Yarn(
            double factor, double betaFast, double betaSlow, double originalContext, boolean truncate, double magnitude)
            implements RotaryScaling {
        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            double low = pair(betaFast, theta, plain.length);
            double high = pair(betaSlow, theta, plain.length);
            double first = Math.max(0, truncate ? Math.floor(low) : low);
            double last = Math.min(2.0 * plain.length - 1, truncate ? Math.ceil(high) : high);
            double width = last == first ? 0.001 : last - first;
            return each(plain, (i, frequency) -> {
                double divided = Math.clamp((i - first) / width, 0, 1);
                return divided * frequency / factor + (1 - divided) * frequency;
            });
        }

        /// The pair, as a real number, that turns so often within the original context.
        private double pair(double turns, double theta, int pairs) {
            return pairs * Math.log(originalContext / (turns * 2 * Math.PI)) / Math.log(theta);
        }

        /// What the paper recommends as magnitude, with a weight.
        public static double magnitude(double factor, double weight) {
            return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }
    }

    /// LongRoPE (arXiv:2402.13753): each frequency has a divisor of its own, another one beyond the original context.
    ///
    /// @param within divisors up to the original context, `[dRot / 2]`
    /// @param beyond divisors of every position of a longer text, `[dRot / 2]`
    record LongRope(List<Double> within, List<Double> beyond, long originalContext, double magnitude)
            implements RotaryScaling {
        public LongRope {
            within = List.copyOf(within);
            beyond = List.copyOf(beyond);
        }

        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            List<Double> divisors = length > originalContext ? beyond : within;
            return each(plain, (i, frequency) -> frequency / divisors.get(i));
        }

        @Override
        public boolean changes(long fromLength, long toLength) {
            return (fromLength > originalContext) != (toLength > originalContext);
        }

        /// The magnitude where a model states none (section 3.3 of the Phi-3 report, arXiv:2404.14219).
        public static double magnitude(double factor, double originalContext) {
            return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalContext));
        }
    }

    /// Divisors that a file lists, one a pair, `[dRot / 2]`: how GGUF stores [Llama3].
    record Divided(List<Double> divisors) implements RotaryScaling {
        public Divided {
            divisors = List.copyOf(divisors);
        }

        @Override
        public double[] scaled(double theta, double[] plain, long length) {
            return each(plain, (i, frequency) -> frequency / divisors.get(i));
        }
    }

    /// What becomes of pair i.
    interface ByPair {
        double of(int i, double frequency);
    }

    private static double[] each(double[] plain, ByPair change) {
        double[] scaled = new double[plain.length];
        for (int i = 0; i < plain.length; i++) {
            scaled[i] = change.of(i, plain[i]);
        }
        return scaled;
    }
}
