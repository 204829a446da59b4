package cutaway.fuzz;

import cutaway.fuzz.Layout.Field;
import cutaway.fuzz.Layout.Span;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;

/// Damages a GGUF file where it hurts.
final class GgufMutator {

    private final byte[] file;
    private final Layout layout;
    private final Map<Layout.Kind, List<Field>> byKind = new EnumMap<>(Layout.Kind.class);

    GgufMutator(byte[] file) {
        this.file = file.clone();
        this.layout = Layout.of(file);
        for (Layout.Kind kind : Layout.Kind.values()) {
            List<Field> own = layout.fields().stream()
                    .filter(field -> field.kind() == kind)
                    .toList();
            if (!own.isEmpty()) {
                byKind.put(kind, own);
            }
        }
    }

    Mutant mutate(RandomGenerator random) {
        int choice = random.nextInt(100);
        if (choice < 12) {
            return new Mutant("random bytes", false, RandomBytes.in(file, random));
        }
        if (choice < 20) {
            int end = random.nextInt(random.nextBoolean() ? layout.dataStart() : file.length);
            return new Mutant("truncated", end < layout.dataStart(), Arrays.copyOf(file, end));
        }
        if (choice < 38) {
            return entries(random);
        }
        byte[] bytes = file.clone();
        String kind = "";
        for (int times = random.nextInt(8) == 0 ? 3 : 1; times > 0; times--) {
            kind = field(bytes, random);
        }
        return new Mutant(kind, true, bytes);
    }

    /// Each kind of field has the same chance: there are many sizes and one version.
    private String field(byte[] bytes, RandomGenerator random) {
        List<Layout.Kind> kinds = List.copyOf(byKind.keySet());
        Layout.Kind kind = kinds.get(random.nextInt(kinds.size()));
        List<Field> own = byKind.get(kind);
        Field field = own.get(random.nextInt(own.size()));
        String name = kind.name().toLowerCase(Locale.ROOT);
        if (random.nextInt(4) == 0) {
            bytes[field.at() + random.nextInt(field.bytes())] ^= (byte) (1 << random.nextInt(8));
            return name + ": flip";
        }
        if (kind == Layout.Kind.STRING) {
            RandomBytes.spoil(bytes, field.at(), field.bytes(), random);
            return "string: spoiled";
        }
        if (kind == Layout.Kind.TYPE) {
            int type = random.nextInt(45);
            bytes[field.at()] = (byte) type;
            return "type: another";
        }
        if (kind == Layout.Kind.VALUE && random.nextInt(3) == 0 && field.bytes() == Float.BYTES) {
            float[] reals = {Float.NaN, Float.POSITIVE_INFINITY, -1, Float.MIN_VALUE, Float.MAX_VALUE, 0};
            ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(field.at(), reals[random.nextInt(6)]);
            return "value: real";
        }
        write(bytes, field.at(), field.bytes(), Numbers.whole(random, read(bytes, field)));
        return name + ": extreme";
    }

    /// Swaps, removes or repeats an entry of the metadata or of the directory; the count may tell the truth or not.
    private Mutant entries(RandomGenerator random) {
        boolean metadata = random.nextBoolean() || layout.lines().isEmpty();
        List<Span> spans = metadata ? layout.pairs() : layout.lines();
        Span one = spans.get(random.nextInt(spans.size()));
        Span other = spans.get(random.nextInt(spans.size()));
        int countAt = metadata ? Layout.PAIR_COUNT : Layout.TENSOR_COUNT;
        int change = 0;
        var out = new ByteArrayOutputStream();
        String kind;
        int choice = random.nextInt(3);
        if (choice == 0 && one.begin() != other.begin()) {
            Span first = one.begin() < other.begin() ? one : other;
            Span second = one.begin() < other.begin() ? other : one;
            copy(out, 0, first.begin());
            copy(out, second.begin(), second.end());
            copy(out, first.end(), second.begin());
            copy(out, first.begin(), first.end());
            copy(out, second.end(), file.length);
            kind = "entries: swapped";
        } else if (choice == 1) {
            copy(out, 0, one.begin());
            copy(out, one.end(), file.length);
            change = -1;
            kind = "entries: removed";
        } else {
            copy(out, 0, one.end());
            copy(out, one.begin(), file.length);
            change = 1;
            kind = "entries: repeated";
        }
        byte[] bytes = out.toByteArray();
        if (random.nextBoolean()) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            buffer.putLong(countAt, buffer.getLong(countAt) + change);
        }
        return new Mutant(kind, true, bytes);
    }

    private void copy(ByteArrayOutputStream out, int begin, int end) {
        out.write(file, begin, end - begin);
    }

    private static long read(byte[] bytes, Field field) {
        long value = 0;
        for (int i = 0; i < Math.min(field.bytes(), Long.BYTES); i++) {
            value |= (bytes[field.at() + i] & 0xffL) << (8 * i);
        }
        return value;
    }

    static void write(byte[] bytes, int at, int length, BigInteger value) {
        for (int i = 0; i < length; i++) {
            bytes[at + i] = value.shiftRight(8 * i).byteValue();
        }
    }
}
