package cutaway.model.gguf;

import cutaway.tensor.BadInputException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// The settings in a GGUF file. Values are decoded when asked for: opening a file stays quick however long its
/// vocabulary is.
///
/// Every accessor throws [BadInputException] when the key is absent or its value is of another kind; ask
/// [#has(String)] first where a key is optional.
public final class GgufMetadata {

    /// Where a value lies. `element` and `count` describe arrays; a single value is one element of its own type.
    private record Place(ValueType type, ValueType element, long count, long offset, long bytes) {}

    private static final int MAX_KEY = 65_535;
    /// The length of a key, the type of its value and a value of one byte.
    static final int SMALLEST_PAIR = Long.BYTES + Integer.BYTES + 1;

    private final MemorySegment file;
    private final Map<String, Place> places;

    private GgufMetadata(MemorySegment file, Map<String, Place> places) {
        this.file = file;
        this.places = places;
    }

    static GgufMetadata read(MemorySegment file, Cursor cursor, long pairs) {
        var places = new LinkedHashMap<String, Place>();
        for (long i = 0; i < pairs; i++) {
            String key = cursor.string("metadata key " + i);
            if (key.isEmpty() || key.length() > MAX_KEY) {
                throw new BadInputException("metadata key " + i + " has " + key.length() + " characters; expected 1 to "
                        + MAX_KEY + ": the file is damaged.");
            }
            if (places.put(key, readPlace(cursor, key)) != null) {
                throw new BadInputException("the metadata key " + key + " occurs twice; the file is damaged.");
            }
        }
        return new GgufMetadata(file, Collections.unmodifiableMap(places));
    }

    private static Place readPlace(Cursor cursor, String key) {
        ValueType type = type(cursor.u32("the type of " + key), key);
        if (type != ValueType.ARRAY) {
            long offset = cursor.position();
            skip(cursor, type, 1, key);
            return new Place(type, type, 1, offset, cursor.position() - offset);
        }
        ValueType element = type(cursor.u32("the element type of " + key), key);
        if (element == ValueType.ARRAY) {
            throw new BadInputException(key + " is an array of arrays, which Cutaway does not read.");
        }
        long count = cursor.count(element == ValueType.STRING ? Long.BYTES : element.bytes, "the elements of " + key);
        long offset = cursor.position();
        skip(cursor, element, count, key);
        return new Place(type, element, count, offset, cursor.position() - offset);
    }

    private static void skip(Cursor cursor, ValueType type, long count, String key) {
        if (type == ValueType.STRING) {
            cursor.skipStrings(count, key);
        } else {
            cursor.advance(count * type.bytes, key);
        }
    }

    private static ValueType type(int id, String key) {
        if (id < 0 || id >= ValueType.values().length) {
            throw new BadInputException(key + " has value type " + Integer.toUnsignedString(id)
                    + "; GGUF knows 0 to 12: the file is damaged or newer than version 3.");
        }
        return ValueType.values()[id];
    }

    /// The keys in the order of the file.
    public Set<String> keys() {
        return places.keySet();
    }

    public boolean has(String key) {
        return places.containsKey(key);
    }

    public String string(String key) {
        Place place = single(key, "a string");
        if (place.type != ValueType.STRING) {
            throw wrongKind(key, place, "a string");
        }
        return new Cursor(file, place.offset).string(key);
    }

    /// The value as Boolean, Long, Double, String, or a list of those.
    public Object value(String key) {
        Place place = place(key);
        boolean array = place.type == ValueType.ARRAY;
        return switch (place.element) {
            case STRING -> array ? strings(key) : string(key);
            case F32, F64 -> array ? Arrays.stream(reals(key)).boxed().toList() : (Object) real(key);
            case BOOL -> array ? flags(key, place) : (Object) flag(key);
            default -> array ? Arrays.stream(integers(key)).boxed().toList() : (Object) integer(key);
        };
    }

    /// The value as it lies in the file, to be written into another file.
    public GgufValue stored(String key) {
        Place place = place(key);
        return new GgufValue(
                place.type,
                place.element,
                place.count,
                file.asSlice(place.offset, place.bytes).toArray(ValueLayout.JAVA_BYTE));
    }

    /// The string under the key, or empty when there is no such key.
    public Optional<String> optionalString(String key) {
        return has(key) ? Optional.of(string(key)) : Optional.empty();
    }

    /// A whole number of any width; u64 above 2^63 - 1 is refused.
    public long integer(String key) {
        return integerAt(single(key, "a whole number"), 0, key);
    }

    /// A whole number that counts something: from 1 to 2^31 - 1.
    public int size(String key) {
        long value = integer(key);
        if (value < 1 || value > Integer.MAX_VALUE) {
            throw new BadInputException(key + " is " + value + "; expected a size from 1 to " + Integer.MAX_VALUE
                    + ": the file is damaged.");
        }
        return (int) value;
    }

    /// A floating-point number, or a whole number as one.
    public double real(String key) {
        return realAt(single(key, "a number"), 0, key);
    }

    public boolean flag(String key) {
        Place place = single(key, "true or false");
        if (place.type != ValueType.BOOL) {
            throw wrongKind(key, place, "true or false");
        }
        return file.get(ValueLayout.JAVA_BYTE, place.offset) != 0;
    }

    public List<String> strings(String key) {
        Place place = array(key, "strings");
        if (place.element != ValueType.STRING) {
            throw wrongKind(key, place, "an array of strings");
        }
        var cursor = new Cursor(file, place.offset);
        var strings = new String[length(key, place)];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = cursor.string(key);
        }
        return List.of(strings);
    }

    public long[] integers(String key) {
        Place place = array(key, "whole numbers");
        var integers = new long[length(key, place)];
        for (int i = 0; i < integers.length; i++) {
            integers[i] = integerAt(place, i, key);
        }
        return integers;
    }

    private List<Boolean> flags(String key, Place place) {
        return IntStream.range(0, length(key, place))
                .mapToObj(i -> file.get(ValueLayout.JAVA_BYTE, place.offset + i) != 0)
                .toList();
    }

    public double[] reals(String key) {
        Place place = array(key, "numbers");
        var reals = new double[length(key, place)];
        for (int i = 0; i < reals.length; i++) {
            reals[i] = realAt(place, i, key);
        }
        return reals;
    }

    /// One whole number per layer: an array of that length, or a single number that holds for every layer.
    public long[] perLayer(String key, int layers) {
        if (place(key).type != ValueType.ARRAY) {
            var same = new long[layers];
            Arrays.fill(same, integer(key));
            return same;
        }
        long[] values = integers(key);
        if (values.length != layers) {
            throw new BadInputException(key + " has " + values.length + " values; the model has " + layers
                    + " layers: the file is damaged.");
        }
        return values;
    }

    private Place place(String key) {
        Place place = places.get(key);
        if (place == null) {
            throw new BadInputException("the file has no metadata key " + key
                    + ", which Cutaway needs; convert the model again with a current llama.cpp.");
        }
        return place;
    }

    private Place single(String key, String expected) {
        Place place = place(key);
        if (place.type == ValueType.ARRAY) {
            throw wrongKind(key, place, expected);
        }
        return place;
    }

    private Place array(String key, String elements) {
        Place place = place(key);
        if (place.type != ValueType.ARRAY) {
            throw wrongKind(key, place, "an array of " + elements);
        }
        return place;
    }

    private long integerAt(Place place, int index, String key) {
        long at = place.offset + (long) index * place.element.bytes;
        return switch (place.element) {
            case U8 -> Byte.toUnsignedLong(file.get(ValueLayout.JAVA_BYTE, at));
            case I8 -> file.get(ValueLayout.JAVA_BYTE, at);
            case U16 -> Short.toUnsignedLong(file.get(Cursor.U16, at));
            case I16 -> file.get(Cursor.U16, at);
            case U32 -> Integer.toUnsignedLong(file.get(Cursor.U32, at));
            case I32 -> file.get(Cursor.U32, at);
            case I64 -> file.get(Cursor.U64, at);
            case U64 -> {
                long value = file.get(Cursor.U64, at);
                if (value < 0) {
                    throw new BadInputException(key + " is " + Long.toUnsignedString(value)
                            + "; expected at most 2^63 - 1: the file is damaged.");
                }
                yield value;
            }
            case F32, F64, BOOL, STRING, ARRAY -> throw wrongKind(key, place, "whole numbers");
        };
    }

    private double realAt(Place place, int index, String key) {
        return switch (place.element) {
            case F32 -> file.get(Cursor.F32, place.offset + (long) index * Float.BYTES);
            case F64 -> file.get(Cursor.F64, place.offset + (long) index * Double.BYTES);
            case BOOL, STRING, ARRAY -> throw wrongKind(key, place, "numbers");
            default -> integerAt(place, index, key);
        };
    }

    private static int length(String key, Place place) {
        if (place.count > Integer.MAX_VALUE - 16) {
            throw new BadInputException(key + " has " + place.count + " elements; Cutaway reads arrays of up to 2^31.");
        }
        return (int) place.count;
    }

    private static BadInputException wrongKind(String key, Place place, String expected) {
        String given = place.type == ValueType.ARRAY ? "an array of " + place.element : "of type " + place.type;
        return new BadInputException(key + " is " + given + "; expected " + expected
                + ": convert the model again with a current llama.cpp.");
    }
}
