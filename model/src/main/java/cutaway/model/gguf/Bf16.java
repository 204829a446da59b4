package cutaway.model.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Rounds float32 to bfloat16, its upper half: to the nearest, ties to even.
final class Bf16 {

    private static final long ONE = 0x00000001_00000001L;
    private static final long JUST_BELOW_HALF = 0x00007FFF_00007FFFL;
    private static final long INFINITY = 0x7F800000_7F800000L;
    private static final long SIZE = 0x7FFFFFFF_7FFFFFFFL;

    private Bf16() {}

    /// @param bf16 receives the first `count` numbers
    /// @return `bf16`
    static short[] round(float[] numbers, short[] bf16, int count) {
        int paired = count & ~1;
        int done = roundPairs(MemorySegment.ofArray(numbers), MemorySegment.ofArray(bf16), paired) ? 0 : paired;
        for (int i = done; i < count; i++) {
            bf16[i] = round(numbers[i]);
        }
        return bf16;
    }

    /// Two numbers at a time in a long, which compiles to a quarter of what one at a time costs.
    ///
    /// @return whether a number was none: the carry of rounding has then made something else of it
    private static boolean roundPairs(MemorySegment numbers, MemorySegment bf16, int count) {
        long none = 0;
        for (int i = 0; i < count; i += 2) {
            long bits = numbers.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) i * Float.BYTES);
            none |= INFINITY - (bits & SIZE); // a sign is set where the size is above infinity
            long rounded = bits + JUST_BELOW_HALF + ((bits >>> 16) & ONE);
            long halves = ((rounded >>> 16) & 0xFFFFL) | ((rounded >>> 32) & 0xFFFF_0000L);
            bf16.set(ValueLayout.JAVA_INT_UNALIGNED, (long) i * Short.BYTES, (int) halves);
        }
        return (none & ~SIZE) != 0;
    }

    /// What is no number stays none, even where its only mantissa bits are in the half that is cut off.
    private static short round(float number) {
        int bits = Float.floatToRawIntBits(number);
        if (Float.isNaN(number)) {
            return (short) ((bits >>> 16) | 0x40);
        }
        return (short) ((bits + 0x7FFF + ((bits >>> 16) & 1)) >>> 16);
    }
}
