package cutaway.model.gguf;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// A metadata value to be written, in one of the format's types.
///
///     GgufValue.text("llama")   GgufValue.u32(30)   GgufValue.wholes(ValueType.I32, 1, -3)
///
/// [GgufMetadata#stored] takes one out of a file as it is.
///
/// Factories throw `IllegalArgumentException` for a type of another kind and for a value that it has no room for.
public final class GgufValue {

    private final ValueType type;
    private final ValueType element;
    private final long count;
    private final byte[] bytes;

    /// @param element the type of an array's elements; for a single value its own
    GgufValue(ValueType type, ValueType element, long count, byte[] bytes) {
        this.type = type;
        this.element = element;
        this.count = count;
        this.bytes = bytes;
    }

    public static GgufValue u32(long value) {
        return whole(ValueType.U32, value);
    }

    public static GgufValue f32(float value) {
        return real(ValueType.F32, value);
    }

    /// @param type a whole type; for U64 the value's bits
    public static GgufValue whole(ValueType type, long value) {
        return single(type, wholeBytes(type, value));
    }

    /// An array of whole numbers.
    public static GgufValue wholes(ValueType element, long... values) {
        return array(element, values.length, wholeBytes(element, values));
    }

    /// @param type F32 or F64
    public static GgufValue real(ValueType type, double value) {
        return single(type, realBytes(type, value));
    }

    /// An array of F32 or F64.
    public static GgufValue reals(ValueType element, double... values) {
        return array(element, values.length, realBytes(element, values));
    }

    public static GgufValue flag(boolean value) {
        return single(ValueType.BOOL, new byte[] {(byte) (value ? 1 : 0)});
    }

    public static GgufValue flags(boolean... values) {
        var bytes = new LittleEndian();
        for (boolean value : values) {
            bytes.write(value ? 1 : 0);
        }
        return array(ValueType.BOOL, values.length, bytes.toByteArray());
    }

    public static GgufValue text(String value) {
        return single(ValueType.STRING, stringBytes(List.of(value)));
    }

    public static GgufValue texts(List<String> values) {
        return array(ValueType.STRING, values.size(), stringBytes(values));
    }

    private static GgufValue single(ValueType type, byte[] bytes) {
        return new GgufValue(type, type, 1, bytes);
    }

    private static GgufValue array(ValueType element, int count, byte[] bytes) {
        return new GgufValue(ValueType.ARRAY, element, count, bytes);
    }

    private static byte[] wholeBytes(ValueType type, long... values) {
        var bytes = new LittleEndian();
        for (long value : values) {
            boolean fits = switch (type) {
                case U8, U16, U32 -> value >= 0 && value >>> (8 * type.bytes) == 0;
                case I8 -> value == (byte) value;
                case I16 -> value == (short) value;
                case I32 -> value == (int) value;
                case U64, I64 -> true;
                case F32, F64, BOOL, STRING, ARRAY ->
                    throw new IllegalArgumentException(type + " is no type of whole numbers");
            };
            if (!fits) {
                throw new IllegalArgumentException(value + " does not fit " + type);
            }
            bytes.whole(value, type.bytes);
        }
        return bytes.toByteArray();
    }

    private static byte[] realBytes(ValueType type, double... values) {
        var bytes = new LittleEndian();
        for (double value : values) {
            switch (type) {
                case F32 -> bytes.u32(Float.floatToRawIntBits((float) value));
                case F64 -> bytes.u64(Double.doubleToRawLongBits(value));
                default -> throw new IllegalArgumentException(type + " is no floating-point type");
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] stringBytes(List<String> values) {
        var bytes = new LittleEndian();
        values.forEach(bytes::string);
        return bytes.toByteArray();
    }

    /// Writes type and value as they stand after the key.
    void write(LittleEndian to) {
        to.u32(type.ordinal());
        if (type == ValueType.ARRAY) {
            to.u32(element.ordinal());
            to.u64(count);
        }
        to.writeBytes(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GgufValue value
                && type == value.type
                && element == value.element
                && count == value.count
                && Arrays.equals(bytes, value.bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(type, element, count, Arrays.hashCode(bytes));
    }

    @Override
    public String toString() {
        return type == ValueType.ARRAY ? count + " of " + element : type + " of " + bytes.length + " bytes";
    }
}
