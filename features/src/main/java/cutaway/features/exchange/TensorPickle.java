package cutaway.features.exchange;

import cutaway.tensor.BadInputException;
import cutaway.tensor.safetensors.Dtype;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the pickle of a PyTorch state dict (`data.pkl` of what `torch.save` writes) and runs nothing.
///
/// A pickle is a program for a machine with a stack; Python's own may call any function that it names. This one
/// knows the opcodes that a dictionary of tensors needs, and of names the four that it holds: an ordered
/// dictionary, a storage's type, and the two functions that make a tensor, which here only note where it lies.
/// Whatever else is there is refused by name.
final class TensorPickle {

    /// A tensor in a storage: a member `data/KEY` of the same zip file. Strides and offset count elements.
    ///
    /// @param elements of the storage
    record Located(Dtype dtype, String key, long elements, long offset, List<Long> shape, List<Long> strides) {}

    private record Name(String text) {}

    private record Storage(Dtype dtype, String key, long elements) {}

    private record Tuple(List<Object> items) {}

    private enum Mark {
        MARK,
        NONE
    }

    private static final String ORDERED = "collections.OrderedDict";
    private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
    private static final String PARAMETER = "torch._utils._rebuild_parameter";

    private static final Map<String, Dtype> STORAGES = Map.of(
            "torch.DoubleStorage", Dtype.F64,
            "torch.FloatStorage", Dtype.F32,
            "torch.HalfStorage", Dtype.F16,
            "torch.BFloat16Storage", Dtype.BF16,
            "torch.LongStorage", Dtype.I64,
            "torch.IntStorage", Dtype.I32,
            "torch.ShortStorage", Dtype.I16,
            "torch.CharStorage", Dtype.I8,
            "torch.ByteStorage", Dtype.U8,
            "torch.BoolStorage", Dtype.BOOL);

    private final ByteBuffer in;
    private final Deque<Object> stack = new ArrayDeque<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    private TensorPickle(byte[] pickle) {
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The tensors of a state dict, by name.
    ///
    /// @throws BadInputException when it is anything else, without a word on which file
    static Map<String, Located> read(byte[] pickle) {
        try {
            return tensors(new TensorPickle(pickle).run());
        } catch (java.nio.BufferUnderflowException | java.util.NoSuchElementException e) {
            throw new BadInputException("the pickle ends too early; the file is damaged.", e);
        }
    }

    private static Map<String, Located> tensors(Object result) {
        if (!(result instanceof Map<?, ?> map)) {
            throw new BadInputException("the pickle holds " + kind(result) + "; expected a dictionary of tensors.");
        }
        Map<String, Located> tensors = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (!(name instanceof String text) || !(value instanceof Located located)) {
                throw new BadInputException("the pickle holds " + kind(value) + " under "
                        + (name instanceof String ? name : kind(name)) + "; expected a dictionary of tensors alone.");
            }
            tensors.put(text, located);
        });
        return tensors;
    }

    private Object run() {
        while (true) {
            int opcode = in.get() & 0xFF;
            switch (opcode) {
                case 0x80 -> protocol(in.get());
                case '}' -> stack.push(new LinkedHashMap<>());
                case ']' -> stack.push(new ArrayList<>());
                case ')' -> stack.push(new Tuple(List.of()));
                case '(' -> stack.push(Mark.MARK);
                case 'N' -> stack.push(Mark.NONE);
                case 0x88 -> stack.push(true);
                case 0x89 -> stack.push(false);
                case 'K' -> stack.push((long) (in.get() & 0xFF));
                case 'M' -> stack.push((long) (in.getShort() & 0xFFFF));
                case 'J' -> stack.push((long) in.getInt());
                case 0x8A -> stack.push(number(in.get() & 0xFF));
                case 'G' -> stack.push(ByteBuffer.wrap(bytes(8)).getDouble());
                case 'X' -> stack.push(text(in.getInt()));
                case 0x8C -> stack.push(text(in.get() & 0xFF));
                case 'q' -> memo.put(in.get() & 0xFF, stack.getFirst());
                case 'r' -> memo.put(in.getInt(), stack.getFirst());
                case 0x94 -> memo.put(memo.size(), stack.getFirst());
                case 'h' -> stack.push(remembered(in.get() & 0xFF));
                case 'j' -> stack.push(remembered(in.getInt()));
                case 't' -> stack.push(new Tuple(sinceMark()));
                case 0x85 -> tuple(1);
                case 0x86 -> tuple(2);
                case 0x87 -> tuple(3);
                case 0x95 -> in.getLong(); // how long a frame is: nothing that a reader of the whole needs
                case 'c' -> stack.push(name(line(), line()));
                case 0x93 -> {
                    String last = string(stack.pop());
                    stack.push(name(string(stack.pop()), last));
                }
                case 'Q' -> stack.push(storage(stack.pop()));
                case 'R' -> {
                    Object arguments = stack.pop();
                    stack.push(call(stack.pop(), arguments));
                }
                case 's' -> {
                    Object value = stack.pop();
                    put(List.of(stack.pop(), value));
                }
                case 'u' -> put(sinceMark());
                case 'b' -> stack.pop(); // the version numbers that a state dict of PyTorch carries
                case '.' -> {
                    return stack.pop();
                }
                default ->
                    throw new BadInputException(
                            "the pickle has the opcode 0x%02x at byte %d, which no dictionary of tensors needs; Cutaway runs none of it."
                                    .formatted(opcode, in.position() - 1));
            }
        }
    }

    private static void protocol(byte version) {
        if (version < 2 || version > 5) {
            throw new BadInputException("the pickle has protocol " + version + "; expected 2 to 5.");
        }
    }

    private byte[] bytes(int count) {
        if (count < 0 || count > in.remaining()) {
            throw new java.nio.BufferUnderflowException();
        }
        byte[] bytes = new byte[count];
        in.get(bytes);
        return bytes;
    }

    private String text(int length) {
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    private String line() {
        int start = in.position();
        while (in.get() != '\n') {
            // to its end
        }
        return new String(in.array(), start, in.position() - 1 - start, StandardCharsets.UTF_8);
    }

    /// A whole number of up to 8 bytes, the lowest first.
    private long number(int length) {
        byte[] bytes = bytes(length);
        if (length > 8) {
            throw new BadInputException("the pickle has a number of " + length + " bytes; no tensor has such a size.");
        }
        long number = length > 0 && bytes[length - 1] < 0 ? -1 : 0;
        for (int i = length - 1; i >= 0; i--) {
            number = (number << 8) | (bytes[i] & 0xFF);
        }
        return number;
    }

    private Object remembered(int place) {
        Object value = memo.get(place);
        if (value == null) {
            throw new BadInputException("the pickle asks for what it never stored; the file is damaged.");
        }
        return value;
    }

    private List<Object> sinceMark() {
        List<Object> items = new ArrayList<>();
        for (Object item = stack.pop(); item != Mark.MARK; item = stack.pop()) {
            items.addFirst(item);
        }
        return items;
    }

    private void tuple(int count) {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            items.addFirst(stack.pop());
        }
        stack.push(new Tuple(items));
    }

    private static String string(@Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new BadInputException("the pickle has " + kind(value) + " for a name; the file is damaged.");
    }

    private static Name name(String module, String last) {
        String full = module + "." + last;
        if (!full.equals(ORDERED) && !full.equals(TENSOR) && !full.equals(PARAMETER) && !STORAGES.containsKey(full)) {
            throw new BadInputException("the pickle names " + full
                    + ", which no dictionary of tensors needs; nothing of it was run. Save the state dict alone, or as"
                    + " safetensors.");
        }
        return new Name(full);
    }

    /// `('storage', torch.FloatStorage, '0', 'cpu', 78)`
    private static Storage storage(Object id) {
        if (id instanceof Tuple(List<Object> parts)
                && parts.size() == 5
                && parts.get(0).equals("storage")
                && parts.get(1) instanceof Name(String type)
                && parts.get(2) instanceof String key
                && parts.get(4) instanceof Long elements) {
            Dtype dtype = STORAGES.get(type);
            if (dtype != null) {
                return new Storage(dtype, key, elements);
            }
        }
        throw new BadInputException(
                "the pickle refers to " + kind(id) + " outside of it; expected the storage of a tensor.");
    }

    private static Object call(Object function, Object arguments) {
        if (function instanceof Name(String name) && arguments instanceof Tuple(List<Object> given)) {
            if (name.equals(ORDERED) && given.isEmpty()) {
                return new LinkedHashMap<>();
            }
            if (name.equals(PARAMETER) && given.size() == 3 && given.getFirst() instanceof Located tensor) {
                return tensor;
            }
            if (name.equals(TENSOR)
                    && given.size() >= 6
                    && given.get(0) instanceof Storage storage
                    && given.get(1) instanceof Long offset
                    && given.get(2) instanceof Tuple shape
                    && given.get(3) instanceof Tuple strides) {
                return located(storage, offset, sizes(shape), sizes(strides));
            }
        }
        throw new BadInputException("the pickle calls " + kind(function) + " with " + kind(arguments)
                + "; expected calls that make a tensor or a dictionary. Nothing of it was run.");
    }

    private static List<Long> sizes(Tuple tuple) {
        List<Long> sizes = new ArrayList<>();
        for (Object item : tuple.items) {
            if (!(item instanceof Long size) || size < 0) {
                throw new BadInputException("the pickle has " + kind(item) + " for the size of a tensor.");
            }
            sizes.add(size);
        }
        return sizes;
    }

    private static Located located(Storage storage, long offset, List<Long> shape, List<Long> strides) {
        boolean fits;
        try {
            long count = shape.stream().reduce(1L, Math::multiplyExact);
            fits = offset >= 0
                    && shape.size() == strides.size()
                    && storage.elements >= 0
                    && count <= storage.elements
                    && Strided.extent(shape, strides, offset) <= storage.elements;
        } catch (ArithmeticException e) {
            fits = false;
        }
        if (!fits) {
            throw new BadInputException("a tensor " + shape + " with strides " + strides + " from " + offset
                    + " does not lie within its storage of " + storage.elements + " numbers; the file is damaged.");
        }
        return new Located(storage.dtype, storage.key, storage.elements, offset, shape, strides);
    }

    @SuppressWarnings("unchecked") // every map here was made by this machine
    private void put(List<Object> pairs) {
        if (!(stack.getFirst() instanceof LinkedHashMap<?, ?> map) || pairs.size() % 2 != 0) {
            throw new BadInputException(
                    "the pickle puts a value into " + kind(stack.getFirst()) + "; the file is damaged.");
        }
        for (int i = 0; i < pairs.size(); i += 2) {
            Object key = pairs.get(i);
            if (!(key instanceof String) && !(key instanceof Long)) {
                throw new BadInputException("the pickle has " + kind(key) + " for a name; expected text.");
            }
            ((Map<Object, Object>) map).put(key, pairs.get(i + 1));
        }
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "nothing";
            case Mark _ -> "nothing";
            case Name(String text) -> text;
            case Map<?, ?> _ -> "a dictionary";
            case List<?> _ -> "a list";
            case Tuple _ -> "a tuple";
            case Storage _ -> "a storage";
            case Located _ -> "a tensor";
            case String text -> "the text \"" + text + "\"";
            default -> "the value " + value;
        };
    }
}
