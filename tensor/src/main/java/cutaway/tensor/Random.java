package cutaway.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Seeded random tensors: the same seed gives the same numbers on every machine, device and version.
///
/// They are drawn on the Java side for that reason (the generator is L64X128MixRandom). Each draw moves the
/// generator on.
public final class Random {

    private final RandomGenerator generator;

    public Random(long seed) {
        this.generator = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    /// Float32 draws from the standard normal distribution.
    public Tensor normal(long... dims) {
        Tensor tensor = Tensor.uninitialised(Dtype.F32, new Shape(dims));
        MemorySegment data = tensor.memory();
        long count = tensor.shape().count();
        for (long i = 0; i < count; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) generator.nextGaussian());
        }
        return tensor;
    }

    /// Float32 draws from `[0, 1)`.
    public Tensor uniform(long... dims) {
        Tensor tensor = Tensor.uninitialised(Dtype.F32, new Shape(dims));
        MemorySegment data = tensor.memory();
        long count = tensor.shape().count();
        for (long i = 0; i < count; i++) {
            data.setAtIndex(ValueLayout.JAVA_FLOAT, i, generator.nextFloat());
        }
        return tensor;
    }

    /// Int64 draws from `[low, high)`.
    public Tensor integers(long low, long high, long... dims) {
        Tensor tensor = Tensor.uninitialised(Dtype.I64, new Shape(dims));
        MemorySegment data = tensor.memory();
        long count = tensor.shape().count();
        for (long i = 0; i < count; i++) {
            data.setAtIndex(ValueLayout.JAVA_LONG, i, generator.nextLong(low, high));
        }
        return tensor;
    }

    /// A vector of a direction that is drawn, of a given norm.
    public double[] direction(int length, double norm) {
        double[] drawn = Scope.free(() -> normal(length).toDoubles());
        double scale = norm / Math.sqrt(Arrays.stream(drawn).map(x -> x * x).sum());
        return Arrays.stream(drawn).map(x -> scale * x).toArray();
    }

    /// The generator itself, for draws of single numbers.
    public RandomGenerator generator() {
        return generator;
    }
}
