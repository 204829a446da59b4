package cutaway.model.gguf;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/// How a tensor's numbers are packed: `elements` consecutive numbers of a row share one block of `bytes`.
///
/// Types that Cutaway cannot unpack are known by name and size, so that a file that holds them still opens and the
/// refusal can say what they are.
public enum BlockType {
    F32(0, 1, 4),
    F16(1, 1, 2),
    Q4_0(2, 32, 18),
    Q4_1(3, 32, 20),
    Q5_0(6, 32, 22),
    Q5_1(7, 32, 24),
    Q8_0(8, 32, 34),
    Q8_1(9, 32, 36),
    Q2_K(10, 256, 84),
    Q3_K(11, 256, 110),
    Q4_K(12, 256, 144),
    Q5_K(13, 256, 176),
    Q6_K(14, 256, 210),
    Q8_K(15, 256, 292),
    IQ2_XXS(16, 256, 66),
    IQ2_XS(17, 256, 74),
    IQ3_XXS(18, 256, 98),
    IQ1_S(19, 256, 50),
    IQ4_NL(20, 32, 18),
    IQ3_S(21, 256, 110),
    IQ2_S(22, 256, 82),
    IQ4_XS(23, 256, 136),
    I8(24, 1, 1),
    I16(25, 1, 2),
    I32(26, 1, 4),
    I64(27, 1, 8),
    F64(28, 1, 8),
    IQ1_M(29, 256, 56),
    BF16(30, 1, 2),
    TQ1_0(34, 256, 54),
    TQ2_0(35, 256, 66),
    MXFP4(39, 32, 17),
    NVFP4(40, 64, 36),
    Q1_0(41, 128, 18);

    private final int id;
    private final int elements;
    private final int bytes;

    BlockType(int id, int elements, int bytes) {
        this.id = id;
        this.elements = elements;
        this.bytes = bytes;
    }

    /// The number of this type in a file (`enum ggml_type`).
    public int id() {
        return id;
    }

    /// Numbers in a block.
    public int elements() {
        return elements;
    }

    /// Bytes of a block.
    public int bytes() {
        return bytes;
    }

    /// Whether [Unpack] turns this type into float32.
    public boolean unpacks() {
        return switch (this) {
            case F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 -> true;
            case Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, MXFP4 -> true;
            default -> false;
        };
    }

    /// Whether [Pack] makes this type from float32.
    public boolean packs() {
        return switch (this) {
            case F32, F16, BF16, Q4_0, Q4_1, Q8_0 -> true;
            default -> false;
        };
    }

    static Optional<BlockType> of(int id) {
        return Arrays.stream(values()).filter(type -> type.id == id).findFirst();
    }

    static String unpackable() {
        return Arrays.stream(values())
                .filter(BlockType::unpacks)
                .map(Enum::name)
                .collect(Collectors.joining(", "));
    }
}
