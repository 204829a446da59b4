package cutaway.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// Where the parts of a valid GGUF file stand, found by walking it independently of Cutaway's reader.
///
/// @param pairs metadata keys with their values; @param lines entries of the tensor directory
record Layout(List<Field> fields, List<Span> pairs, List<Span> lines, int dataStart) {

    enum Kind {
        MAGIC,
        VERSION,
        COUNT,
        LENGTH,
        STRING,
        TYPE,
        VALUE,
        AXES,
        SIZE,
        OFFSET
    }

    record Field(Kind kind, int at, int bytes) {}

    record Span(int begin, int end) {}

    static final int TENSOR_COUNT = 8;
    static final int PAIR_COUNT = 16;

    private static final int[] VALUE_BYTES = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    private static final int STRING = 8;
    private static final int ARRAY = 9;

    static Layout of(byte[] file) {
        return new Walk(file).walk();
    }

    private static final class Walk {

        private final ByteBuffer file;
        private final List<Field> fields = new ArrayList<>();

        Walk(byte[] bytes) {
            file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        }

        Layout walk() {
            field(Kind.MAGIC, 4);
            field(Kind.VERSION, 4);
            long tensors = field(Kind.COUNT, 8);
            long keys = field(Kind.COUNT, 8);
            List<Span> pairs = new ArrayList<>();
            for (int i = 0; i < keys; i++) {
                int begin = file.position();
                string();
                value();
                pairs.add(new Span(begin, file.position()));
            }
            List<Span> lines = new ArrayList<>();
            for (int i = 0; i < tensors; i++) {
                int begin = file.position();
                string();
                long axes = field(Kind.AXES, 4);
                for (int axis = 0; axis < axes; axis++) {
                    field(Kind.SIZE, 8);
                }
                field(Kind.TYPE, 4);
                field(Kind.OFFSET, 8);
                lines.add(new Span(begin, file.position()));
            }
            return new Layout(fields, pairs, lines, file.position());
        }

        private long field(Kind kind, int bytes) {
            int at = file.position();
            fields.add(new Field(kind, at, bytes));
            file.position(at + bytes);
            return switch (bytes) {
                case 4 -> file.getInt(at);
                case 8 -> file.getLong(at);
                default -> 0;
            };
        }

        private void string() {
            int length = (int) field(Kind.LENGTH, 8);
            if (length > 0) {
                field(Kind.STRING, length);
            }
        }

        private void value() {
            int type = (int) field(Kind.TYPE, 4);
            int element = type;
            long count = 1;
            if (type == ARRAY) {
                element = (int) field(Kind.TYPE, 4);
                count = field(Kind.COUNT, 8);
            }
            for (long i = 0; i < count; i++) {
                if (element == STRING) {
                    string();
                } else {
                    field(Kind.VALUE, VALUE_BYTES[element]);
                }
            }
        }
    }
}
