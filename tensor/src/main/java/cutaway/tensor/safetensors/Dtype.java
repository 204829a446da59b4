package cutaway.tensor.safetensors;

import cutaway.tensor.BadInputException;

/// The numeric types of a safetensors file that Cutaway reads, under the names that the file uses.
public enum Dtype {
    F64(8),
    F32(4),
    F16(2),
    BF16(2),
    I64(8),
    I32(4),
    I16(2),
    I8(1),
    U8(1),
    BOOL(1);

    private final int bytes;

    Dtype(int bytes) {
        this.bytes = bytes;
    }

    /// The size of one element in bytes.
    public int bytes() {
        return bytes;
    }

    static Dtype named(String name, String tensor) {
        for (Dtype dtype : values()) {
            if (dtype.name().equals(name)) {
                return dtype;
            }
        }
        throw new BadInputException("tensor " + tensor + " has dtype " + name
                + "; Cutaway reads F64, F32, F16, BF16, I64, I32, I16, I8, U8 and BOOL. Convert it to one of these.");
    }
}
