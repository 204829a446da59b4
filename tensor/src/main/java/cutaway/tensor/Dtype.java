package cutaway.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/// The numeric types that Cutaway computes in.
public enum Dtype {
    F32(4, ScalarType.Float),
    BF16(2, ScalarType.BFloat16),
    F64(8, ScalarType.Double),
    I64(8, ScalarType.Long),
    BOOL(1, ScalarType.Bool);

    private final int bytes;
    private final ScalarType torch;

    Dtype(int bytes, ScalarType torch) {
        this.bytes = bytes;
        this.torch = torch;
    }

    /// Size of one element.
    public int bytes() {
        return bytes;
    }

    /// Whether values of this type have a fraction, so that a gradient can exist.
    public boolean isFloating() {
        return this == F32 || this == BF16 || this == F64;
    }

    ScalarType torch() {
        return torch;
    }

    static Dtype of(ScalarType type) {
        for (Dtype dtype : values()) {
            if (dtype.torch.value == type.value) {
                return dtype;
            }
        }
        throw new IllegalArgumentException(
                "tensor of type " + type + "; Cutaway computes in F32, BF16, F64, I64, BOOL");
    }
}
