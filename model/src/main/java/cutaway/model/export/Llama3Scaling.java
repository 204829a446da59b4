package cutaway.model.export;

import cutaway.model.parts.RotaryScaling;
import cutaway.model.parts.RotaryScaling.Llama3;
import java.util.List;
import java.util.Optional;

/// Recovers Llama 3's scaling from what it does to each frequency, since GGUF files hold nothing else of it.
///
/// All released models agree in the turns that count as slow and fast (1 and 4). The factor is that of the slowest
/// pairs, which are divided by all of it; the original context is the power of two that gives back every divisor.
final class Llama3Scaling {

    private static final double SLOW = 1;
    private static final double FAST = 4;

    private Llama3Scaling() {}

    /// @param divisors of the frequencies, `[dRot / 2]`, as float32
    static Optional<Llama3> of(double theta, int dRot, List<Double> divisors) {
        double factor = divisors.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        for (long original = 16; original <= 1 << 20; original *= 2) {
            Llama3 scaling = new Llama3(factor, SLOW, FAST, original);
            if (agrees(divisors(scaling, theta, dRot), divisors)) {
                return Optional.of(scaling);
            }
        }
        return Optional.empty();
    }

    /// What a scaling divides each frequency by.
    static double[] divisors(RotaryScaling scaling, double theta, int dRot) {
        double[] plain = new double[dRot / 2];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = Math.pow(theta, -2.0 * i / dRot);
        }
        double[] scaled = scaling.scaled(theta, plain, 1);
        double[] divisors = new double[plain.length];
        for (int i = 0; i < plain.length; i++) {
            divisors[i] = plain[i] / scaled[i];
        }
        return divisors;
    }

    private static boolean agrees(double[] made, List<Double> listed) {
        for (int i = 0; i < made.length; i++) {
            if (Math.abs(made[i] / listed.get(i) - 1) > 1e-6) {
                return false;
            }
        }
        return true;
    }
}
